"""A day of weather on two hundred pairs, as observations in virtual time: what happens without anyone's fault.

Every day has polls that are lost, paths to servers that fail for a while, failover links that are cut for seconds or
come and go for minutes, clocks and pools and queues near their limits, servers that are restarted in their weekly
window, and a scanner that makes agents send authenticationFailure. Six things need a person, two in each shift: a
server that dies, a link that comes and goes, a pool that is used up, another link, the uplink of a site, an address
that two clients have.

The pairs are polled every 5 s while something happens to them, and once a quarter of an hour otherwise.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random

from console.insight.wording import DAY, HOUR, MINUTE
from console.makes.pairwatch.profile import PAIRWATCH
from console.model.facts import PairFacts, Takeover
from console.model.observations import Observation, PollAnswer, PollFailure, TrapSeen
from console.model.phases import Phase
from console.model.picture import PairPicture, Picture
from console.state.store import empty_pair
from tests.console.scenes import BACKUP, MAIN, answer

BEGIN = 1_783_900_800.0
"""2026-07-13 00:00:00 UTC, a Monday."""
PAIRS = 200
LAB = "lab"
POLL_SECONDS, CALM_SECONDS = 5.0, 15 * MINUTE
AROUND_SECONDS = 150.0
"""Polls are frequent from so long before an event until so long after it."""
SAFE_PERIOD = 4 * HOUR

NORMAL = {MAIN: answer(MAIN).facts, BACKUP: answer(BACKUP).facts}
ALONE = {name: answer(name, state="COMMUNICATIONS-INTERRUPTED").facts for name in (MAIN, BACKUP)}
Change = Callable[[PairFacts, float], PairFacts]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to a pair from `start` to `end`: servers that cannot be polled, servers whose process is
    down, a cut link, or a change of facts of the servers named in `changes`."""

    start: float
    end: float
    unseen: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    cut: bool = False
    changes: tuple[tuple[str, Change], ...] = ()
    traps: tuple[tuple[float, str, str], ...] = ()
    """The seconds after the start, the server and the name of each trap."""


@dataclass(slots=True)
class Pair:
    name: str
    environment: str
    events: list[Event] = field(default_factory=list)

    def observations(self, random: Random) -> Iterator[Observation]:
        """All that the console receives from this pair, in order."""
        before = 0.0
        for at in self._times():
            # One lost poll between two that are answered; after a long time without polls it would look like more.
            lossy = at - before <= POLL_SECONDS
            before = at
            now = [each for each in self.events if each.start <= at < each.end]
            for server in (MAIN, BACKUP):
                yield self._poll(at, server, now, random if lossy else None)
        for event in self.events:
            for after, server, name in event.traps:
                yield TrapSeen(event.start + after, self.name, server, name, "1.3.6.1.4.1", "192.0.2.12:161", "v2c", {})

    def _times(self) -> list[float]:
        times = {BEGIN + number * CALM_SECONDS for number in range(int(DAY / CALM_SECONDS) + 1)}
        for event in self.events:
            begin, end = event.start - AROUND_SECONDS, event.end + AROUND_SECONDS
            step = POLL_SECONDS if end - begin <= HOUR else 6 * POLL_SECONDS
            first = BEGIN + (begin - BEGIN) // step * step
            times.update(first + number * step for number in range(int((end - first) / step) + 1))
        return sorted(at for at in times if BEGIN <= at <= BEGIN + DAY)

    def _poll(self, at: float, server: str, now: list[Event], random: Random | None) -> Observation:
        if any(server in (*each.unseen, *each.down) for each in now) or (
            random is not None and random.random() < 0.005
        ):
            return PollFailure(at, self.name, server, "timed out")
        partner = BACKUP if server == MAIN else MAIN
        alone = [each for each in now if each.cut or partner in each.down]
        facts = (ALONE if alone else NORMAL)[server]
        assert facts is not None
        if alone:
            lost = min(each.start for each in alone)
            left = max(0.0, lost + SAFE_PERIOD - at)
            facts = replace(
                facts,
                since=lost,
                contact_lost_at=lost,
                last_contact=lost,
                takeover=Takeover(True, SAFE_PERIOD, remaining=left, due_at=lost + SAFE_PERIOD),
            )
        facts = replace(facts, at=at, server=server, phase=facts.phase if alone else Phase.NORMAL)
        for each in now:
            for name, change in each.changes:
                facts = change(facts, at) if name == server else facts
        return PollAnswer(at, self.name, server, facts)


LOST, BACK = "other-server-not-responding", "other-server-responding"


def _cut(start: float, seconds: float) -> Event:
    """The failover link is cut; both servers send their traps."""
    after = seconds + 1
    return Event(start, start + seconds, cut=True, traps=((1, MAIN, LOST), (2, BACKUP, LOST), (after, BACKUP, BACK)))


def _restart(start: float, server: str, seconds: float) -> Event:
    other = BACKUP if server == MAIN else MAIN
    traps = (
        (0, server, "server-stop"),
        (2, other, LOST),
        (seconds, server, "server-start"),
        (seconds + 1, other, BACK),
    )
    return Event(start, start + seconds, down=(server,), traps=traps)


