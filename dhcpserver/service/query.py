"""Input and output of a DHCPv4 decision: where a packet arrived, the client's message, and where the reply goes."""

from contextlib import suppress
from enum import Enum
from typing import NamedTuple

from dhcpserver.leases.lease import client_key
from dhcpserver.limits import DHCP_SERVER_PORT, MAXIMUM_CLIENT_ID, MAXIMUM_RELAY_INFO
from dhcpserver.service.guidance import NO_GUIDANCE, Guidance
from dhcpserver.service.plan import Network, Plan
from dhcpserver.service.profile import PLAIN
from dhcpserver.wire import options4
from dhcpserver.wire.clientnames import ClientNames, is_fqdn, read_names
from dhcpserver.wire.dhcp4 import Packet
from dhcpserver.wire.errors import WireError


class Arrival(NamedTuple):
    """Where a packet arrived: set by the shell when it opens the socket.

    Attributes:
        listener: the shell's number of the listener; replies are sent through the same one.
        address: the server's address there, as an unsigned integer: the server identifier.
        direct: whether clients are on the same link, so that replies can be sent to a hardware address.
        mtu: octets of the largest packet there, with IP and UDP headers.
        trusted: whether option 82 counts without a relay's address.
        source_port: the port that the packet was sent from.
        source: the address that the packet was sent from, 0 if the client has none.
        broadcast: whether the packet was sent to all hosts on the link, and not to this server.
    """

    listener: int
    address: int
    direct: bool
    mtu: int = 1500
    source_port: int = DHCP_SERVER_PORT
    trusted: bool = False
    source: int = 0
    broadcast: bool = False


class Destination(Enum):
    """How a reply is addressed (RFC 2131 section 4.1)."""

    ADDRESS = "unicast to an IP address"
    BROADCAST = "broadcast on the link"
    LINK = "unicast to a hardware address on the link, without ARP"


class Reply(NamedTuple):
    """Octets to send, the listener to send them through, and the destination.

    `missing` are the numbers of the options that did not fit.
    """

    listener: int
    how: Destination
    address: int
    port: int
    octets: bytes
    chaddr: bytes
    missing: tuple[int, ...] = ()


