"""A row of the table of alarms: how a kind of fault is found and settled, its severity, and what to do.

Kinds that polls find have `find`. Kinds that only traps, log lines or the console itself raise have none. `needs` are
the facts that polls need: where one is missing, nothing is found, nothing is settled, and the severity of the pair is
unknown instead of ok.
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
    """A fault that a source reports. `entity` distinguishes faults of one kind: a server, a server and its pool, an
    address, or `pair` for both servers together."""

    kind: AlarmKind
    entity: str
    severity: Severity
    text: str

    def id(self, pair: str) -> str:
        """The id of its alarm: pair, kind and entity."""
        return f"{pair}/{self.kind}/{self.entity}"


Find = Callable[[PairPicture, float], Iterator[Fault]]
"""Returns the faults at a time."""
Settled = Callable[[PairPicture, float, str], bool]
"""Returns whether an alarm about that entity is over without a clearing trap. Called when the fault is not found."""


def not_polled(pair: PairPicture, now: float) -> Iterator[Fault]:
    """No faults: for kinds that polls do not find."""
    return iter(())


def never(pair: PairPicture, now: float, entity: str) -> bool:
    """False: for kinds that no poll settles."""
    return False


def at_once(pair: PairPicture, now: float, entity: str) -> bool:
    """True: for kinds that are over as soon as the fault is not found."""
    return True


def seen_again(pair: PairPicture, now: float, entity: str) -> bool:
    """Whether the servers concerned are seen: a server, the server of a pool, or both."""
    server = pair.servers.get(entity.partition("/")[0])
    return is_seen(server, now) if server is not None else all_seen(pair, now)


def all_seen(pair: PairPicture, now: float) -> bool:
    """Whether every server of the pair is seen."""
    return all(is_seen(server, now) for server in pair.servers.values())


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One kind of alarm. `severity` is its default severity. `raised` and `ended` are documentation. `act`: what
    the operator does; screens show it with the alarm, unless its text has that for the situation (`advises`).

    `follows` has the kinds whose consequence this kind can be, the likeliest first. While one of them is active, the
    alarm is shown with "because of", and notifications are sent for the cause alone.

    `lasts` is for events, which no report ends: after this time (s) without another report the alarm is cleared "by
    age". An alarm about a state has no `lasts`: without reports it stays active.

    `waits` is the time (s) for which the fault must last before the alarm is announced (announcing.py).

    `own`: the alarm is about the console itself. `find` and `settled` are for polls. For `needs` see the module;
    `needs_to_settle` replaces it for settling.
    """

    kind: AlarmKind
    severity: Severity
    raised: str
    ended: str
    act: str
    follows: tuple[AlarmKind, ...] = ()
    lasts: float | None = None
    waits: float = 0.0
    own: bool = False
    advises: bool = False
    find: Find = not_polled
    settled: Settled = never
    needs: tuple[Fact, ...] = ()
    needs_to_settle: tuple[Fact, ...] | None = None

    @property
    def polled(self) -> bool:
        """Whether polls find or settle this kind."""
        return self.find is not not_polled or self.settled is not never
