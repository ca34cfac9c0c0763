"""DHCPv6 messages of every type, as octets: for the dissector and for the fuzzer."""

from dhcpserver.wire import dhcp6, dhcp6duid, dhcp6values
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.clientnames import ClientNames
from dhcpserver.wire.dhcp6 import Hop
from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease, pack_ia, pack_refused_ia, with_status
from dhcpserver.wire.dhcp6options import MessageType6, StatusCode, pack_option, pack_options
from dhcpserver.wire.failover4 import (
    Control,
    PoolRequest,
    PoolResponse,
    UpdateDone,
    UpdateRequest,
    UpdateRequestAll,
)
from dhcpserver.wire.failover4_bindings import BindingUpdate
from dhcpserver.wire.failover6 import decode6, encode6
from dhcpserver.wire.failover6_bindings import (
    ADDRESS_KEY,
    PREFIX_KEY,
    acknowledge6,
    encode_update6,
)

HARDWARE = bytes.fromhex("020000000001")
CLIENT = dhcp6duid.link_layer(1, HARDWARE)
SERVER = dhcp6duid.from_uuid(bytes(range(16)))
ADDRESS = 0x20010DB8 << 96 | 0x1001
PREFIX = 0x20010DB8_0001 << 80
LINK = 0x20010DB8 << 96 | 1
PEER = 0xFE80 << 112 | 0x0000_00FF_FE00_0001
XID = 0x123456

CLIENT_IDS = pack_option(o6.CLIENT_ID, CLIENT)
SERVER_IDS = pack_option(o6.SERVER_ID, SERVER)
REQUESTED = pack_options(
    [
        (o6.OPTION_REQUEST, dhcp6values.pack_codes((o6.DNS_SERVERS, o6.DOMAIN_SEARCH, o6.SOL_MAX_RT))),
        (o6.ELAPSED_TIME, b"\0\5"),
    ]
)
CLASSES = pack_options(
    [
        (o6.RAPID_COMMIT, b""),
        (o6.USER_CLASS, dhcp6values.pack_counted([b"staff", b"lab"])),
        (o6.VENDOR_CLASS, b"\0\0\x11\x8b" + dhcp6values.pack_counted([b"docsis3.0"])),
        (o6.VENDOR_OPTIONS, b"\0\0\x7e\xd9" + pack_option(1, b"value")),
        (o6.RECONFIGURE_ACCEPT, b""),
        (o6.CLIENT_FQDN, dhcp6values.pack_fqdn(dhcp6values.Fqdn(1, (b"laptop",), complete=False))),
    ]
)
CONFIGURATION = pack_options(
    [
        (o6.DNS_SERVERS, dhcp6values.pack_addresses([LINK])),
        (o6.DOMAIN_SEARCH, b"\7example\3org\0"),
        (o6.SOL_MAX_RT, (3600).to_bytes(4, "big")),
    ]
)
LEASES = (
    IA(IAKind.NA, 1, 1800, 2880, [IALease(ADDRESS, 3600, 7200)]),
    IA(IAKind.TA, 2, leases=[IALease(ADDRESS + 2, 3600, 3600)]),
    IA(IAKind.PD, 3, 1800, 2880, [IALease(PREFIX, 3600, 7200, 56)]),
)
HINTS = (IA(IAKind.NA, 1), IA(IAKind.TA, 2), IA(IAKind.PD, 3, leases=[IALease(0, 0, 0, 60)]))
HOP = Hop(
    MessageType6.RELAY_FORW,
    0,
    LINK,
    PEER,
    [
        (o6.INTERFACE_ID, b"eth0"),
        (o6.REMOTE_ID, b"\0\0\0\x09line-7"),
        (o6.SUBSCRIBER_ID, b"subscriber"),
        (o6.CLIENT_LINK_LAYER_ADDRESS, dhcp6values.pack_hardware_address(dhcp6values.HardwareAddress(1, HARDWARE))),
        (o6.RELAY_ID, dhcp6duid.link_layer(1, bytes.fromhex("020000000099"))),
    ],
)
OUTER = Hop(MessageType6.RELAY_FORW, 1, 0, LINK, [(o6.INTERFACE_ID, b"trunk"), (o6.RELAY_PORT, b"\0\0")])


def _ias(ias: tuple[IA, ...]) -> bytes:
    return b"".join(pack_ia(ia) for ia in ias)


def client_messages() -> list[bytes]:
    """One message or more of each type that clients and requesters send."""
    ids = CLIENT_IDS + SERVER_IDS
    leases = _ias(LEASES)
    bodies = {
        MessageType6.SOLICIT: CLIENT_IDS + REQUESTED + CLASSES + _ias(HINTS),
        MessageType6.REQUEST: ids + REQUESTED + leases,
        MessageType6.CONFIRM: CLIENT_IDS + REQUESTED + _ias(LEASES[:2]),
        MessageType6.RENEW: ids + REQUESTED + leases,
        MessageType6.REBIND: CLIENT_IDS + REQUESTED + leases,
        MessageType6.RELEASE: ids + leases,
        MessageType6.DECLINE: ids + _ias(LEASES[:1]),
        MessageType6.INFORMATION_REQUEST: REQUESTED,
    }
    queries = [
        dhcp6values.LeaseQuery(dhcp6values.QUERY_BY_CLIENT_ID, 0, ((o6.CLIENT_ID, CLIENT),)),
        dhcp6values.LeaseQuery(
            dhcp6values.QUERY_BY_ADDRESS,
            LINK,
            ((o6.IA_ADDRESS, ADDRESS.to_bytes(16, "big") + bytes(8)), (o6.OPTION_REQUEST, b"\0\x2f")),
        ),
    ]
    found = [dhcp6.encode(kind, XID, body) for kind, body in bodies.items()]
    return found + [
        dhcp6.encode(MessageType6.LEASEQUERY, XID, CLIENT_IDS + dhcp6values.pack_lease_query(query))
        for query in queries
    ]