def _pool(free: Callable[[float], int]) -> Change:
    """The free addresses of the server's first pool, as a function of the time."""

    def change(facts: PairFacts, at: float) -> PairFacts:
        first, *others = facts.pools or ()
        number = free(at)
        total = first.total or 250
        full = replace(first, available=number, other_available=number, leased=total - 2 * number)
        return replace(facts, pools=(full, *others))

    return change


def pairs(random: Random) -> list[Pair]:
    """Two hundred pairs with the events of their day."""
    known = [Pair(f"pair-{number:03d}", LAB if number % 4 == 0 else "production") for number in range(PAIRS)]

    def some(count: int) -> list[Pair]:
        return random.sample(known, count)

    def hour(first: float = 0.1, last: float = 23.5) -> float:
        return BEGIN + random.uniform(first, last) * HOUR

    for pair in some(60):  # The path from the console to a server fails.
        start = hour()
        pair.events.append(Event(start, start + random.uniform(15, 55), unseen=(random.choice((MAIN, BACKUP)),)))
    for pair in some(40):  # The failover link is cut for seconds.
        pair.events.append(_cut(hour(), random.uniform(4, 28)))
    for number in range(12):  # A link comes and goes for ten minutes.
        known[106].events.append(_cut(BEGIN + 6 * HOUR + 50 * number, random.uniform(8, 38)))
    for number in range(30):  # Another one does so faster.
        known[107].events.append(_cut(BEGIN + 12 * HOUR + 15 * number, 7))
    for pair in some(12):  # The clock of a server is near the limit for hours.
        start, phase = hour(1, 18), random.uniform(0, 60)

        def skewed(facts: PairFacts, at: float, phase: float = phase) -> PairFacts:
            noise = 0.25 if int((at + phase) / 90) % 2 else -0.25
            return replace(facts, at=at + 2.1 + noise, time_skew=2.1 + noise)

        pair.events.append(Event(start, start + 2 * HOUR, changes=((MAIN, skewed),)))
    for pair in some(16):  # A pool is at its low threshold.
        start, phase = hour(6, 16), random.uniform(0, 60)

        def wavering(at: float, phase: float = phase) -> int:
            return 24 if int((at + phase) / 120) % 2 else 27

        pair.events.append(Event(start, start + HOUR, changes=((MAIN, _pool(wavering)), (BACKUP, _pool(wavering)))))
    for pair in some(20):  # Acknowledgements are slow for a moment, again and again.
        start = hour()

        def slow(facts: PairFacts, at: float) -> PairFacts:
            return replace(facts, oldest_unacked_age=34.0 if int(at / 25) % 2 else 12.0, unacked_updates=40)

        pair.events.append(Event(start, start + 5 * MINUTE, changes=((BACKUP, slow),)))
    for pair in some(3):  # A server restarts on its own.
        pair.events.append(_restart(hour(), random.choice((MAIN, BACKUP)), random.uniform(40, 80)))
    for number, pair in enumerate(each for each in known if each.environment == LAB):  # The weekly window.
        pair.events.append(_restart(BEGIN + 2 * HOUR + 120 * number, MAIN if number % 2 else BACKUP, 240))
    scan = BEGIN + 13.2 * HOUR
    for number, pair in enumerate(known):  # A scanner asks every agent with a wrong community.
        traps = tuple((number + 3.0 * again, MAIN, "authentication-failure") for again in range(3))
        pair.events.append(Event(scan, scan, traps=traps))
    for pair in known[60:80]:  # The uplink of a site fails.
        pair.events.append(Event(BEGIN + 16.4 * HOUR, BEGIN + 16.4 * HOUR + 200, unseen=(MAIN, BACKUP)))
    known[101].events.append(
        _restart(BEGIN + 4.6 * HOUR, MAIN, 2 * HOUR)
    )  # A server dies, and is back after two hours.
    known[102].events.append(
        Event(
            BEGIN + 9.3 * HOUR,
            BEGIN + 10.3 * HOUR,
            changes=((MAIN, _pool(lambda at: 0)), (BACKUP, _pool(lambda at: 0))),
        )
    )
    known[103].events.append(Event(BEGIN + 19 * HOUR, BEGIN + 19 * HOUR, traps=((0, MAIN, "address-conflict"),)))
    return known


def day(seed: int) -> tuple[Picture, list[Observation]]:
    """The pairs before the day, and all observations of it in order."""
    random = Random(seed)
    known = pairs(random)
    seen = [each for pair in known for each in pair.observations(random)]
    return Picture({pair.name: _empty(pair) for pair in known}, at=BEGIN), sorted(seen, key=lambda each: each.at)


def _empty(pair: Pair) -> PairPicture:
    return empty_pair(pair.name, pair.environment, [(MAIN, "main", PAIRWATCH), (BACKUP, "backup", PAIRWATCH)])
