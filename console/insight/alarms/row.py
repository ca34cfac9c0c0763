"""What a row of the table of alarms is: how a kind of fault is found and settled, how bad it is, what to do.

A row that polls find has `find`; a kind that only traps, log lines or the console itself raise has none. `needs` are
the facts without which polls cannot tell: where one is missing nothing is found, nothing is settled, and the pair's
severity is unknown instead of ok.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from console.insight.freshness import is_seen
from console.model.alarm_kinds import AlarmKind
from console.model.picture import PairPicture, Severity
from console.model.profiles import Fact

HAND = "a person"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that is reported. `entity` tells faults of one kind apart: a server, a server and its pool, an address,
    or `pair` for the two together."""

    kind: AlarmKind
    entity: str
    severity: Severity
    text: str

    def id(self, pair: str) -> str:
        return f"{pair}/{self.kind}/{self.entity}"


Find = Callable[[PairPicture, float], Iterator[Fault]]
"""The faults that hold at a time."""
Settled = Callable[[PairPicture, float, str], bool]
"""Whether an alarm about that entity is over although no clearing trap came; asked where it is not found."""


def not_polled(pair: PairPicture, now: float) -> Iterator[Fault]:
    """For kinds that polls do not find."""
    return iter(())


def never(pair: PairPicture, now: float, entity: str) -> bool:
    """For kinds that no poll settles."""
    return False


def at_once(pair: PairPicture, now: float, entity: str) -> bool:
    """Over as soon as it is not found: it is about what is seen now."""
    return True


def seen_again(pair: PairPicture, now: float, entity: str) -> bool:
    """Over once whom it concerns is seen and it is not found: a server, the server of a pool, or both."""
    server = pair.servers.get(entity.partition("/")[0])
    return is_seen(server, now) if server is not None else all_seen(pair, now)


def all_seen(pair: PairPicture, now: float) -> bool:
    return all(is_seen(server, now) for server in pair.servers.values())


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One kind of alarm. `severity` is where nothing tells more; `raised`, `ended` and `act` are the documentation.

    `follows` names the kinds that a fault of this kind may be a consequence of, the likeliest first: it is shown with
    "because of" while one of those is active, and people are notified of the cause alone. `lasts` is for kinds that
    nothing ends: after so many seconds without another report they are cleared "by age", because the report was about
    one event and not about a state. What is a state is never cleared by silence. `own`: it is about the console itself.
    `find` and `settled` are what polls tell; `needs` see the module, `needs_to_settle` the same for settling alone.
    """

    kind: AlarmKind
    severity: Severity
    raised: str
    ended: str
    act: str
    follows: tuple[AlarmKind, ...] = ()
    lasts: float | None = None
    own: bool = False
    find: Find = not_polled
    settled: Settled = never
    needs: tuple[Fact, ...] = ()
    needs_to_settle: tuple[Fact, ...] | None = None

    @property
    def polled(self) -> bool:
        """Whether polls find or settle it."""
        return self.find is not not_polled or self.settled is not never
