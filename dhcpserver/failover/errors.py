"""What an operator asks for and cannot have.

OperatorError               nothing was changed; the text says what was seen and what would be accepted
├── CannotSetPartnerDown    not from this state
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