def relayed(message: bytes) -> bytes:
    """The message behind two relays."""
    return dhcp6.encode_relay(OUTER, dhcp6.encode_relay(HOP, message))


def server_messages() -> list[bytes]:
    """One message or more of each type that servers send, direct and through two relays."""
    ids = CLIENT_IDS + SERVER_IDS
    data = dhcp6values.pack_client_data(
        [
            (o6.CLIENT_ID, CLIENT),
            (o6.IA_ADDRESS, ADDRESS.to_bytes(16, "big") + bytes(8)),
            (o6.CLT_TIME, b"\0\0\0\x2a"),
        ]
    )
    relays = dhcp6.parse(relayed(client_messages()[0]))
    stored = dhcp6.relay_data(relays, LINK)
    assert stored is not None
    declined = with_status(LEASES[0].leases[0], StatusCode.NO_BINDING, "no binding")
    refused = pack_refused_ia(IAKind.NA, 1, StatusCode.NO_ADDRS_AVAIL, "no address") + pack_refused_ia(
        IAKind.PD, 3, StatusCode.NO_PREFIX_AVAIL
    )
    bodies = [
        (MessageType6.ADVERTISE, ids + pack_option(o6.PREFERENCE, b"\xff") + _ias(LEASES) + CONFIGURATION),
        (MessageType6.ADVERTISE, ids + refused + pack_refused_ia(IAKind.TA, 2, StatusCode.NOT_ON_LINK)),
        (MessageType6.REPLY, ids + pack_option(o6.RAPID_COMMIT, b"") + _ias(LEASES) + CONFIGURATION),
        (
            MessageType6.REPLY,
            ids + o6.pack_status(StatusCode.SUCCESS, "released") + pack_ia(IA(IAKind.NA, 1, 0, 0, [declined])),
        ),
        (MessageType6.RECONFIGURE, ids + pack_option(o6.RECONFIGURE_MESSAGE, b"\5") + RECONFIGURE_KEY),
        (MessageType6.LEASEQUERY_REPLY, ids + data + dhcp6values.pack_relay_data(stored)),
        (
            MessageType6.LEASEQUERY_REPLY,
            ids + pack_option(o6.LQ_CLIENT_LINK, dhcp6values.pack_addresses([LINK, PREFIX])),
        ),
        (MessageType6.LEASEQUERY_DATA, data),
        (MessageType6.LEASEQUERY_DONE, o6.pack_status(StatusCode.QUERY_TERMINATED, "stopped")),
    ]
    direct = [dhcp6.encode(kind, XID, body) for kind, body in bodies]
    return direct + [dhcp6.encode_reply(relays, kind, body) for kind, body in bodies[:4]]


RECONFIGURE_KEY = pack_option(o6.AUTHENTICATION, b"\3\1\0" + bytes(8) + b"\2" + bytes(range(16)))
"""A RECONFIGURE with a digest (RFC 8415 section 20.4)."""


ADDRESS_OF_BOOK = ADDRESS_KEY << 128 | ADDRESS
PREFIX_OF_BOOK = PREFIX_KEY + 56 << 128 | PREFIX


def binding(kind: IAKind = IAKind.NA) -> BindingUpdate:
    """A binding with all its fields."""
    update = BindingUpdate(0x010203)
    update.address = PREFIX_OF_BOOK if kind is IAKind.PD else ADDRESS_OF_BOOK
    update.status, update.client_id, update.ia = 2, CLIENT, bytes((kind,)) + b"\0\0\0\7"
    update.hardware = b"\1" + HARDWARE
    update.preferred, update.state_exp = 1_700_003_600, 1_700_007_200
    update.potential, update.sos, update.cltt = 1_700_010_800, 1_700_000_000, 1_699_999_990
    update.flags = 1
    stored = dhcp6.relay_data(dhcp6.parse(relayed(client_messages()[0])), LINK)
    assert stored is not None
    update.relay_info = LINK.to_bytes(16, "big") + stored.message
    update.names = ClientNames("", "laptop.example.org")
    return update


def encoded(update: BindingUpdate, time: int) -> bytes:
    """The frame of an update."""
    return encode_update6(
        update.xid,
        time,
        update.address,
        update.status,
        update.client_id,
        update.hardware,
        update.state_exp,
        update.potential,
        update.sos,
        update.cltt,
        update.flags,
        update.relay_info,
        update.names,
        update.ia,
        update.preferred,
    )


def failover_frames() -> list[bytes]:
    """One frame or more of each RFC 8156 type that is sent."""
    free = BindingUpdate(9)
    free.address, free.status = PREFIX_OF_BOOK, 7
    controls: list[Control] = [
        PoolRequest(3),
        PoolResponse(3, 0, 17),
        PoolResponse(4),
        UpdateRequest(5),
        UpdateRequestAll(6),
        UpdateDone(6),
    ]
    frames = [encoded(update, 1_700_000_000) for update in (*map(binding, IAKind), free)]
    frames += [encode6(message, 1_700_000_000) for message in controls]
    received = decode6(frames[0])
    assert isinstance(received, BindingUpdate)
    return [*frames, acknowledge6(received, 1_700_000_000), acknowledge6(received, 1_700_000_000, 15, "outdated")]
