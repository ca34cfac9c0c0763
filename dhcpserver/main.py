"""`pairwatch serve`: runs one server in the foreground. Also `python -m dhcpserver.main --data DIR`."""

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
from dhcpserver.api.passwords import hash_password
from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.config.objects import Configuration
from dhcpserver.runtime.datadir import DataDirectory
from dhcpserver.runtime.server import Server
from dhcpserver.runtime.sockets import ListenerError
from dhcpserver.storage.errors import StoreError


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


def load(path: Path) -> Configuration:
    """Return the configuration in a file. Raises StartError."""
    try:
        return read(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(
            f"cannot read {path}: {error}: write a configuration there, or name one with --config"
        ) from None
    except ConfigurationError as error:
        raise StartError(str(error)) from None


async def _serve(data: Path, config: Path | None) -> None:
    """Run until stopped. SIGHUP and the API's reload read the configuration again and restart the server with it."""
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
    """Run a server until it stops or is reloaded; return the configuration for the next run."""

    async def reload() -> None:
        try:
            load(path)
        except StartError as error:
            raise ValueError(str(error)) from None
        reloading.set()

    long_absence = False

    def leave(long: bool) -> None:
        nonlocal long_absence
        long_absence = long
        stopping.set()

    http = _create_http_server(server, reload, leave)
    http_task = asyncio.create_task(_serve_http(http))
    following: Configuration | None = None
    while following is None and not stopping.is_set():
        waits = {asyncio.create_task(event.wait()) for event in (stopping, reloading)}
        await asyncio.wait({http_task, *waits}, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if http_task.done():
            await server.stop()
            api = server.configuration.api
            raise StartError(f"cannot open the API on {api.address} port {api.port}: choose another in [api]")
        if reloading.is_set():
            reloading.clear()
            try:
                following = load(path)
            except StartError as error:
                server.write_log("Error", 18203, f"Not reloaded: {error}")
    http.should_exit = True
    await server.stop(long_absence and following is None)
    await http_task
    return following or server.configuration


def _create_http_server(server: Server, reload: Reload, leave: Leave) -> uvicorn.Server:
    """Return the HTTP server of the API. This module handles the signals, not uvicorn."""
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


async def _serve_http(http: uvicorn.Server) -> None:
    """Serve HTTP. uvicorn raises SystemExit if it cannot bind; that must not end the event loop."""
    with contextlib.suppress(SystemExit):
        await http.serve()


def main() -> int:
    """Run this module as a program."""
    parser = argparse.ArgumentParser(prog="dhcpserver", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--data", type=Path, help="the server's data directory")
    what.add_argument("--hash-password", action="store_true", help="ask for a password; print its hash for config.toml")
    parser.add_argument("--config", type=Path, help="the configuration; default: config.toml in the data directory")
    parser.add_argument("--version", action="version", version=VERSION)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    if arguments.hash_password:
        print(hash_password(getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")))
        return 0
    return serve(arguments.data, arguments.config)


if __name__ == "__main__":
    sys.exit(main())
