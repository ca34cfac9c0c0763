"""From a key to its painted frame, in the real app with a real configuration, without a terminal.

    python -m benchmarks.console.keys CONFIG SECONDS busy|calm

The driver records the time of every frame. After a warm-up, keys are sent one at a time, and the time to the next frame
is measured, on several screens. Prints one JSON object.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from textual import events
from textual.drivers.headless_driver import HeadlessDriver

from console.settings.document import load
from console.state import garbage
from console.tui.app import PairwatchApp
from console.wiring import live_app

WARM_UP_SECONDS = 10.0
BETWEEN_KEYS_SECONDS = 0.15
GIVE_UP_SECONDS = 3.0
SIZE = (120, 40)

WALKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "fleet": ((), ("down", "down", "down", "pagedown", "up", "pageup")),
    "pair": (("enter",), ("2", "3", "4", "1")),
    "numbers": (("number_sign",), ("down", "down", "up", "pagedown", "pageup")),
    "actions": (("o",), ("down", "down", "up")),
    "alarms": (("a",), ("v",)),
    "logs": (("l",), ("pageup", "up", "up", "down", "pagedown")),
    "timeline": (("t",), ("pageup", "up", "up", "down", "pagedown")),
    "from place to place": (("escape",), ("number_sign", "w", "o", "t", "l", "a")),
}
"""By the name of a screen: the keys that lead there from the screen before, and the keys that are timed there.

Each of these keys changes the screen. A key that changes nothing would be followed by the frame of the next second.
Screens without enough content at a calm site are left out there (`NEEDS_LOAD`).
"""
NEEDS_LOAD = frozenset({"alarms", "logs", "timeline"})


class StampDriver(HeadlessDriver):
    """Writes nothing, and records the times of the frames."""

    frames: float = 0.0

    @property
    def is_headless(self) -> bool:
        return False  # Otherwise the app would not paint.

    def write(self, data: str) -> None:
        self.frames = time.perf_counter()


class KeyTimer:
    """The times from keys to frames by screen, and the delays of the event loop."""

    def __init__(self, app: PairwatchApp, seconds: float, loaded: bool) -> None:
        self._app = app
        self._loaded = loaded
        self._seconds = seconds
        self.taken: dict[str, list[float]] = {}
        self.unanswered = 0
        self.lags: list[float] = []

    async def run(self) -> None:
        lagging = asyncio.create_task(self._lag())
        await asyncio.sleep(WARM_UP_SECONDS)
        walks = {name: walk for name, walk in WALKS.items() if self._loaded or name not in NEEDS_LOAD}
        for screen, (way, keys) in walks.items():
            for key in way:
                self._send(key)
                await asyncio.sleep(1.0)
            await self._time(screen, cycle(keys))
        lagging.cancel()
        self._app.exit()

    async def _time(self, screen: str, keys: Iterator[str]) -> None:
        taken = self.taken.setdefault(screen, [])
        end = time.monotonic() + self._seconds / len(WALKS)
        driver = self._app._driver
        assert isinstance(driver, StampDriver)
        while time.monotonic() < end:
            began = time.perf_counter()
            self._send(next(keys))
            while driver.frames < began:
                if time.perf_counter() - began > GIVE_UP_SECONDS:
                    self.unanswered += 1
                    break
                await asyncio.sleep(0)
            else:
                taken.append(driver.frames - began)
            await asyncio.sleep(BETWEEN_KEYS_SECONDS)

    def _send(self, key: str) -> None:
        driver = self._app._driver
        assert driver is not None
        driver.send_message(events.Key(key, key if len(key) == 1 else None))

    async def _lag(self) -> None:
        while True:
            due = time.perf_counter() + 0.01
            await asyncio.sleep(0.01)
            self.lags.append(time.perf_counter() - due)


def share(values: list[float], part: float) -> float:
    """The value below which `part` of the values lie, in ms."""
    ordered = sorted(values)
    return round(1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))], 1) if ordered else float("nan")


def rss() -> float:
    """The resident memory of this process, MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * resource.getpagesize() / (1 << 20), 1)


async def measure_keys(config: Path, seconds: float, loaded: bool) -> dict[str, object]:
    app = live_app(load(config), None, None, None)
    app.driver_class = StampDriver
    measurement = KeyTimer(app, seconds, loaded)
    began_cpu, began = time.process_time(), time.monotonic()

    async def ready() -> None:
        measuring.append(asyncio.create_task(measurement.run()))

    measuring: list[asyncio.Task[None]] = []
    app.call_later(ready)
    await app.run_async(size=SIZE)
    await asyncio.gather(*measuring)
    assert app.session is not None
    picture = app.session.store.picture
    seen = [server for pair in picture.pairs.values() for server in pair.servers.values() if server.facts is not None]
    return {
        "screens": {
            name: {
                "keys": len(taken),
                "p50": share(taken, 0.5),
                "p99": share(taken, 0.99),
                "worst": share(taken, 1.0),
            }
            for name, taken in measurement.taken.items()
        },
        "all": {
            "p50": share([each for taken in measurement.taken.values() for each in taken], 0.5),
            "p99": share([each for taken in measurement.taken.values() for each in taken], 0.99),
        },
        "unanswered": measurement.unanswered,
        "loop_lag_ms": {"p99": share(measurement.lags, 0.99), "worst": share(measurement.lags, 1.0)},
        "cpu": round((time.process_time() - began_cpu) / (time.monotonic() - began), 2),
        "rss_mib": rss(),
        "servers_seen": len(seen),
        "oldest_report_s": round(max((picture.at - (each.reported_at or 0.0) for each in seen), default=0.0), 1),
        "traps_received": sum(len(pair.traps) for pair in picture.pairs.values()),
    }


def main() -> None:
    garbage.begin()  # As the command does.
    print(json.dumps(asyncio.run(measure_keys(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3] == "busy"))))


if __name__ == "__main__":
    main()
