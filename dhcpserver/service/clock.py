"""The two clocks of a server, and what a step of the wall clock changes.

The wall clock gives Unix seconds, which are stored, sent, and compared with leases. Somebody may set it, by hours and
back. The steady clock has no date, but it is never set. The shell passes both with every turn.

Inside the core all times are wall time. When the wall clock steps, every interval that runs is moved by the same step:

    timers, connections, offers,    moved, so they end after the same time as without the step: dialling, keepalive,
    what waits for an answer        STARTUP, the safe period, retries, the heartbeat
    times of this life              moved, in the record too: the state since, the loss of contact, the time from which
                                    MCLT counts. They still say how long ago something was
    times of an earlier life        see `failover.state.currentrecord`
    leases, the partner's times     not moved: they were sent to others as dates

Deadlines are steady time for the shell: `steady`. A step of at most SMALLEST_STEP is not a step but a measurement that
was interrupted. Such differences do not add up, because the offset that is compared with changes only with a step.

Across a restart only the wall clock is left. The safe period starts again with the first turn after STARTUP without
contact, because the new process does not know for how long the partner was really out of contact.
"""

from dhcpserver.service.turn import Moment

SMALLEST_STEP = 0.1
"""Seconds. Smaller differences of the two clocks are ignored."""
REPORTED_STEP = 1.0
"""Seconds. A larger step is logged."""


class Clock:
    """Compares the two clocks at every turn."""

    __slots__ = ("_moment", "_offset")

    def __init__(self) -> None:
        self._moment = Moment(0.0, 0.0)
        self._offset: float | None = None

    def read(self, moment: Moment) -> float:
        """Take the time of a turn; return by how much the wall clock was set since the last one, 0 if it was not."""
        offset = moment.wall - moment.steady
        before = self._offset
        self._moment = moment
        if before is not None and abs(offset - before) <= SMALLEST_STEP:
            return 0.0
        self._offset = offset
        return 0.0 if before is None else offset - before

    def steady(self, wall: float) -> float:
        """Return the steady time that a wall time has, if the clock is not set before then."""
        return self._moment.steady + (wall - self._moment.wall)
