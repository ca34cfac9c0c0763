"""The errors of operator commands. A command that raises one has changed nothing.

OperatorError               the text has what was seen and what is accepted
├── CannotSetPartnerDown    not in this state
├── LeasesMissing           in RECOVER by experts only, and with probes
├── StillRecovering         a server in RECOVER is stopped only with force
├── SafePeriodOver          a safe period of that length would be over already
├── CannotRebalance         only the main moves addresses, in NORMAL
└── DateError               not with this date
    ├── DateInFuture
    └── DateTooEarly        before the last contact; allowed in expert mode
"""

from datetime import UTC, datetime

from dhcpserver.failover.states import State


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class OperatorError(Exception):
    """A command was refused."""


class CannotSetPartnerDown(OperatorError):
    """The state does not allow it."""

    def __init__(self, state: State) -> None:
        super().__init__(
            f"this server is in {state.value}; the partner can be set down in NORMAL, COMMUNICATIONS-INTERRUPTED, "
            "RESOLUTION-INTERRUPTED, CONFLICT-DONE, RECOVER-WAIT, RECOVER-DONE and, by an expert, in RECOVER"
        )


class LeasesMissing(OperatorError):
    """In RECOVER this server does not have all leases of its partner."""

    def __init__(self, unknown: int, *, can_probe: bool) -> None:
        """`unknown`: addresses that the partner may have leased. `can_probe`: whether they can be probed."""
        text = (
            "this server is in RECOVER and does not have all leases of its partner, which may have leased up to "
            f"{unknown} addresses that are free here. Start the partner, or a machine with a copy of its data, and "
            "wait for RECOVER-DONE. If the partner and its data are lost for good, an expert can set it down; every "
            "address is then probed before it is given, until the longest lease has passed"
        )
        if not can_probe:
            text += ". This process cannot send ICMP echo requests: give it CAP_NET_RAW and start it again"
        super().__init__(text)


class StillRecovering(OperatorError):
    """A stop now would discard the leases that the partner has sent so far (R-186)."""

    def __init__(self) -> None:
        super().__init__(
            "this server is in RECOVER and receives its partner's leases; wait for RECOVER-DONE, or force the stop: "
            "the partner then has to send everything again"
        )


class SafePeriodOver(OperatorError):
    """The safe period would end at once, in PARTNER-DOWN."""

    def __init__(self, seconds: int, lost: float) -> None:
        """`lost`: for how many seconds contact is lost."""
        super().__init__(
            f"contact was lost {lost:.0f} s ago, so a safe period of {seconds} s is over; give a longer one, or set "
            "the partner down if it is"
        )


class CannotRebalance(OperatorError):
    """Only the main moves addresses, and only in NORMAL with contact."""

    def __init__(self, role: str, state: State) -> None:
        super().__init__(f"this server is the {role} and in {state.value}; only the main rebalances, in NORMAL")


class DateError(OperatorError):
    """The date is not accepted."""


class DateInFuture(DateError):
    """The partner cannot have been operational later than now."""

    def __init__(self, date: float, now: float) -> None:
        super().__init__(f"the date {_moment(date)} is in the future; it is {_moment(now)}")


class DateTooEarly(DateError):
    """The partner was in contact after that date."""

    def __init__(self, date: float, earliest: float) -> None:
        super().__init__(
            f"the date {_moment(date)} is before the last contact with the partner; not before {_moment(earliest)} "
            "unless in expert mode"
        )
