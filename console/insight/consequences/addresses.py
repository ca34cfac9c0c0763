"""What a rebalance and a forced address would change."""

from console.insight.guards.attempt import Attempt
from console.insight.shares import moves
from console.insight.wording import plural


def of_rebalance(attempt: Attempt) -> tuple[str, ...]:
    """How many addresses go where."""
    report = attempt.report
    if report is None:
        return ()
    lines = []
    for move in moves(report):
        count = plural(abs(move.addresses), "address", "addresses")
        to = report.partner_name if move.addresses > 0 else report.server_name
        lines.append(f"About {count} of {move.pool} go to {to}.")
    return (*lines, "Clients notice nothing: only free addresses move, each with its partner's agreement.")


def of_force(attempt: Attempt) -> tuple[str, ...]:
    """What a forced address means."""
    address = attempt.address or "The address"
    return (
        f"{address} can be given to a client again.",
        "It is unavailable because somebody answered on it, or a client declined it. If that device is still there, "
        "two devices will have one address.",
    )
