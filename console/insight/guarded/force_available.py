"""Force an address available: an unavailable address that is not in use can be leased again."""

from ipaddress import ip_network

from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.shared_guards import ALWAYS, SERVES, answer
from console.insight.reasons import CannotTell
from console.insight.shares import total_of
from console.model.action_names import ActionName
from console.model.picture import PairPicture
from console.model.profiles import Can


def _address_given(attempt: Attempt) -> str | None:
    try:
        ip_network(attempt.address)
    except ValueError:
        return f"{attempt.address!r} is not a valid address" if attempt.address else "no address is given"
    return None


def _some_unavailable(attempt: Attempt) -> str | None:
    facts = attempt.facts
    if facts is not None and any(pool.unavailable for pool in facts.pools or ()):
        return None
    if facts is None or not facts.pools or total_of(facts, "unavailable") is None:
        return CannotTell(f"cannot tell whether {attempt.server} has unavailable addresses: it does not report them")
    return f"{attempt.server} has no unavailable address"


def _verified(attempt: Attempt) -> str | None:
    if attempt.vouched:
        return None
    address = attempt.address or "the address"
    return CannotTell(f"not confirmed that {address} is unused: verify it (ping, ARP, switch port)")


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    """The address can be leased again, and the risk of that."""
    address = attempt.address or "The address"
    return (
        f"{address} can be leased to a client again.",
        "It is unavailable because a device answered on it, or a client declined it. If that device still uses it, "
        "two devices will have the same address.",
    )


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    facts, before = answer(now, attempt), attempt.facts
    if facts is None or before is None:
        return None
    left, had = total_of(facts, "unavailable"), total_of(before, "unavailable")
    if left is None or had is None or left >= had:
        return None
    return f"{attempt.address} can be leased again; {left} still unavailable on {attempt.server}"


FORCE_AVAILABLE = GuardedAction(
    ActionName.FORCE_AVAILABLE,
    "Force an address available",
    "an unavailable address that is not in use can be leased again",
    Can.FORCE_AVAILABLE,
    (
        *ALWAYS,
        Guard("address-given", True, "an address is given", _address_given, typed=True),
        Guard("some-unavailable", True, "the server has unavailable addresses", _some_unavailable),
        SERVES,
        Guard(
            "address-verified-idle",
            False,
            "a person verified that the address is not in use",
            _verified,
            confirmable=True,
        ),
    ),
    _consequences,
    _seen,
    lambda attempt: f"lease {attempt.address or 'ADDRESS'} force-available",
    field="address",
    question="Which address? a.b.c.d",
    word="Is the address unused? Verify it (ping, ARP, switch port)",
)
