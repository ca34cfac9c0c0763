"""The configuration of a server: the objects of all classes."""

from typing import Annotated

from pydantic import Field

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About
from dhcpserver.config.classes.api import Api, User
from dhcpserver.config.classes.client import Client, ClientClass
from dhcpserver.config.classes.cluster import Cluster
from dhcpserver.config.classes.dns_update import DnsUpdateConfig, Key
from dhcpserver.config.classes.extension import Extension, ExtensionPoint
from dhcpserver.config.classes.failover_pair import FailoverPair
from dhcpserver.config.classes.ldap import Ldap
from dhcpserver.config.classes.lease_events import LeaseEvents
from dhcpserver.config.classes.listener import LeasequeryListener, Listener, Listener6
from dhcpserver.config.classes.option_information import OwnOption, VendorOptionSpace
from dhcpserver.config.classes.policy import Policy
from dhcpserver.config.classes.prefix import Link, Prefix
from dhcpserver.config.classes.scope import Scope
from dhcpserver.config.classes.scope_template import ScopeTemplate
from dhcpserver.config.classes.server import Server
from dhcpserver.config.classes.thresholds import AddrTrap
from dhcpserver.config.classes.trap_recipient import TrapRecipient
from dhcpserver.config.classes.vpn import Vpn
from dhcpserver.config.syncrows import SyncRow


class Configuration(Attributes):
    """The contents of a server's `config.toml`."""

    server: Annotated[Server, About("the server itself", sync=SyncRow.SERVER_OTHER)]
    listener: Annotated[tuple[Listener, ...], About("where DHCPv4 packets arrive", sync=SyncRow.OWN)] = ()
    api: Annotated[Api, About("the HTTP API", sync=SyncRow.OWN)] = Api()
    user: Annotated[tuple[User, ...], About("its users", sync=SyncRow.OWN)] = ()
    cluster: Annotated[tuple[Cluster, ...], About("machines with a server", sync=SyncRow.OWN)] = ()
    failover_pair: Annotated[
        tuple[FailoverPair, ...], Field(max_length=1), About("the failover pair", sync=SyncRow.OWN)
    ] = ()
    option_definition: Annotated[
        tuple[OwnOption, ...], About("options of one's own", sync=SyncRow.OPTION_INFORMATION)
    ] = ()
    vendor_option_space: Annotated[
        tuple[VendorOptionSpace, ...], About("options of vendors", sync=SyncRow.OPTION_INFORMATION)
    ] = ()
    policy: Annotated[tuple[Policy, ...], About("lease times and options", sync=SyncRow.POLICY_OTHER)] = ()
    scope: Annotated[tuple[Scope, ...], About("addresses of DHCPv4", sync=SyncRow.SCOPES)] = ()
    addr_trap: Annotated[tuple[AddrTrap, ...], About("thresholds of several scopes", sync=SyncRow.TRAPS)] = ()
    trap_recipient: Annotated[tuple[TrapRecipient, ...], About("recipients of traps", sync=SyncRow.TRAPS)] = ()
    lease_events: Annotated[LeaseEvents, About("receivers of lease events", sync=SyncRow.SERVER_OTHER)] = LeaseEvents()
    leasequery_listener: Annotated[
        tuple[LeasequeryListener, ...], About("where bulk lease queries arrive", sync=SyncRow.DHCP_LISTENER)
    ] = ()
    listener6: Annotated[tuple[Listener6, ...], About("where DHCPv6 packets arrive", sync=SyncRow.OWN)] = ()
    link: Annotated[tuple[Link, ...], About("links of DHCPv6", sync=SyncRow.LINKS)] = ()
    prefix: Annotated[
        tuple[Prefix, ...], About("addresses of DHCPv6 and prefixes to delegate", sync=SyncRow.PREFIXES)
    ] = ()
    scope_template: Annotated[tuple[ScopeTemplate, ...], About("attributes of new scopes", sync=SyncRow.OWN)] = ()
    vpn: Annotated[tuple[Vpn, ...], About("VPNs with scopes and prefixes of their own", sync=SyncRow.VPN)] = ()
    key: Annotated[tuple[Key, ...], About("keys of DNS updates", sync=SyncRow.KEY)] = ()
    dns_update_config: Annotated[
        tuple[DnsUpdateConfig, ...], About("DNS servers that get records of leases", sync=SyncRow.DNS_UPDATE)
    ] = ()
    client_class: Annotated[
        tuple[ClientClass, ...], About("clients that are treated alike", sync=SyncRow.CLIENT_CLASS)
    ] = ()
    ldap: Annotated[tuple[Ldap, ...], About("LDAP servers that have clients", sync=SyncRow.LDAP)] = ()
    client: Annotated[tuple[Client, ...], About("certain clients", sync=SyncRow.CLIENT)] = ()
    extension: Annotated[
        tuple[Extension, ...], About("functions that are called for messages", sync=SyncRow.EXTENSIONS)
    ] = ()
    extension_point: Annotated[
        tuple[ExtensionPoint, ...], About("where extensions are called", sync=SyncRow.EXTENSION_POINT)
    ] = ()
