"""The memory after an hour of observations: the app with its screens, fed in virtual time.

    python -m benchmarks.console.hour PAIRS LINES TRAPS MINUTES

Each virtual second has an answer of every server and the given numbers of log lines and traps. They pass through the
same fold and the same journal, on a real disk, as in the live console. The clock is that of the observations, so that
an hour takes only as long as its processing. Prints one JSON object: the resident memory at the start and after each
sixth of the time (MiB), and the time that it took.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.console.answers import status
from benchmarks.console.keys import SIZE, StampDriver, rss
from benchmarks.console.site import Endpoint, endpoints
from console.journal.store import Journal
from console.journal.writer import WAITING_AT_MOST, JournalWriter
from console.makes.pairwatch.profile import PAIRWATCH
from console.makes.pairwatch.status import status_facts
from console.model.observations import LogLine, Observation, PollAnswer, TrapSeen
from console.model.picture import Picture
from console.state import garbage
from console.state.store import PictureStore, empty_pair
from console.state.zones import LocalZone
from console.tui.app import PairwatchApp
from console.tui.session import Session

BEGAN = 1_784_000_000.0
PARTS = 6
AT_ONCE = 50
"""Observations after which the event loop runs."""


class Feed:
    """The observations of the site, second by second."""

    def __init__(self, servers: list[Endpoint], lines: int, traps: int) -> None:
        self._servers = servers
        self._lines, self._traps = lines, traps
        self._line = self._trap = 0

    def second(self, number: int) -> Iterator[Observation]:
        """All observations of one second."""
        at = BEGAN + number
        for server in self._servers:
            raw = status(server, BEGAN, at)
            yield PollAnswer(at, server.pair, server.name, status_facts(raw, server.pair), raw)
        for _ in range(self._lines):
            self._line += 1
            server = self._servers[self._line % len(self._servers)]
            host = f"10.{self._line % 4}.{self._line // 250 % 16}.{self._line % 250 + 1}"
            text = f"07/14/2026 3:00:00 name/dhcp/1 Activity Failover 0 18106 BNDUPD sent xid {self._line} lease {host}"
            yield LogLine(at, server.pair, server.name, text)
        for _ in range(self._traps):
            self._trap += 1
            server = self._servers[self._trap % len(self._servers)]
            varbinds = {"scope-name": f"scope-{self._trap % 4}", "free-addresses": str(5 + self._trap % 90)}
            yield TrapSeen(at, server.pair, server.name, "free-address-low", "1.3.6.1", server.address, "v2c", varbinds)


async def hour(pairs: int, lines: int, traps: int, minutes: int, folder: Path) -> dict[str, object]:
    """Process the observations, with the fleet on the screen."""
    servers = endpoints(pairs)
    now = [BEGAN]
    journal = Journal.open(f"sqlite:///{folder / 'journal.db'}")
    writer = JournalWriter(journal, keep_seconds=14 * 86400, keep_octets=1 << 30)
    writer.start()
    names = [(each, each.partner) for each in servers if each.role == "main"]
    known = {
        a.pair: empty_pair(a.pair, "benchmark", [(a.name, a.role, PAIRWATCH), (b.name, b.role, PAIRWATCH)])
        for a, b in names
    }
    store = PictureStore(Picture(known), lambda: now[0], LocalZone(), writer.keep)
    app = PairwatchApp(Session(store), servers[0].pair, fleet=True)
    app.driver_class = StampDriver
    resident: list[float] = []
    began = time.monotonic()

    async def feed() -> None:
        source = Feed(servers, lines, traps)
        garbage.settle()
        app.rounds = garbage.Rounds(time.monotonic(), time.monotonic())
        resident.append(rss())
        for second in range(minutes * 60):
            now[0] = BEGAN + second
            for number, observation in enumerate(source.second(second)):
                store.observe(observation)
                if number % AT_ONCE == 0:
                    await asyncio.sleep(0)
            # The hour takes less time than in reality: let the disk catch up. The writer has no event to wait for.
            while writer.waiting > WAITING_AT_MOST / 2:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            store.tick()
            if (second + 1) % (minutes * 60 // PARTS) == 0:
                resident.append(rss())
        app.exit()

    feeding: list[asyncio.Task[None]] = []
    app.call_later(lambda: feeding.append(asyncio.create_task(feed())))
    await app.run_async(size=SIZE)
    await asyncio.gather(*feeding)
    writer.close(60.0)
    return {
        "rss_mib": resident,
        "took_s": round(time.monotonic() - began, 1),
        "observations": minutes * 60 * (len(servers) + lines + traps),
        "journal_mib": round((folder / "journal.db").stat().st_size / (1 << 20), 1),
        "journal_dropped": writer.dropped,
    }


def main() -> None:
    garbage.begin()  # As the command does.
    pairs, lines, traps, minutes = map(int, sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(hour(pairs, lines, traps, minutes, Path(folder)))))


if __name__ == "__main__":
    main()
