"""Keys on the list of leases: `python -m benchmarks.console.leases [--leases N] [--pairs N] [--seconds N]`.

The leases of all pairs are loaded from memory. Then keys are sent one at a time and the time to the next frame is
measured: on the list, and on the fleet for comparison. Prints one JSON object.
"""

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from textual import events

from benchmarks.console.keys import BETWEEN_KEYS_SECONDS, SIZE, StampDriver, share
from console.actions.inquiries import Inquiries
from console.makes.pairwatch.leases import lease_facts
from console.model.leases import LeaseFacts
from console.tui.app import PairwatchApp
from console.tui.screens.leases import LeasesScreen
from console.tui.session import Session
from tests.console.fleets import fleet_store
from tests.console.insight.test_lease import lease
from tests.console.scenes import answer

KEYS = ("down", "down", "down", "pagedown", "up", "pageup")
DAMAGED = 3
"""Pairs of the fleet beside those that are calm."""


@dataclass(frozen=True, slots=True)
class MemorySource:
    """A server whose leases are in memory."""

    name: str
    found: tuple[LeaseFacts, ...]

    async def poll(self) -> Any:
        return answer(self.name)

    async def lease_pages(self, scope: str) -> AsyncIterator[list[LeaseFacts]]:
        if scope == "scope-1":
            yield list(self.found)


def clients_of(names: list[str], leases: int) -> dict[str, Any]:
    """Both servers of each pair, with the same leases of one scope."""
    each = max(1, leases // len(names))
    found: dict[str, Any] = {}
    for pair, name in enumerate(names):
        records = tuple(lease_facts(_record(pair, number)) for number in range(each))
        found[name] = {server: MemorySource(server, records) for server in ("dhcp-a", "dhcp-b")}
    return found


def _record(pair: int, number: int) -> dict[str, Any]:
    high, low = divmod(number, 250)
    mac = f"1,6,02:00:00:{pair:02x}:{high:02x}:{low:02x}"
    return lease(address=f"10.{pair}.{high}.{low}", scope="scope-1", hardware=mac)


async def time_keys(app: PairwatchApp, seconds: float) -> list[float]:
    """The times from keys to their frames."""
    driver = app._driver
    assert isinstance(driver, StampDriver)
    taken: list[float] = []
    end, keys = time.monotonic() + seconds, cycle(KEYS)
    while time.monotonic() < end:
        began, key = time.perf_counter(), next(keys)
        driver.send_message(events.Key(key, None))
        while driver.frames < began and time.perf_counter() - began < 3:  # noqa: ASYNC110
            await asyncio.sleep(0)
        taken.append(max(driver.frames, began) - began)
        await asyncio.sleep(BETWEEN_KEYS_SECONDS)
    return taken


async def measure(leases: int, pairs: int, seconds: float) -> dict[str, Any]:
    store = fleet_store(pairs - DAMAGED)
    names = list(store.picture.pairs)
    session = Session(store, inquiries=Inquiries(store, clients_of(names, leases)))
    app = PairwatchApp(session, names[0], fleet=True)
    app.driver_class = StampDriver
    found: dict[str, Any] = {}

    async def run() -> None:
        await asyncio.sleep(2)
        found["fleet"] = await time_keys(app, seconds)
        began = time.perf_counter()
        session.navigator.go("leases")
        await asyncio.sleep(0.5)
        screen = app.screen
        assert isinstance(screen, LeasesScreen)
        screen.action_fleet()
        while len(screen._loaded) < leases or screen._state.startswith("reading"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        found["loaded"], found["loaded in s"] = len(screen._loaded), round(time.perf_counter() - began, 1)
        await asyncio.sleep(1)
        found["leases"] = await time_keys(app, seconds)
        app.exit()

    app.call_later(lambda: running.append(asyncio.create_task(run())))
    running: list[asyncio.Task[None]] = []
    await app.run_async(size=SIZE)
    await asyncio.gather(*running)
    for name in ("fleet", "leases"):
        taken = found[name]
        found[name] = {"keys": len(taken), "p50": share(taken, 0.5), "p99": share(taken, 0.99)}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leases", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20.0)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(measure(asked.leases, asked.pairs, asked.seconds))))


if __name__ == "__main__":
    main()
