"""`pairwatch serve`: one server in the foreground, wired together. Also `python -m dhcpserver.main --data DIR`."""

import argparse
import asyncio
import contextlib
import getpass
import logging
import signal
import sys
from pathlib import Path

import uvicorn

from dhcpserver import VERSION
from dhcpserver.api.app import Leave, Reload, create_app
from dhcpserver.api.passwords import hashed
from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.config.objects import Configuration
from dhcpserver.runtime.datadir import DataDirectory
from dhcpserver.runtime.server import Server
from dhcpserver.runtime.sockets import ListenerError
from dhcpserver.storage.errors import StoreError


class StartError(Exception):
    """Why the server does not start: one line, or one for each problem of the configuration."""


def serve(data: Path, config: Path | None = None) -> int:
    """Run a server until SIGTERM or SIGINT. Gives the exit status: 0 stopped cleanly, 1 it could not start."""
    try:
        asyncio.run(_serve(data, config))
    except StartError as error:
        print(f"pairwatch: {error}", file=sys.stderr)
        return 1
    return 0


def load(path: Path) -> Configuration:
    """The configuration in a file. Raises StartError."""
    try:
        return read(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(
            f"cannot read {path}: {error}: write a configuration there, or name one with --config"
        ) from None
    except ConfigurationError as error:
        raise StartError(str(error)) from None


async def _serve(data: Path, config: Path | None) -> None:
    """Run until stopped; SIGHUP and the API's reload read the configuration again and start over with it."""
    loop = asyncio.get_running_loop()
    stopping, reloading = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    loop.add_signal_handler(signal.SIGHUP, reloading.set)
    path = config or data / "config.toml"
    configuration = load(path)
    while not stopping.is_set():
        try:
            directory = DataDirectory(data)
            server = Server(configuration, directory, path)
            await server.start()
        except (StoreError, ListenerError) as error:
            raise StartError(str(error)) from None
        except OSError as error:
            raise StartError(f"cannot open the failover port: {error.strerror or error}") from None
        configuration = await _run(server, path, stopping, reloading)


async def _run(server: Server, path: Path, stopping: asyncio.Event, reloading: asyncio.Event) -> Configuration:
    """One life of a server; gives the configuration for the next one."""

    async def reload() -> None:
        try:
            load(path)
        except StartError as error:
            raise ValueError(str(error)) from None
        reloading.set()

    for_long = False

    def leave(long: bool) -> None:
        nonlocal for_long
        for_long = long
        stopping.set()

    http = _http(server, reload, leave)
    answering = asyncio.create_task(_answer(http))
    following: Configuration | None = None
    while following is None and not stopping.is_set():
        waits = {asyncio.create_task(event.wait()) for event in (stopping, reloading)}
        await asyncio.wait({answering, *waits}, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if answering.done():
            await server.stop()
            api = server.configuration.api
            raise StartError(f"cannot open the API on {api.address} port {api.port}: choose another in [api]")
        if reloading.is_set():
            reloading.clear()
            try:
                following = load(path)
            except StartError as error:
                server.say("Error", 18203, f"Not reloaded: {error}")
    http.should_exit = True
    await server.stop(for_long and following is None)
    await answering
    return following or server.configuration


def _http(server: Server, reload: Reload, leave: Leave) -> uvicorn.Server:
    """The API's server; signals are ours, not its."""
    api = server.configuration.api
    http = uvicorn.Server(
        uvicorn.Config(
            create_app(server, reload, leave),
            host=api.address,
            port=api.port,
            ssl_certfile=api.certificate,
            ssl_keyfile=api.key,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
    )
    http.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    return http


async def _answer(http: uvicorn.Server) -> None:
    """Serve HTTP; uvicorn leaves with SystemExit when it cannot bind, which must not take the loop with it."""
    with contextlib.suppress(SystemExit):
        await http.serve()


def main() -> int:
    """The module as a program."""
    parser = argparse.ArgumentParser(prog="dhcpserver", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--data", type=Path, help="the server's data directory")
    what.add_argument(
        "--hash-password", action="store_true", help="ask for a password; print it as config.toml wants it"
    )
    parser.add_argument("--config", type=Path, help="the configuration, config.toml in the data directory unless told")
    parser.add_argument("--version", action="version", version=VERSION)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    if arguments.hash_password:
        print(hashed(getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")))
        return 0
    return serve(arguments.data, arguments.config)


if __name__ == "__main__":
    sys.exit(main())
