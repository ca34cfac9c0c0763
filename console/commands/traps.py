"""`pairwatch traps`: the trap receiver only. One line for each notification, counters at the end."""

import json
import signal
import time
from pathlib import Path
from types import FrameType
from typing import Any

import click

from console.errors import ConfigError
from console.model.plain_text import plain
from console.settings import paths
from console.settings.addresses import endpoint
from console.settings.document import TrapSettings, load
from console.sources.traps import Counters, ForwardingReceiver, Notification, TrapReceiver, Varbind, open_receiver

COUNTERS = ("received", "decoded", "coalesced", "rejected", "dropped", "kernel_drops")
WAIT_SECONDS = 0.2
LAST_WAIT_SECONDS = 0.5
"""How long to wait, after the stop signal, for notifications that are still in the receiver."""


class _StopSignal:
    """A signal handler that ends the loop, so that the counters are printed."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def run(config: Path | None, listen: tuple[str, ...], seconds: float | None, as_json: bool) -> int:
    """Receive until a signal stops it, or for `seconds`."""
    settings = _settings(config)
    for each in listen:
        try:
            endpoint(each)
        except ValueError as error:
            raise click.UsageError(f"--listen {each!r}: {error}") from error
    if listen:
        settings = settings.model_copy(update={"listen": listen})
    stop = _StopSignal()
    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        receiver = open_receiver(settings)
        try:
            _receive(receiver, stop, seconds, as_json)
        finally:
            _show(receiver.close(), as_json)
        counts = counters(receiver.counters())
        causes = dict(receiver.causes())
        faults = list(map(plain, receiver.faults()))
        sources = [{"source": each.source, "cause": each.reason, "count": each.count} for each in receiver.rejections()]
        forwarded = receiver.forwarded() if isinstance(receiver, ForwardingReceiver) else {}
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for fault in faults:
        click.echo(f"pairwatch: MIB modules: {fault}", err=True)
    if as_json:
        click.echo(json.dumps({"counters": counts, "causes": causes, "sources": sources, "forwarded": forwarded}))
    else:
        click.echo(_counter_line(counts, causes))
        for address, numbers in forwarded.items():
            click.echo(f"forwarded to {address}: {', '.join(f'{name} {value}' for name, value in numbers.items())}")
    return 0


def _receive(receiver: TrapReceiver, stop: _StopSignal, seconds: float | None, as_json: bool) -> None:
    end = None if seconds is None else time.monotonic() + seconds
    while not stop.asked and (end is None or time.monotonic() < end):
        _show(receiver.receive(WAIT_SECONDS), as_json)
    while batch := receiver.receive(LAST_WAIT_SECONDS):
        _show(batch, as_json)


def _show(batch: Any, as_json: bool) -> None:
    if batch:
        lines = [each.json_line() if as_json else line(each) for each in batch]
        click.echo("\n".join(lines))


def line(notification: Notification) -> str:
    """The line for one notification: time, sender, version, name, variables and count."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(notification.received_at))
    host, port = notification.source[0], notification.source[1]
    name = notification.name if notification.name != "unknown" else f"unknown {notification.oid}"
    varbinds_text = " ".join(f"{each.name}={_value(each)}" for each in notification.varbinds)
    times = f" x{notification.count}" if notification.count > 1 else ""
    source = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return plain(f"{at} {source} {notification.version} {name}{times} {varbinds_text}".rstrip())


def _value(varbind: Varbind) -> str:
    """The value of a variable; with its type if its name is not in the tables."""
    kind: str = getattr(varbind, "type", "")
    return f"{kind}:{varbind.text}" if kind and varbind.name[:1].isdigit() else varbind.text


def counters(found: Counters) -> dict[str, int]:
    """The counters by name; received = decoded + coalesced + rejected + dropped."""
    return {name: int(getattr(found, name)) for name in COUNTERS}


def _counter_line(counts: dict[str, int], causes: dict[str, int]) -> str:
    text = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in counts.items())
    why = ", ".join(f"{cause} {count}" for cause, count in sorted(causes.items()))
    return f"counters: {text}" + (f" ({why})" if why else "")


def _settings(config: Path | None) -> TrapSettings:
    """The configured trap settings; without a configuration, the defaults."""
    if config is None and not paths.config_file().exists():
        return TrapSettings()
    try:
        return load(config or paths.config_file()).traps
    except ConfigError:
        if config is None:
            return TrapSettings()
        raise
