"""`python -m tests.console.fuzz N`: N bent status answers through poll, fold, every screen's texts and `status`.

Each answer is a healthy one in which one to three values, at any depth, are replaced, removed or moved. Nothing may
raise anything. The pair may be called OK only if both answers still say so: `bears` reads them independently of the
console. No text may hold a character that a terminal obeys. Every 500th picture is drawn on the screens themselves. The
seed and the answer that fails are printed.
"""

import asyncio
import copy
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from unicodedata import category

import httpx

from console.commands.status import details
from console.insight.countdowns import countdowns
from console.insight.danger import banners
from console.insight.diagnosis.table import checks, diagnose
from console.insight.fleet import fleet_row
from console.insight.guarded.table import offered
from console.insight.joint import joint
from console.insight.numbers.table import NUMBERS
from console.insight.report_text import in_words
from console.insight.runbooks.listing import fitting
from console.insight.runbooks.progress import progress, scene_of
from console.insight.summary import plugin_line, status_json
from console.insight.timeline import timeline
from console.insight.verdict import judge
from console.makes.pairwatch.client import ServerClient
from console.makes.pairwatch.source import PairwatchSource
from console.model.observations import ClockTick, PollAnswer, as_json, from_json
from console.model.picture import PairPicture, Severity
from console.model.plain_text import DANGEROUS
from console.sources.polling import FAILED, poll_server
from console.state.store import PictureStore
from console.tui.app import PairwatchApp
from console.tui.place_screens import SCREENS
from console.tui.screens.picture import PictureScreen
from console.tui.session import Session
from console.tui.widgets.evidence import alarm_lines
from console.tui.widgets.partner import partner_text
from console.tui.widgets.pools import pool_bars_text
from console.tui.widgets.top import countdowns_text
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, empty, status, text

STATES = ("NORMAL", "NORMAL", "NORMAL", "COMMUNICATIONS-INTERRUPTED", "PARTNER-DOWN", "RECOVER", "POTENTIAL-CONFLICT")
VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    3.5,
    2**31,
    2**64,
    10**400,
    1e308,
    float("inf"),
    float("nan"),
    "",
    "NORMAL",
    "normal",
    "HIBERNATING",
    "PARTNER-DOWN",
    "banana",
    "ok",
    "interrupted",
    "false",
    "many",
    "main",
    "backup",
    MAIN,
    "other",
    "\x1b]0;owned\x07",
    "\x9b31m",
    "\u202eabc",
    "\ud800",
    "line\nline",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "1970-01-01T00:00:00Z",
    "8999-12-31T23:59:59Z",
    "9999-12-31T23:59:59Z",
    "2026-07-15T03:12:00",
    text(NOW + 10800),
    "x" * 5000,
    [],
    {},
    [[]],
    [1, "a"],
    {"at": "now"},
)
DRAWN_EVERY = 500
FREE_TEXTS = frozenset(
    {"product", "uid", "not_serving_reason", "state_reason", "previous_state", "local", "remote", "partner_vendor"}
    | {"transport", "subnet", "version", "family", "reserved", "text", "value", "over", "watched", "last_failure"}
)
"""Fields that no judgement of a healthy pair depends on."""

Path = tuple[str | int, ...]


