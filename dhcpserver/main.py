"""`pairwatch serve`: runs one server in the foreground. Also `python -m dhcpserver.main --data DIR`."""

import argparse
import asyncio
import contextlib
import getpass
import logging
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, NoReturn

import uvicorn

from dhcpserver import VERSION
from dhcpserver.api.app import Leave, Reload, create_app
from dhcpserver.api.connections import BoundedConnection
from dhcpserver.api.passwords import hash_password
from dhcpserver.config.advice import advice
from dhcpserver.config.changedoptions import prefixes_to_reconfigure
from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.config.objects import Configuration
from dhcpserver.contract import messages
from dhcpserver.runtime.configuration import Copies
from dhcpserver.runtime.datadir import DataDirectory
from dhcpserver.runtime.precheck import Asked, QuestionError, precheck
from dhcpserver.runtime.server import Server
from dhcpserver.runtime.sockets import ListenerError
from dhcpserver.runtime.supervision import Supervisor
from dhcpserver.service.v6.query import Arrival6
from dhcpserver.storage import configfile
from dhcpserver.storage.errors import StoreError
from snmp import activation

RETRY_SECONDS = 1.0
NEW_CONFIGURATION_TRIES = 5


class StartError(Exception):
    """The server cannot start: one line, or one for each problem of the configuration."""


def serve(data: Path, config: Path | None = None) -> int:
    """Run a server until SIGTERM or SIGINT. Return the exit status: 0 stopped cleanly, 1 could not start."""
    try:
        asyncio.run(_serve(data, config))
    except StartError as error:
        print(f"pairwatch: {error}", file=sys.stderr)
        return 1
    return 0


def check(data: Path | None, config: Path | None = None, asked: Asked | None = None) -> int:
    """Check a configuration, and print what a client would get.

    Return the exit status: 0 for a correct one, 1 for a wrong one, 3 if the client would get no address. Raises
    QuestionError for a client that cannot be.
    """
    path = config or (data or Path()) / "config.toml"
    try:
        configuration = load(path).configuration
        report = precheck(configuration, asked, time.time())
    except StartError as error:
        print(f"pairwatch: {error}", file=sys.stderr)
        return 1
    print(f"{path}: correct, {len(configuration.scope)} scopes")
    for where, text in advice(configuration):
        print(f"{where}: {text}")
    print(*report.lines, sep="\n", end="\n" if report.lines else "")
    return 0 if report.served else 3


class Loaded(NamedTuple):
    """A configuration and the text that it was read from."""

    configuration: Configuration
    text: str


def load(path: Path) -> Loaded:
    """Return the configuration in a file. Raises StartError."""
    try:
        text = configfile.read(path)
        return Loaded(read(text, str(path)), text)
    except StoreError as error:
        raise StartError(f"{error}: write a configuration there, or name one with --config") from None
    except ConfigurationError as error:
        raise StartError(str(error)) from None


async def _serve(data: Path, config: Path | None) -> None:
    """Run until stopped. SIGHUP and the API's reload read the configuration again and restart the server with it.

    After the first start nothing but a signal or a command ends the process. A server that cannot be started again is
    tried every second; a new configuration that fails for `NEW_CONFIGURATION_TRIES` is replaced by the previous one.
    """
    loop = asyncio.get_running_loop()
    supervisor = Supervisor.of_process()
    watch = asyncio.create_task(supervisor.watch())
    signals = _Signals(asyncio.Event(), asyncio.Event())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, signals.stopping.set)
    loop.add_signal_handler(signal.SIGHUP, signals.reloading.set)
    path = config or data / "config.toml"
    loaded = load(path)
    copies = Copies(path)
    proven: Loaded | None = None
    paths: Mapping[int | bytes, Arrival6] = {}
    tries = 0
    while not signals.stopping.is_set():
        try:
            server = await _start(loaded, data, copies, stale=tries >= NEW_CONFIGURATION_TRIES)
            if proven is not None:
                await server.reconfigure(prefixes_to_reconfigure(proven.configuration, loaded.configuration), paths)
            following = await _run(server, path, signals, supervisor)
        except StartError as error:
            if proven is None:
                raise
            tries += 1
            print(f"pairwatch: {error}: trying again", file=sys.stderr)
            if tries >= NEW_CONFIGURATION_TRIES:
                loaded = proven
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RETRY_SECONDS):
                    await signals.stopping.wait()
            continue
        proven, loaded, tries, paths = loaded, following or loaded, 0, server.core.reconfigure_paths
    watch.cancel()


@dataclass(frozen=True, slots=True)
class _Signals:
    stopping: asyncio.Event
    reloading: asyncio.Event


