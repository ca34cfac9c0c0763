"""The endpoint's record while it runs. A change and its storage are one call.

Effects are executed only after the turn's commit. So everything that was set in a turn is durable before anything of
that turn is sent.

In STARTUP nothing is stored but the number of the start, and that there was contact in it. A server that is stopped
there starts the next time from what it started from this time. Otherwise a record of the state that it was about to
resume, or of the time at which it was up, would count as its state and time before the failure (RFC 8156 section 8.3.2,
step 1).

A step of the clock moves the times that this life has recorded, because the interval since then is known. Times of an
earlier life are dates of a clock that may have been right, so they stay. MCLT counts from some of the times
(`_WAITED_FROM`). It must not be over early, whether the clock is right before the step or after it. So these are moved
forward with the clock, at most to the present, and back only as far as they were moved forward.
"""

from dataclasses import replace
from typing import NamedTuple

from dhcpserver.failover.state.record import FailoverRecord, Store
from dhcpserver.failover.states import State

_MOVED = ("since", "interrupted_since", "last_contact", "last_operational")
_WAITED_FROM = ("partner_down_time", "partner_down_entered", "time_of_failure")


class _Moved(NamedTuple):
    """A time that was moved: the time as it was recorded, the sum of the steps since, and the result."""

    origin: int
    by: float
    to: int


class CurrentRecord:
    """Holds the record.

    Attributes:
        value: the present record.
    """

    __slots__ = ("_changed", "_earlier", "_in_startup", "_moved", "_numbers_changed", "_resumed", "_value")

    def __init__(self, record: FailoverRecord, *, stored: FailoverRecord | None = None) -> None:
        """`stored`: the record of the earlier life, None without one. `record` has the number of this start."""
        self._value = record
        self._earlier: dict[str, int] = {name: getattr(record, name) for name in _MOVED} if stored is not None else {}
        self._moved: dict[str, _Moved] = {}
        self._in_startup = True
        self._changed = False
        self._resumed = stored
        self._numbers_changed = True

    @property
    def value(self) -> FailoverRecord:
        """The present record."""
        return self._value

    def set(self, record: FailoverRecord) -> None:
        """Replace the record, and store it with this turn; in STARTUP, with the turn that leaves STARTUP."""
        self._value = record
        self._changed = True

    def note_contact(self) -> None:
        """Record that the partner is about to receive the number of this start; see `link.startnumber`."""
        if self._value.contact_start == self._value.start:
            return
        self.set(replace(self._value, contact_start=self._value.start, contact_number=0))
        self._numbers_changed = True

    def enter(self, state: State, since: int, previous: State, cause: str = "") -> None:
        """Record a new state, one that a server resumes from. This ends STARTUP."""
        self._in_startup = False
        self._resumed = None
        self.set(replace(self._value, state=state, since=since, previous=previous, cause=cause))

    def shift_clock(self, step: float, now: float) -> None:
        """Follow a step of this server's clock by `step` seconds; `now` is the time after it."""
        times: dict[str, int] = {}
        for name in _MOVED:
            value = getattr(self._value, name)
            if value and value != self._earlier.get(name):
                times[name] = max(round(value + step), 1)
        for name in _WAITED_FROM:
            value = getattr(self._value, name)
            moved = self._moved.get(name)
            if moved is None or moved.to != value:
                moved = _Moved(value, 0.0, value)
            if value:
                by = moved.by + step
                times[name] = min(round(moved.origin + max(by, 0.0)), int(now))
                self._moved[name] = _Moved(moved.origin, by, times[name])
        if times:
            self.set(replace(self._value, **times))  # type: ignore[arg-type]  # names of fields, all int

    def take_store(self) -> Store | None:
        """Return the effect that stores the changes since the last call; None if nothing is to be stored."""
        value, resumed = self._value, self._resumed
        if resumed is not None and self._numbers_changed:
            self._numbers_changed = False
            start, number = value.contact_start, value.contact_number
            return Store(replace(resumed, start=value.start, contact_start=start, contact_number=number))
        if self._in_startup or not self._changed:
            return None
        self._changed = False
        return Store(self._value)
