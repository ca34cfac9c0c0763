"""The recipients of traps, and the addresses that traps name, from the configuration."""

from dhcpserver.config.classes.trap_recipient import TrapRecipient
from dhcpserver.config.objects import Configuration
from dhcpserver.config.traps import snmp_user
from snmp.send.recipient import Recipient


def recipient_of(item: TrapRecipient) -> Recipient:
    return Recipient(
        item.name,
        item.ip_addr,
        item.port_number,
        item.community.get_secret_value(),
        item.version,
        snmp_user(item) if item.version == "v3" else None,
        item.inform,
        item.timeout,
        item.retries,
    )


def own_addresses(configuration: Configuration) -> list[str]:
    """Return this server's own addresses from its cluster."""
    own = next((cluster for cluster in configuration.cluster if cluster.name == configuration.server.name), None)
    return [str(address) for address in (own and own.ipaddr, own and own.ip6address) if address]
