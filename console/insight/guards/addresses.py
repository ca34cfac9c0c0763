"""The guards of what is done to addresses: an unavailable one given back, and the shares made even."""

from ipaddress import AddressValueError, IPv4Address

from console.insight.freshness import last_state
from console.insight.guards.attempt import Attempt, Guard
from console.insight.guards.seeing import ALWAYS
from console.insight.shares import moves
from console.model.states import SERVING, State


def _address_given(attempt: Attempt) -> str | None:
    try:
        IPv4Address(attempt.address)
    except AddressValueError:
        return f"{attempt.address!r} is no IPv4 address" if attempt.address else "no address is given"
    return None


def _some_unavailable(attempt: Attempt) -> str | None:
    report = attempt.report
    if report is not None and not any(pool.unavailable for pool in report.pools):
        return f"{attempt.server} has no unavailable address"
    return None


def _serves(attempt: Attempt) -> str | None:
    state = last_state(attempt.acting)
    return None if state in SERVING else f"{attempt.server} is {state}: it gives out no addresses now"


def _verified(attempt: Attempt) -> str | None:
    if attempt.vouched:
        return None
    return f"nobody has said that {attempt.address or 'the address'} is idle: verify it (ping, ARP, switch port)"


def _is_main(attempt: Attempt) -> str | None:
    report = attempt.report
    if report is not None and report.role != "main":
        return f"{attempt.server} is the backup: addresses are shared out by the main, {attempt.partner.name}"
    return None


def _normal(attempt: Attempt) -> str | None:
    report = attempt.report
    if report is None:
        return None
    if report.state is not State.NORMAL:
        return f"{attempt.server} is {report.state}: addresses move between partners in NORMAL alone"
    if report.interrupted:
        return f"{attempt.server} has no contact with {report.partner_name}"
    return None


def _something_to_move(attempt: Attempt) -> str | None:
    report = attempt.report
    if report is None or moves(report):
        return None
    return "the backup has its percentage in every scope: nothing would move"


FORCING = (
    *ALWAYS,
    Guard("address-given", True, "an address is given", _address_given),
    Guard("some-unavailable", True, "the server has unavailable addresses", _some_unavailable),
    Guard("serves", True, "the server serves", _serves),
    Guard("address-verified-idle", False, "a person verified that nobody uses the address", _verified),
)

REBALANCING = (
    *ALWAYS,
    Guard("is-main", True, "the server is the main", _is_main),
    Guard("normal", True, "the server is NORMAL and in contact", _normal),
    Guard("something-to-move", True, "there is something to move", _something_to_move),
)
