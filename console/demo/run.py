"""Runs the demo: starts all processes, runs the scenario, and removes everything at the end."""

import contextlib
import json
import os
import signal
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import console.demo.layout as layouts
from console.demo import ipv6
from console.demo.cable import Cable
from console.demo.children import ChildProcess
from console.demo.layout import Layout, ServerLayout
from console.demo.options import DemoError, DemoOptions
from console.demo.scenarios import SCENARIOS, Step
from dhcpserver.api.passwords import hash_password

START_SECONDS = 30.0
ADDED_CLIENTS = 1200
ADDED_CLIENTS_RATE = 10.0
DEVICES_SEED = 5
"""With this seed the default number of DHCPv6 clients has five delegating routers."""


def run(options: DemoOptions, open_console: Callable[[Path], None], itself: Sequence[str] = ()) -> int:
    """Run the demo until it is stopped: by SIGTERM, SIGINT, the end of the console, or its time limit. Returns 0.

    `itself` are the arguments that start this program. Raises DemoError if it cannot start.
    """
    if options.scenario not in SCENARIOS:
        raise DemoError(f"unknown scenario {options.scenario!r}: choose one of {', '.join(SCENARIOS)}")
    with (
        _directory(options) as directory,
        contextlib.closing(Demo(layouts.plan_layout(directory), options, itself)) as demo,
    ):
        with _stop_on_signals(demo.ending):
            demo.start()
            if options.headless:
                _print(f"demo: {directory / 'demo.json'}: {SCENARIOS[options.scenario].shows}")
                demo.ending.wait(options.seconds)
                return 0
        open_console(demo.layout.config)
    return 0


@contextlib.contextmanager
def _directory(options: DemoOptions) -> Iterator[Path]:
    if options.dir is not None:
        options.dir.mkdir(parents=True, exist_ok=True)
        _refuse_running(options.dir)
        yield options.dir.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="pairwatch-demo-") as name:
        yield Path(name)


def _refuse_running(directory: Path) -> None:
    """Raise DemoError if a demo runs in that directory, before any of its files is changed."""
    try:
        known = json.loads((directory / "demo.json").read_text(encoding="utf-8"))
        pids = [int(each["pid"]) for each in known["servers"]]
    except (OSError, ValueError, KeyError, TypeError):
        return
    for pid in pids:
        with contextlib.suppress(OSError):
            if b"dhcpserver" in Path(f"/proc/{pid}/cmdline").read_bytes():
                raise DemoError(f"a demo runs in {directory} (process {pid}): stop it, or choose another --dir")


