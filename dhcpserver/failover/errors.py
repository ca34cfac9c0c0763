"""What an operator asks for and cannot have, and what of it depends on nothing but the date.

OperatorError               nothing was changed; the text says what was seen and what would be accepted
├── CannotSetPartnerDown    not from this state
├── StillRecovering         a server in RECOVER is not to be stopped
├── SafePeriodOver          a safe period of that length would be over already
├── CannotRebalance         only the main shares addresses out, in NORMAL
└── DateError               not with this date
    ├── DateInFuture
    └── DateTooEarly        before the last contact; an expert may
"""

from datetime import UTC, datetime

from dhcpserver.failover.states import State


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class OperatorError(Exception):
    """A command that is refused."""


class CannotSetPartnerDown(OperatorError):
    """The state does not allow it."""

    def __init__(self, state: State) -> None:
        super().__init__(
            f"this server is in {state.value}; the partner can be set down in NORMAL, COMMUNICATIONS-INTERRUPTED and "
            "RESOLUTION-INTERRUPTED"
        )


class StillRecovering(OperatorError):
    """Stopping now would throw away what the partner has sent so far (R-186)."""

    def __init__(self) -> None:
        super().__init__(
            "this server is in RECOVER and takes in its partner's leases; wait for RECOVER-DONE, or force the stop: "
            "the partner then has to send everything again"
        )


class SafePeriodOver(OperatorError):
    """It would end at once, in PARTNER-DOWN."""

    def __init__(self, seconds: int, gone: float) -> None:
        super().__init__(
            f"contact was lost {gone:.0f} s ago, so a safe period of {seconds} s is over; give a longer one, or set "
            "the partner down if it is"
        )


class CannotRebalance(OperatorError):
    """Addresses are shared out by the main alone, and only while both agree."""

    def __init__(self, role: str, state: State) -> None:
        super().__init__(f"this server is the {role} and in {state.value}; only the main rebalances, in NORMAL")


class DateError(OperatorError):
    """The date does not fit."""


class DateInFuture(DateError):
    """The partner cannot have been last operational later than now."""

    def __init__(self, date: float, now: float) -> None:
        super().__init__(f"the date {_moment(date)} is in the future; it is {_moment(now)}")


class DateTooEarly(DateError):
    """The partner was heard after that."""

    def __init__(self, date: float, earliest: float) -> None:
        super().__init__(
            f"the date {_moment(date)} is before the last contact with the partner; not before {_moment(earliest)} "
            "unless in expert mode"
        )


def down_date(date: float | None, earliest: float, now: float, *, expert: bool) -> float:
    """Since when the partner is down: the date given, or `earliest`, when contact was lost (R-149, R-151).

    Raises DateError for one in the future, or one before the last contact unless an expert gives it.
    """
    down = earliest if date is None else date
    if down > now:
        raise DateInFuture(down, now)
    if down < earliest and not expert:
        raise DateTooEarly(down, earliest)
    return down
