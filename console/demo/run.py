"""Running the demo: start everything, play the scenario, and leave nothing behind."""

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
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import console.demo.layout as layouts
from console.demo.cable import Cable
from console.demo.children import Child
from console.demo.layout import Layout, ServerLayout
from console.demo.options import DemoError, DemoOptions
from console.demo.scenarios import SCENARIOS, Act
from dhcpserver.api.passwords import hash_password

START_SECONDS = 30.0
CROWD_CLIENTS = 1200
CROWD_RATE = 10.0


def run(options: DemoOptions, open_console: Callable[[Path], None]) -> int:
    """Run the demo until it is told to stop (SIGTERM, SIGINT, the console's end, or its own time). Gives 0.

    Raises DemoError when it cannot start.
    """
    if options.scenario not in SCENARIOS:
        raise DemoError(f"there is no scenario {options.scenario!r}: choose one of {', '.join(SCENARIOS)}")
    with _directory(options) as directory, contextlib.closing(Demo(layouts.find(directory), options)) as demo:
        with _until_told(demo.ending):
            demo.start()
            if options.headless:
                _say(f"demo: {directory / 'demo.json'}: {SCENARIOS[options.scenario].shows}")
                demo.ending.wait(options.seconds)
                return 0
        open_console(demo.layout.config)
    return 0


@contextlib.contextmanager
def _directory(options: DemoOptions) -> Iterator[Path]:
    if options.dir is not None:
        options.dir.mkdir(parents=True, exist_ok=True)
        yield options.dir.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="pairwatch-demo-") as name:
        yield Path(name)


@contextlib.contextmanager
def _until_told(ending: threading.Event) -> Iterator[None]:
    """SIGTERM and SIGINT end the demo in order, also while it starts."""

    def told(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    old = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


class Demo:
    """A running demo.

    Attributes:
        layout: where everything is.
        ending: set when the demo is to stop.
    """

    def __init__(self, layout: Layout, options: DemoOptions) -> None:
        self.layout = layout
        self.ending = threading.Event()
        self._options = options
        self._scenario = SCENARIOS[options.scenario]
        self._servers = {
            server.role: Child(["-m", "dhcpserver.main", "--data", str(server.data)], server.data / "output")
            for server in layout.servers
        }
        self._crowds: list[Child] = []
        self._cable: Cable | None = None
        self._player: threading.Thread | None = None

    def start(self) -> None:
        """Start the servers, and when both answer write `demo.json` and start the clients. Raises DemoError."""
        layouts.write(self.layout, self._options, hash_password(self.layout.password), self._scenario.cable)
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
            self._population(0, self._options.clients, max(1.0, self._options.clients / 20))
        self._player = threading.Thread(target=self._play, name="demo-scenario", daemon=True)
        self._player.start()

    def close(self) -> None:
        """Stop everything."""
        self.ending.set()
        if self._player is not None:
            self._player.join()
        for child in (*self._crowds, *self._servers.values()):
            child.stop()
        if self._cable is not None:
            self._cable.close()

    def _write_json(self) -> None:
        pids = (self._servers["main"].pid, self._servers["backup"].pid)
        new = self.layout.directory / "demo.json.new"
        new.write_text(json.dumps(self.layout.as_json(pids), indent=1) + "\n", encoding="utf-8")
        os.replace(new, self.layout.directory / "demo.json")

    def _population(self, first: int, clients: int, rate: float) -> None:
        """Clients behind the demo's relays, told to both servers as relays should be."""
        servers = [f"--server={server.address}:{server.dhcp}" for server in self.layout.servers]
        relays = [f"--relay={giaddr}" for giaddr in layouts.relays()]
        numbers = [f"--clients={clients}", f"--rate={rate}", f"--first-client={first}", "--stay=600"]
        journal = f"--journal={self.layout.directory / f'clients-{first}.jsonl'}"
        output = self.layout.directory / f"clients-{first}.output"
        child = Child(["-m", "dhcpserver.client", *servers, *relays, *numbers, journal], output)
        child.start()
        self._crowds.append(child)
        time.sleep(0.5)  # One that may not have DHCP's ports says so at once.
        if not child.running:
            _say(f"demo: no clients of its own: {child.last_words()}")

    def _wait(self, server: ServerLayout, good: Callable[[dict[str, Any]], bool]) -> None:
        """Until a server answers as it should; DemoError when it dies or takes too long."""
        child = self._servers[server.role]
        end = time.monotonic() + START_SECONDS
        while not self.ending.is_set():
            status = self._status(server)
            if status is not None and good(status):
                return
            if not child.running:
                raise DemoError(f"{server.name} did not start: {child.last_words()}")
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
        """The scenario: its clock starts when both are NORMAL."""
        while not self.ending.is_set() and not all(self._normal(server) for server in self.layout.servers):
            self.ending.wait(0.5)
        began = time.monotonic()
        for when, act in self._scenario.acts:
            if self.ending.wait(max(0.0, began + when - time.monotonic())):
                return
            if self._options.headless:
                _say(f"demo: {act.value}")
            self._do(act)

    def _normal(self, server: ServerLayout) -> bool:
        status = self._status(server)
        return status is not None and all(pair["state"] == "NORMAL" for pair in status["pairs"])

    def _do(self, act: Act) -> None:
        if act is Act.KILL_MAIN:
            self._servers["main"].kill()
        elif act is Act.START_MAIN:
            self._servers["main"].start()
            self._write_json()
        elif act is Act.CROWD:
            self._crowd()
        elif self._cable is not None and act is Act.CUT_LINK:
            self._cable.cut()
        elif self._cable is not None and act is Act.MEND_LINK:
            self._cable.mend()

    def _crowd(self) -> None:
        """More clients; they come through relays of their own, since two programs cannot have one relay's port."""
        for child in self._crowds:
            child.stop()
        self._population(1_000_000, CROWD_CLIENTS, CROWD_RATE)


def _say(text: str) -> None:
    print(text, flush=True, file=sys.stdout)