@contextlib.contextmanager
def _stop_on_signals(ending: threading.Event) -> Iterator[None]:
    """Let SIGTERM and SIGINT stop the demo in order, also while it starts."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    old = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


class Demo:
    """A running demo.

    Attributes:
        layout: addresses, ports and files.
        ending: set when the demo is to stop.
    """

    def __init__(self, layout: Layout, options: DemoOptions, itself: Sequence[str] = ()) -> None:
        self.layout = layout
        self._itself = itself
        self.ending = threading.Event()
        self._options = options
        self._scenario = SCENARIOS[options.scenario]
        self._servers = {
            server.role: ChildProcess(["-m", "dhcpserver.main", "--data", str(server.data)], server.data / "output")
            for server in layout.servers
        }
        self._populations: list[ChildProcess] = []
        self._population6: ChildProcess | None = None
        self._collector: ChildProcess | None = None
        self._cable: Cable | None = None
        self._player: threading.Thread | None = None
        self._played, self._closed = threading.Event(), threading.Event()

    def start(self) -> None:
        """Start the servers. When both answer, write `demo.json` and start the clients. Raises DemoError."""
        if self.layout.without6:
            _print(f"demo: starts without DHCPv6: {self.layout.without6}")
        layouts.write_files(self.layout, self._options, hash_password(self.layout.password), self._scenario.cable)
        backup = self.layout.backup
        if self._scenario.cable:
            entrance = (backup.address, self.layout.cable)
            self._cable = Cable(entrance, (backup.address, backup.failover), self.layout.main.address)
        for child in self._servers.values():
            child.start()
        for server in self.layout.servers:
            self._wait(server, lambda status: bool(status["server"]["serving"]))
        self._write_json()
        if self._options.clients:
            self._start_clients(0, self._options.clients, max(1.0, self._options.clients / 20))
            self._start_clients6((self._options.clients + 1) // 2, max(1.0, self._options.clients / 40))
        if self._options.headless and self._itself:
            # No console polls and receives traps, so that `status` would not have them.
            output = self.layout.directory / "collector.output"
            self._collector = ChildProcess([*self._itself, "collect", "--config", str(self.layout.config)], output)
            self._collector.start()
        self._player = threading.Thread(target=self._play, name="demo-scenario", daemon=True)
        self._player.start()

    def close(self) -> None:
        """Stop everything."""
        self.ending.set()
        if self._player is not None:
            self._played.wait()
        for child in (self._collector, *self._populations, self._population6, *self._servers.values()):
            if child is not None:
                child.stop()
        self._closed.set()
        if self._player is not None:
            self._player.join()
        if self._cable is not None:
            self._cable.close()

    def _write_json(self) -> None:
        pids = (self._servers["main"].pid, self._servers["backup"].pid)
        new = self.layout.directory / "demo.json.new"
        new.write_text(json.dumps(self.layout.as_json(pids), indent=1) + "\n", encoding="utf-8")
        os.replace(new, self.layout.directory / "demo.json")

    def _start_clients(self, first: int, clients: int, rate: float) -> None:
        """Start clients behind the demo's relays, which forward to both servers as relays should."""
        servers = [f"--server={server.address}:{server.dhcp}" for server in self.layout.servers]
        relays = [f"--relay={giaddr}" for giaddr in layouts.relays()]
        numbers = [f"--clients={clients}", f"--rate={rate}", f"--first-client={first}", "--stay=600"]
        child = self._start_population("dhcpserver.client", f"clients-{first}", servers, relays, numbers)
        self._populations.append(child)

    def _start_clients6(self, clients: int, rate: float) -> None:
        """Start hosts and delegating routers behind relays of the DHCPv6 links, if the servers have DHCPv6."""
        servers = [f"--server={server.endpoint6}" for server in self.layout.servers if server.endpoint6]
        if not servers:
            return
        links = [f"--link={address}" for address in ipv6.link_addresses()]
        numbers = [f"--clients={clients}", f"--rate={rate}", "--stay=600", f"--seed={DEVICES_SEED}"]
        self._population6 = self._start_population("dhcpserver.client.command6", "clients6", servers, links, numbers)

    def _start_population(self, module: str, name: str, *options: list[str]) -> ChildProcess:
        """Start a process of clients, whose leases and statistics are files with that name."""
        journal = f"--journal={self.layout.directory / f'{name}.jsonl'}"
        arguments = [argument for group in options for argument in group]
        child = ChildProcess(["-m", module, *arguments, journal], self.layout.directory / f"{name}.output")
        child.start()
        time.sleep(0.5)  # Without permission for the DHCP ports it ends at once.
        if not child.running:
            _print(f"demo: its own clients did not start: {child.last_output_line()}")
        return child

    def _wait(self, server: ServerLayout, good: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until a server answers as expected. Raises DemoError if it ends or takes too long."""
        child = self._servers[server.role]
        end = time.monotonic() + START_SECONDS
        while not self.ending.is_set():
            status = self._status(server)
            if status is not None and good(status):
                return
            if not child.running:
                raise DemoError(f"{server.name} did not start: {child.last_output_line()}")
            if time.monotonic() > end:
                raise DemoError(f"{server.name} did not answer within {START_SECONDS:.0f} s: see {server.data}")
            self.ending.wait(0.1)

    def _status(self, server: ServerLayout) -> dict[str, Any] | None:
        request = urllib.request.Request(f"http://{server.address}:{server.api}/api/v1/status")
        login = b64encode(f"{layouts.USER}:{self.layout.password}".encode()).decode()
        request.add_header("Authorization", f"Basic {login}")
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                status: dict[str, Any] = json.load(answer)
                return status
        except urllib.error.HTTPError as error:
            error.close()
            return None
        except (OSError, ValueError):
            return None

    def _play(self) -> None:
        """Run the scenario in a thread. The processes that it starts end with this thread, so it ends after them."""
        try:
            self._run_scenario()
        finally:
            self._played.set()
        self._closed.wait()

    def _run_scenario(self) -> None:
        """Run the scenario. Its clock starts when both servers are NORMAL."""
        while not self.ending.is_set() and not all(self._is_normal(server) for server in self.layout.servers):
            self.ending.wait(0.5)
        began = time.monotonic()
        for when, step in self._scenario.steps:
            if self.ending.wait(max(0.0, began + when - time.monotonic())):
                return
            if self._options.headless:
                _print(f"demo: {step.value}")
            self._run_step(step)

    def _is_normal(self, server: ServerLayout) -> bool:
        status = self._status(server)
        return status is not None and all(pair["state"] == "NORMAL" for pair in status["pairs"])

    def _run_step(self, step: Step) -> None:
        if step is Step.KILL_MAIN:
            self._servers["main"].kill()
        elif step is Step.START_MAIN:
            self._servers["main"].start()
            self._write_json()
        elif step is Step.ADD_CLIENTS:
            self._add_clients()
        elif self._cable is not None and step is Step.CUT_LINK:
            self._cable.cut()
        elif self._cable is not None and step is Step.RESTORE_LINK:
            self._cable.restore()

    def _add_clients(self) -> None:
        """Start more clients. They use separate relays, because two processes cannot bind one relay's port."""
        for child in self._populations:
            child.stop()
        self._start_clients(1_000_000, ADDED_CLIENTS, ADDED_CLIENTS_RATE)


def _print(text: str) -> None:
    print(text, flush=True, file=sys.stdout)
