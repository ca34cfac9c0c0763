"""Reconfigure a client: a DHCPv6 client is asked to renew its leases now, and gets changed options with them."""

from ipaddress import ip_network

from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.shared_guards import ALWAYS, SERVES, answer
from console.insight.reasons import CannotTell
from console.insight.shares import total_of
from console.model.action_names import ActionName
from console.model.picture import PairPicture
from console.model.profiles import Can


def _lease_given(attempt: Attempt) -> str | None:
    try:
        version = ip_network(attempt.address).version
    except ValueError:
        return f"{attempt.address!r} is not a valid address or prefix" if attempt.address else "no address is given"
    return None if version == 6 else f"{attempt.address} is an IPv4 address: only DHCPv6 clients can be asked"


def _leases_dhcpv6(attempt: Attempt) -> str | None:
    facts = attempt.facts
    if facts is not None and any(pool.family != "dhcp4" for pool in facts.pools or ()):
        return None
    if facts is None or not facts.pools:
        return CannotTell(f"cannot tell whether {attempt.server} serves DHCPv6 clients: it does not report its pools")
    return f"{attempt.server} has no DHCPv6 addresses and prefixes"


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    return (
        f"The client of {attempt.address or 'the address'} renews its leases now.",
        "It is asked up to eight times within nine minutes. The server refuses the request if the client has no key of "
        "it: the policy needs reconfigure = true, and the client must accept it.",
    )


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    facts, before = answer(now, attempt), attempt.facts
    if facts is None or before is None:
        return None
    done, had = total_of(facts, "renewals"), total_of(before, "renewals")
    if done is None or had is None or done <= had:
        return None
    return f"{attempt.server} has extended leases since the request: {done - had}"


RECONFIGURE = GuardedAction(
    ActionName.RECONFIGURE,
    "Reconfigure a DHCPv6 client",
    "the client of a lease is asked to renew it now",
    Can.RECONFIGURE,
    (
        *ALWAYS,
        Guard("lease-given", True, "an IPv6 address or prefix is given", _lease_given, typed=True),
        Guard("leases-dhcpv6", True, "the server has DHCPv6 addresses or prefixes", _leases_dhcpv6),
        SERVES,
    ),
    _consequences,
    _seen,
    field="address",
    question="Which address or prefix? 2001:db8::1",
)