class Query:
    """One client message and the values that every decision about it needs.

    Attributes:
        packet: as parsed.
        profile: how the client is treated.
        arrival: where it arrived.
        listener: index of the Arrival.
        server_id: the server identifier in replies: the address of the listener, the one that the relay demands, or the
            own address that the client named (`identifiers`).
        overridden: the relay demands the server identifier (RFC 5107), so each partner has the same one.
        relay_port: the port of the relay that a reply goes to.
        direct: the client is on the same link, without a relay.
        guidance: what was found outside of the server.
        client_id: option 61, None when absent or empty.
        hardware: htype and chaddr.
        key: the client's key in the book.
        relay_info: option 82, None when absent, empty, or from a client itself.
        echo: packed options 118 (where it counts), 61 and 82, the last ones in every reply (RFC 3011, RFC 6842,
            RFC 3046).
    """

    __slots__ = (
        "_link",
        "arrival",
        "client_id",
        "direct",
        "echo",
        "guidance",
        "hardware",
        "key",
        "listener",
        "overridden",
        "packet",
        "profile",
        "relay_info",
        "relay_port",
        "server_id",
    )

    def __init__(self, packet: Packet, arrival: Arrival, guidance: Guidance = NO_GUIDANCE) -> None:
        options = packet.options
        self.guidance = guidance
        self.profile = PLAIN
        self.packet = packet
        self.arrival = arrival
        self.listener = arrival.listener
        self.server_id = arrival.address
        self.overridden = False
        self.relay_port = DHCP_SERVER_PORT
        self.direct = arrival.direct
        self.hardware = hardware = bytes((packet.htype,)) + packet.chaddr
        client_id = options.get(options4.CLIENT_IDENTIFIER) or None
        self.client_id = client_id
        self.key = client_key(client_id, hardware)
        relay_info = options.get(options4.RELAY_AGENT_INFORMATION) or None
        if not (packet.giaddr or arrival.trusted):
            relay_info = None
        self.relay_info = relay_info
        self._link = 0
        echo = b""
        if client_id is not None:
            echo = bytes((61, len(client_id))) + client_id if len(client_id) < 256 else options4.pack([(61, client_id)])
        if relay_info is not None:
            echo += options4.pack([(82, relay_info)])
            self._read_relay_info(relay_info)
        self.echo = echo

    def _read_relay_info(self, relay_info: bytes) -> None:
        """Read what option 82 asks of the server. Sub-options that end too early ask for nothing."""
        try:
            found = options4.sub_options(relay_info)
        except WireError:
            return
        self._link = _address(found, options4.LINK_SELECTION, options4.CISCO_LINK_SELECTION)
        if self.packet.giaddr:
            override = _address(found, options4.SERVER_OVERRIDE, options4.CISCO_SERVER_OVERRIDE)
            if override:
                self.server_id, self.overridden = override, True
            if options4.RELAY_PORT in found:
                self.relay_port = self.arrival.source_port

    @property
    def oversized(self) -> bool:
        """Whether the client identifier or option 82 is too long to be stored and sent to the partner."""
        return len(self.client_id or b"") > MAXIMUM_CLIENT_ID or len(self.relay_info or b"") > MAXIMUM_RELAY_INFO

    @property
    def own_address(self) -> int:
        """The address that the client uses: ciaddr, or for an INFORM without it the source of the packet; 0 if none."""
        packet = self.packet
        if packet.ciaddr or packet.giaddr or packet.message_type != options4.MessageType.INFORM:
            return packet.ciaddr
        return self.arrival.source

    def consistent(self, plan: Plan) -> bool:
        """Whether the address that the client uses is one of its link (RFC 2131 section 3.4).

        The relay names the link, else the listener of a broadcast. A packet by unicast comes from anywhere.
        """
        own, relay = self.own_address, self._link or self.packet.giaddr
        if not own or not (relay or self.arrival.broadcast):
            return True
        return plan.network_of(own) is plan.network_of(relay or self.arrival.address)

    def names(self) -> ClientNames:
        """Return the names that the client sent in options 12 and 81.

        Option 12 is ignored beside option 81 (RFC 4702 section 4).
        """
        fqdn = self.packet.options.get(options4.CLIENT_FQDN)
        host_name = None if fqdn is not None and is_fqdn(fqdn) else self.packet.options.get(options4.HOST_NAME)
        if self.profile.host_name:
            return ClientNames(host_name=self.profile.host_name)
        return read_names(host_name, fqdn)

    def _vpn(self, plan: Plan) -> str | None:
        """Return the VPN of the client; "" for none, None for an unknown one. One that is used is confirmed in replies.

        A relay names it in option 82, a client in option 221. For the relay, the sub-option VSS-Control is removed.
        """
        found: dict[int, bytes] = {}
        with suppress(WireError):
            found = options4.sub_options(self.relay_info or b"")
        by_relay = found.get(options4.VSS_INFORMATION)
        by_client = None if self.packet.giaddr else self.packet.options.get(options4.VSS)
        vpn = plan.vpn_of(by_relay or by_client)
        if by_relay and vpn and options4.VSS_CONTROL in found and not found[options4.VSS_CONTROL]:
            kept = options4.pack((code, data) for code, data in found.items() if code != options4.VSS_CONTROL)
            was = options4.pack([(82, self.relay_info or b"")])
            self.echo = self.echo.removesuffix(was) + options4.pack([(82, kept)])
        elif by_client and vpn:
            self.echo = options4.pack([(options4.VSS, by_client)]) + self.echo
        return vpn

    def network(self, plan: Plan) -> Network | None:
        """Return the client's network, by link selection (option 82), giaddr, ciaddr or local link.

        A broadcast without a relay comes from the local link, whatever address the client has (REBINDING). Option 118
        counts for a client without a relay, where a scope of its own network allows that.
        """
        packet, arrival = self.packet, self.arrival
        vpn = self._vpn(plan) if plan.has_vpns else ""
        if vpn is None:
            return None
        relay = self._link or packet.giaddr
        if relay:
            found = plan.network_of(relay, vpn)
        else:
            own = 0 if arrival.broadcast else self.own_address
            # A renewal by unicast names no VPN; addresses are never in two of them.
            found = plan.network_of(own) if own and not vpn else plan.network_of(own or arrival.address, vpn)
        if options4.SUBNET_SELECTION not in packet.options or relay:
            return found
        wanted = packet.address(options4.SUBNET_SELECTION)
        local = plan.network_of(arrival.address)
        if not wanted or local is None or not any(each.scope.subnet_selection for each in local.pools):
            return found
        self.echo = options4.pack([(options4.SUBNET_SELECTION, wanted.to_bytes(4, "big"))]) + self.echo
        return plan.network_of(wanted)


def _address(found: dict[int, bytes], *codes: int) -> int:
    """Return the address in the first of some sub-options that has one, else 0."""
    for code in codes:
        value = found.get(code, b"")
        if len(value) == 4 and any(value):
            return int.from_bytes(value, "big")
    return 0
