"""Facts of a message that its reply reports: the DNS records of the client, and the VPN that its relay names."""

from dhcpserver.service.v6.plan import PrefixPlan
from dhcpserver.service.v6.query import Query6
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.clientnames import NO_RECORDS, Records
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6ia import IAKind


def records_of(query: Query6, plan: PrefixPlan) -> Records:
    """Return the DNS records of a client that gets an address of a prefix."""
    dns = plan.dns
    if dns is None or not any(ia.kind is IAKind.NA for ia in query.message.ias):
        return NO_RECORDS
    return Records(bool(dns.forward), bool(dns.reverse), dns.name(query.names, 0, query.duid, family=6))


def vss_of(message: Message) -> bytes | None:
    """Return the VSS information of a message: that of the relay nearest to the client that has one, or its own."""
    return next((found for hop in message.relays if (found := hop.get(o6.VSS))), None) or message.get(o6.VSS)