async def _start(loaded: Loaded, data: Path, copies: Copies, *, stale: bool) -> Server:
    """Start a server. `stale`: the configuration is not the one that the file has. Raises StartError."""
    try:
        directory = DataDirectory(data)
    except StoreError as error:
        raise StartError(str(error)) from None
    try:
        copies.start(loaded.text)
        server = Server(loaded.configuration, directory, copies)
    except (StoreError, ListenerError) as error:
        directory.close()
        raise StartError(str(error)) from None
    try:
        await server.start()
    except (ListenerError, OSError) as error:
        reason = str(error)
        if not isinstance(error, ListenerError):
            reason = f"cannot open the failover port: {getattr(error, 'strerror', None) or error}"
        await _give_up(server, reason)
    if stale:
        server.mark_reload_pending()
        server.write_log(messages.NOT_RELOADED, reason=f"the configuration in {copies.path} could not be started.")
    return server


async def _give_up(server: Server, reason: str) -> NoReturn:
    """Close what a server has opened. Raises StartError with the reason, which is logged too."""
    server.write_log(messages.NOT_STARTED, reason=reason)
    await server.stop()
    raise StartError(reason)


async def _run(server: Server, path: Path, signals: _Signals, supervisor: Supervisor) -> Loaded | None:
    """Run a server until it stops or is reloaded; return the configuration of a reload. Raises StartError."""

    async def reload() -> None:
        try:
            load(path)
        except StartError as error:
            raise ValueError(str(error)) from None
        signals.reloading.set()

    long_absence = False

    def leave(long: bool) -> None:
        nonlocal long_absence
        long_absence = long
        signals.stopping.set()

    http = _create_http_server(server, reload, leave, supervisor.ready)
    api = server.configuration.api
    try:
        found = activation.take(activation.passed_sockets(activation.HTTP), [(api.address, api.port)], "[api]")
    except activation.ActivationError as error:
        await _give_up(server, str(error))
    http_task = asyncio.create_task(_serve_http(http, list(found.values()) or None))
    following: Loaded | None = None
    while following is None and not signals.stopping.is_set():
        waits = {asyncio.create_task(event.wait()) for event in (signals.stopping, signals.reloading)}
        await asyncio.wait({http_task, *waits}, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if http_task.done():
            await _give_up(server, f"cannot open the API on {api.address} port {api.port}: choose another in [api]")
        if signals.reloading.is_set():
            signals.reloading.clear()
            try:
                following = load(path)
            except StartError as error:
                server.write_log(messages.NOT_RELOADED, reason=error)
    if following is None:
        supervisor.stopping()
    else:
        supervisor.reloading()
    http.should_exit = True
    await server.stop(long_absence and following is None)
    await http_task
    return following


class _HttpServer(uvicorn.Server):
    """Calls `opened` when its port is open."""

    opened: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.opened()


def _create_http_server(server: Server, reload: Reload, leave: Leave, opened: Callable[[], None]) -> uvicorn.Server:
    """Return the HTTP server of the API. This module handles the signals, not uvicorn."""
    api = server.configuration.api
    http = _HttpServer(
        uvicorn.Config(
            create_app(server, reload, leave),
            host=api.address,
            port=api.port,
            ssl_certfile=api.certificate,
            ssl_keyfile=api.key,
            http=BoundedConnection,
            ws="none",
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
    )
    http.opened = opened
    http.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    return http


async def _serve_http(http: uvicorn.Server, sockets: list[socket.socket] | None) -> None:
    """Serve HTTP, on `sockets` if the service manager passed some.

    uvicorn raises SystemExit if it cannot bind; that must not end the event loop.
    """
    with contextlib.suppress(SystemExit):
        await http.serve(sockets)


def main() -> int:
    """Run this module as a program."""
    parser = argparse.ArgumentParser(prog="dhcpserver", description=__doc__)
    parser.add_argument("--data", type=Path, help="the server's data directory")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="check the configuration only; see --client")
    what.add_argument("--hash-password", action="store_true", help="ask for a password; print its hash for config.toml")
    parser.add_argument("--config", type=Path, help="the configuration; default: config.toml in the data directory")
    parser.add_argument("--client", metavar="MAC", help="with --check: show what this client would get")
    parser.add_argument("--client-id", metavar="HEX", help="the client identifier (option 61) of --client")
    parser.add_argument("--relay", metavar="ADDRESS", help="the relay (giaddr) of --client; default: on the link")
    parser.add_argument("--class", dest="vendor_class", metavar="TEXT", help="the vendor class (option 60) of --client")
    parser.add_argument("--options", metavar="1,3,6", help="the options that --client requests (option 55)")
    parser.add_argument("--circuit-id", metavar="TEXT", help="the circuit ID (option 82) of --client; or hex:OCTETS")
    parser.add_argument("--remote-id", metavar="TEXT", help="the remote ID (option 82) of --client; or hex:OCTETS")
    parser.add_argument("--version", action="version", version=VERSION)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    if arguments.hash_password:
        print(hash_password(getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")))
        return 0
    if arguments.check:
        return _check(parser, arguments)
    if arguments.data is None:
        parser.error("--data is required")
    return serve(arguments.data, arguments.config)


def _check(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    if arguments.config is None and arguments.data is None:
        parser.error("--check needs --config or --data")
    asked = Asked(*(getattr(arguments, name) for name in Asked._fields))
    try:
        return check(arguments.data, arguments.config, asked)
    except QuestionError as error:
        parser.error(str(error))


if __name__ == "__main__":
    sys.exit(main())
