"""SNMP notifications as observations.

The receiver empties its socket in a process of its own and is read from a thread, so that a storm of traps never delays
the screen. The pair and the server of a trap follow from its source address, from the agent address of a version 1
trap, or from the name of the pair in it.
"""

import asyncio
import importlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Protocol

from console.errors import SourceError
from console.model.observations import TrapSeen
from console.model.plain_text import plain
from console.settings import paths
from console.settings.addresses import endpoint
from console.settings.document import TrapSettings
from console.sources import forwarding
from console.sources.handover import Handover
from console.sources.senders import Senders
from snmp.errors import SnmpError

WAIT_SECONDS = 0.25
COUNT_SECONDS = 1.0
CLOSE_SECONDS = 1.0
"""How long the end waits for notifications that are being forwarded."""
ANSWERED = "discovery"
"""The cause under which the receiver counts requests for its engine ID."""


class Varbind(Protocol):
    """One value of a notification: its OID, its name (or OID) and its text for a person."""

    @property
    def oid(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def text(self) -> str: ...


class Notification(Protocol):
    """The part of `snmp.mib.notification.Notification` that is used."""

    @property
    def name(self) -> str: ...

    @property
    def oid(self) -> str: ...

    @property
    def source(self) -> tuple[str, int]: ...

    @property
    def agent(self) -> str | None: ...

    @property
    def version(self) -> str: ...

    @property
    def received_at(self) -> float: ...

    @property
    def varbinds(self) -> Sequence[Varbind]: ...

    @property
    def count(self) -> int: ...


class Counters(Protocol):
    """Counts of datagrams: received = decoded + coalesced + rejected + dropped."""

    received: int
    decoded: int
    coalesced: int
    rejected: int
    dropped: int
    kernel_drops: int


class Rejection(Protocol):
    """The datagrams of one source that were rejected or dropped for one reason."""

    @property
    def source(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def count(self) -> int: ...


class TrapReceiver(Protocol):
    """The part of `snmp.receive.receiver.Receiver` that is used."""

    def start(self) -> tuple[tuple[str, int], ...]: ...

    def receive(self, timeout: float) -> Sequence[Notification]: ...

    def counters(self) -> Counters: ...

    def causes(self) -> Mapping[str, int]: ...

    def rejections(self) -> Sequence[Rejection]: ...

    def faults(self) -> Sequence[str]: ...

    def close(self) -> Sequence[Notification]: ...


class ForwardingReceiver:
    """A receiver whose notifications are forwarded as they are received."""

    def __init__(self, receiver: TrapReceiver, forwarder: forwarding.Forwarder) -> None:
        self._receiver = receiver
        self._forwarder = forwarder

    def start(self) -> tuple[tuple[str, int], ...]:
        return self._receiver.start()

    def receive(self, timeout: float) -> Sequence[Notification]:
        return self._forwarded(self._receiver.receive(timeout))

    def counters(self) -> Counters:
        return self._receiver.counters()

    def causes(self) -> Mapping[str, int]:
        return self._receiver.causes()

    def rejections(self) -> Sequence[Rejection]:
        return self._receiver.rejections()

    def faults(self) -> Sequence[str]:
        return self._receiver.faults()

    def forwarded(self) -> dict[str, dict[str, int]]:
        """What became of the notifications for each recipient, by its address: sent, failed, dropped, returned."""
        return {name: asdict(counts) for name, counts in self._forwarder.counters().items()}

    def close(self) -> Sequence[Notification]:
        left = self._forwarded(self._receiver.close())
        self._forwarder.close(CLOSE_SECONDS)
        return left

    def _forwarded(self, batch: Sequence[Notification]) -> Sequence[Notification]:
        now = time.monotonic()
        for each in batch:
            self._forwarder.forward(each, now)
        return batch


def observed(notification: Notification, senders: Senders) -> list[TrapSeen]:
    """The notification as an observation, one for each pair that it matters to."""
    texts = _texts(notification.varbinds)
    host, port = notification.source[0], notification.source[1]
    event = senders.event_of(notification.name, notification.oid, texts)
    seen = TrapSeen(
        at=notification.received_at,
        pair="",
        server="",
        name=notification.name,
        oid=notification.oid,
        source=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        version=notification.version,
        varbinds=texts,
        count=notification.count,
    )
    if event is not None:
        seen = replace(seen, event=event.name, severity=event.severity, clears=event.clears, text=event.text)
    found = senders.senders_of(host, notification.agent, texts.get("failover-pair-name"))
    return [replace(seen, pair=each.pair, server=each.server, device=each.device) for each in found]


def _texts(varbinds: Sequence[Varbind]) -> dict[str, str]:
    """The values by name. The object of a second row of a table has its OID in its name."""
    texts: dict[str, str] = {}
    for each in varbinds:
        name, text = plain(each.name), plain(each.text)
        texts[name if texts.get(name, text) == text else f"{name} ({plain(each.oid)})"] = text
    return texts


def open_receiver(settings: TrapSettings) -> TrapReceiver:
    """A started receiver on the configured addresses. Raises SourceError when it cannot listen as configured."""
    # Imported here, since loading the receiver takes longer than everything else in `status`.
    try:
        snmp = importlib.import_module("snmp.receive.receiver")
        access = importlib.import_module("snmp.security.access")
    except ImportError as error:
        raise SourceError(f"cannot receive traps: {error}; install pairwatch with its dependencies") from error
    communities = [access.Community(name) for name in settings.open_communities]
    communities += [access.Community(each.community(), each.networks) for each in settings.community]
    forwarder = forwarding.forwarder(settings)
    receiver: TrapReceiver = snmp.Receiver(
        snmp.ReceiverSettings(
            listen=tuple(endpoint(each) for each in settings.listen),
            communities=tuple(communities),
            users=tuple(each.user() for each in settings.user),
            sources=settings.sources,
            engine_id=settings.engine_id,
            state_directory=settings.state or paths.state_dir() / "snmp",
            per_second=settings.rate_limit,
            queue_limit=settings.queue,
            buffer_octets=settings.receive_buffer or None,
            keeps_octets=forwarder is not None,
            mib_directories=settings.mib_dirs,
            mibs=settings.mibs,
        )
    )
    try:
        receiver.start()
    except (OSError, SnmpError) as error:
        raise SourceError(f"{error}; choose another address or port with traps.listen or --listen") from error
    return receiver if forwarder is None else ForwardingReceiver(receiver, forwarder)


def losses(receiver: TrapReceiver) -> dict[str, int]:
    """The datagrams that were lost or rejected since the start, by name. Requests for the engine ID, which the
    receiver counts as rejected, are not losses."""
    counters = receiver.counters()
    return {
        "traps-dropped": counters.dropped,
        "traps-kernel-drops": counters.kernel_drops,
        "traps-rejected": counters.rejected - receiver.causes().get(ANSWERED, 0),
    }


def mib_faults(faults: Sequence[str]) -> str:
    """The first fault of the MIB modules, and how many more there are."""
    more = f" (and {len(faults) - 1} more: pairwatch doctor)" if len(faults) > 1 else ""
    return f"MIB modules: {plain(faults[0])}{more}" if faults else "MIB modules: no fault any more"


async def follow(
    receiver: TrapReceiver,
    senders: Senders,
    emit: Callable[[TrapSeen], None],
    counted: Callable[[Mapping[str, int]], None] = lambda counters: None,
    complain: Callable[[str], None] = lambda text: None,
) -> None:
    """Emit every notification until cancelled, then close the receiver. `counted` is called with the losses so far,
    from the thread that reads the receiver; `complain` with what is wrong with the MIB modules, once.

    The event loop gets a few at a time (`Handover`): in a storm the rest waits in the receiver, whose queue is bounded
    and counted.
    """
    loop = asyncio.get_running_loop()
    stopping = threading.Event()
    finished = asyncio.Event()

    def emit_all(notification: Notification) -> None:
        for each in observed(notification, senders):
            emit(each)

    handover: Handover[Notification] = Handover(loop, emit_all, stopping)

    def drain() -> None:
        due = 0.0
        told: Sequence[str] = ()
        try:
            while not stopping.is_set():
                batch = receiver.receive(WAIT_SECONDS)
                now = time.monotonic()
                if now >= due:
                    due = now + COUNT_SECONDS
                    counted(losses(receiver))
                    if (faults := receiver.faults()) != told:
                        told = faults
                        loop.call_soon_threadsafe(complain, mib_faults(faults))
                if batch and not stopping.is_set():
                    handover.tell(batch)
        finally:
            receiver.close()
            # The loop may have ended already when the whole console stops.
            if not loop.is_closed():
                loop.call_soon_threadsafe(finished.set)

    thread = threading.Thread(target=drain, name="traps", daemon=True)
    thread.start()
    try:
        await finished.wait()
    finally:
        stopping.set()
        await asyncio.to_thread(thread.join)