def paths(value: Any, at: Path = ()) -> Iterator[Path]:
    """The path of every value in a document, the containers too."""
    if at:
        yield at
    if isinstance(value, dict):
        for name, each in value.items():
            yield from paths(each, (*at, name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from paths(each, (*at, number))


def bent(rng: random.Random, document: dict[str, Any]) -> dict[str, Any]:
    """The document with one to three faults."""
    found = copy.deepcopy(document)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        *way, last = rng.choice(list(paths(found)) or [("at",)])
        holder: Any = found
        for step in way:
            holder = holder[step]
        if rng.random() < 0.15:
            del holder[last]
        else:
            holder[last] = copy.deepcopy(rng.choice(VALUES))
    return found


def bears(server: str, document: Any) -> bool:
    """Whether an answer says that its server is healthy: every value that decides it is there, and good."""
    try:
        process, (pair,) = document["server"], document["pairs"]
        pools = pair["pools"]
        good = (
            process["serving"] is True
            and pair["name"] == PAIR
            and pair["state"] == "NORMAL"
            and pair["partner_state"] == "NORMAL"
            and pair["communications"] == "ok"
            and pair.get("failover", True) is True
            and pair["role"] == ("main" if server == MAIN else "backup")
            and pair["server_name"] == server
            and pair["partner_name"] == (BACKUP if server == MAIN else MAIN)
            and not pair.get("config_mismatch")
            and isinstance(pools, list)
            and any(pool["total"] > 0 for pool in pools)
        )
        for pool in pools:
            parts = [pool[name] for name in ("available", "other_available", "leased", "unavailable")]
            numbers = [*parts, pool["total"]]
            good = good and all(type(each) is int and 0 <= each <= 2**128 for each in numbers)
            good = good and sum(parts) <= pool["total"] and (pool["total"] == 0 or parts[0] + parts[1] > 0)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
    return good


def misfit_of_type(sound: Any, found: Any, name: str = "") -> bool:
    """Whether a value that a judgement may need has another type than in the sound document, or is gone."""
    if name in FREE_TEXTS or sound is None:
        return False
    if isinstance(sound, dict):
        if not isinstance(found, dict):
            return True
        return any(key in found and misfit_of_type(each, found[key], key) for key, each in sound.items())
    if isinstance(sound, bool):
        return found is not None and not isinstance(found, bool)
    if isinstance(sound, int | float):
        return found is not None and (isinstance(found, bool) or not isinstance(found, int | float))
    return isinstance(sound, str) and found is not None and not isinstance(found, str)


def texts(pair: PairPicture, store: PictureStore) -> Iterator[str]:
    """What the screens and the commands show of a pair."""
    now = store.clock()
    both = joint(pair, now, ZONE)
    yield judge(pair, now, ZONE).sentence
    yield from (each.text for each in banners(pair, now, ZONE))
    yield from (each.text for each in countdowns(pair, now))
    yield countdowns_text(pair, now, ZONE, 5).plain
    yield pool_bars_text(pair, now, 6, 80).plain
    for server, other in ((both.main, both.backup), (both.backup, both.main)):
        yield partner_text(server, now, ZONE, other, 20).plain
        yield from (each.read(both, server).words for each in NUMBERS)
        yield str(offered(pair, server.name, now))
    row = fleet_row(pair, now, ZONE)
    yield f"{row.verdict} {row.main.word} {row.backup.word}"
    yield from (f"{each.title} {each.prospect.text}" for each in diagnose(pair, now, ZONE))
    yield from (f"{title} {reason}" for title, reason in checks(pair, now, ZONE))
    yield from (each.text for each in timeline(pair, {}))
    yield in_words(pair, now, ZONE).replace("\n", " ")
    for book, _ in fitting(pair, now, ZONE)[:3]:
        for step in progress(book, scene_of(book, pair, now, ZONE)):
            yield f"{step.missing} {step.evidence}"
    yield from ("".join(str(part) for part in line) for line in alarm_lines(pair, store.picture.own, now, ZONE))
    yield plugin_line([pair], now, ZONE)
    yield from details(pair, store)
    yield json.dumps(status_json(store.picture, now, ZONE))


class Fuzz:
    """A run. `outcomes` counts the severities."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.outcomes: Counter[str] = Counter()
        self.store = PictureStore(empty(), lambda: NOW, ZONE)

    async def one(self) -> PictureStore:
        """Bend an answer, and check everything that follows from it. Raises AssertionError."""
        state = self.rng.choice(STATES)
        documents = {server: status(server, NOW, state) for server in (MAIN, BACKUP)}
        sound = copy.deepcopy(documents)
        chosen = self.rng.choice((MAIN, BACKUP, ""))
        for server in documents:
            if chosen in (server, ""):
                documents[server] = bent(self.rng, documents[server])
        store = PictureStore(empty(), lambda: NOW, ZONE)
        # A healthy answer before, so that a change is folded too.
        if self.rng.random() < 0.5:
            for server in documents:
                store.observe(await self._polled(server, status(server, NOW - 5, "NORMAL"), NOW - 5))
        for server, document in documents.items():
            seen = await self._polled(server, document, NOW)
            assert from_json(json.loads(json.dumps(as_json(seen)))) == seen, "the journal returns another observation"
            store.observe(seen)
        store.observe(ClockTick(NOW))
        pair = store.pair(PAIR)
        for each in texts(pair, store):
            found = [char for line in each.split("\n") for char in line if category(char) in DANGEROUS]
            assert not found, f"control character in {each!r}"
        severity = judge(pair, NOW, ZONE).severity
        self.outcomes[severity] += 1
        if severity in (Severity.OK, Severity.INFO):
            assert all(bears(server, document) for server, document in documents.items()), "OK without its facts"
            wrong = [server for server in documents if misfit_of_type(sound[server], documents[server])]
            assert not wrong, f"OK with a value of another type: {wrong}"
        return store

    async def _polled(self, server: str, document: Any, at: float) -> Any:
        body = json.dumps(document).encode()
        transport = httpx.MockTransport(lambda request: httpx.Response(200, content=body))
        client = ServerClient("http://192.0.2.11:8067", "viewer", "secret", transport=transport)
        seen = await poll_server(PairwatchSource(client, PAIR), PAIR, server, lambda: at)
        await client.close()
        assert isinstance(seen, PollAnswer) or FAILED not in seen.error, seen
        return seen


async def run(count: int, seed: int) -> Counter[str]:
    """`count` bent answers. Raises AssertionError with the number of the failing one."""
    fuzz = Fuzz(seed)
    store = PictureStore(empty(), lambda: NOW, ZONE)
    app = PairwatchApp(Session(store), PAIR)
    async with app.run_test(size=(80, 24)) as pilot:
        for number in range(count):
            try:
                found = await fuzz.one()
                if number % DRAWN_EVERY == 0:
                    store.picture = found.picture
                    store.version += 1
                    for place in ("", *SCREENS):
                        if place and app.navigator is not None:
                            app.navigator.go(place)
                        await pilot.pause()
                        if isinstance(app.screen, PictureScreen):
                            app.screen.draw_now()
                            await pilot.pause()
                        assert app.is_running, f"the console ended at {place}"
                    while len(app.screen_stack) > 2:
                        await app.pop_screen()
            except Exception as error:
                raise AssertionError(f"seed {seed}, answer {number}: {type(error).__name__}: {error}") from error
    return fuzz.outcomes


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(2**32)
    print(f"seed {seed}", flush=True)
    began = time.monotonic()
    outcomes = asyncio.run(run(count, seed))
    words = ", ".join(f"{value} {name}" for name, value in outcomes.most_common())
    print(f"{count} answers in {time.monotonic() - began:.0f} s without a fault: {words}")


if __name__ == "__main__":
    main()
