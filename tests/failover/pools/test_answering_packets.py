"""Who answers a client: packets through the real core, for every state, role, load balancing and kind of message.

The expected cells are those of `test_answering`. A cell `kn` answers clients that have a binding here, and `H` clients
in this server's hash buckets.
"""

import pytest

from dhcpserver.contract.words import StateCause
from dhcpserver.failover.effects import LogLine
from dhcpserver.failover.pools.answering import MessageKind
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Lease, Status, client_key
from dhcpserver.service.query import Arrival
from dhcpserver.service.turn import Inputs
from dhcpserver.wire.dhcp4 import Packet, encode, parse
from dhcpserver.wire.options4 import MessageType
from tests.failover.books import DAY, NOW
from tests.failover.paired import CONFIGURATION, GIADDR, RELAY, Site
from tests.failover.pools.test_answering import CASES
from tests.failover.scripted import stored_record

MAIN_HARDWARE, BACKUP_HARDWARE = bytes.fromhex("020000000002"), bytes.fromhex("020000000001")
"""Clients of the main's buckets and of the backup's."""
BOUND, OWN, OTHER_NETWORK = 0xC000020A, 0xC0000232, 0xC6336414
"""192.0.2.10 is leased to the client, 192.0.2.50 is free in this server's share; the last is in another network."""
BOOTS = 0xCB007101
SERVER = RELAY.address


def site_in(state: State, main: bool, balancing: bool) -> Site:
    """Return a server in a state, with free addresses in its share."""
    text = CONFIGURATION.replace('name = "a"\n', f'name = "{"a" if main else "b"}"\nleasequery = true\n', 1)
    text = text.replace("backup-pct = 20\n", f"backup-pct = 20\nload-balancing = {str(balancing).lower()}\n", 1)
    failed = NOW if state is State.RECOVER_WAIT else 0
    site = Site(text, stored_record(State.COMMUNICATIONS_INTERRUPTED, main, time_of_failure=failed))
    endpoint = site.core.endpoint
    assert endpoint is not None
    if state is not State.STARTUP:
        endpoint._machine.enter(state, site.now, "for the test", StateCause.START)
    if not main:
        for pool in site.core.book.pools.values():
            for address in list(pool.free):
                lease = site.core.book.record(address)
                assert lease is not None
                site.core.book.set_status(lease, Status.BACKUP, NOW - DAY)
    site.turn()
    assert endpoint.state is state
    return site


def bind(site: Site, hardware: bytes, address: int = BOUND) -> Lease:
    lease = site.core.book.record(address)
    assert lease is not None
    site.core.book.set_client(lease, None, b"\1" + hardware)
    site.core.book.set_status(lease, Status.ACTIVE, NOW - 5000)
    lease.cltt, lease.state_exp, lease.acked_pl = NOW - 5000, NOW + 500, NOW + DAY
    return lease


def send(
    site: Site, hardware: bytes, kind: int, *options: tuple[int, bytes], ciaddr: int = 0, giaddr: int = GIADDR
) -> Packet | None:
    packet = Packet(1, 1, 6, 0, 7, 3, 0, ciaddr, 0, 0, giaddr, hardware, {})
    octets = encode(packet, [(53, bytes([kind])), *options] if kind else [])
    arrival = RELAY if giaddr else Arrival(0, SERVER, direct=True)
    replies = site.core.turn(site.moment, Inputs([(octets, arrival)])).replies
    return parse(replies[0].octets) if replies else None


def number(address: int) -> bytes:
    return address.to_bytes(4, "big")


def answered(site: Site, kind: MessageKind, hardware: bytes, known: bool) -> bool:
    """Send a message of a kind; return whether the server answered as it answers a client that it serves."""
    address = BOUND if known else OWN
    if kind is MessageKind.NEW:
        offer = send(site, hardware, MessageType.DISCOVER)
        return offer is not None and offer.message_type == MessageType.OFFER
    if kind is MessageKind.INFORM:
        ack = send(site, hardware, MessageType.INFORM, ciaddr=address)
        return ack is not None and ack.message_type == MessageType.ACK
    if kind is MessageKind.BOOTP:
        reply = send(site, hardware, 0, giaddr=BOOTS)
        return reply is not None and reply.yiaddr >> 8 == BOOTS >> 8
    if kind is MessageKind.LEASEQUERY:
        reply = send(site, bytes(6), MessageType.LEASEQUERY, ciaddr=address)
        expected = MessageType.LEASEACTIVE if known else MessageType.LEASEUNASSIGNED
        return reply is not None and reply.message_type == expected
    if kind is MessageKind.NAMED:
        reply = send(site, hardware, MessageType.REQUEST, (50, number(address)), (54, number(SERVER)))
    elif kind is MessageKind.INIT_REBOOT:
        reply = send(site, hardware, MessageType.REQUEST, (50, number(address)))
    elif kind is MessageKind.RENEWING:
        reply = send(site, hardware, MessageType.REQUEST, ciaddr=address, giaddr=0)
    else:
        reply = send(site, hardware, MessageType.REQUEST, ciaddr=address)
    assert reply is None or reply.message_type == MessageType.ACK
    return reply is not None and reply.yiaddr == address


ONLY_OWN = frozenset((MessageKind.RENEWING, MessageKind.REBINDING, MessageKind.INIT_REBOOT))
"""A client without a binding here gets no ACK in any state: the server does not know what it has (RFC 2131 4.3.2)."""


@pytest.mark.parametrize(("state", "main", "balancing", "kind", "cell"), CASES)
def test_packets_are_answered_as_the_table_has_it(
    state: State, main: bool, balancing: bool, kind: MessageKind, cell: str
) -> None:
    """R-014, R-158, R-160, R-162, R-164 to R-166, R-174, R-180; I8: each cell, for known and unknown clients."""
    for hardware, clients_main in ((MAIN_HARDWARE, True), (BACKUP_HARDWARE, False)):
        for known in (True, False):
            site = site_in(state, main, balancing)
            if known:
                bind(site, hardware)
            before = dict(site.core.counters.dropped)
            expected = cell != "N" and (cell[0] != "H" or clients_main is main)
            if not known and (cell.endswith("kn") or kind in ONLY_OWN):
                expected = False
            assert answered(site, kind, hardware, known) is expected, f"known {known}, main's client {clients_main}"
            if cell == "N":
                assert site.core.counters.dropped.get("failover", 0) == before.get("failover", 0) + 1


@pytest.mark.parametrize(
    ("state", "main", "balancing", "kind", "cell"), [c for c in CASES if c[3] is MessageKind.NAMED]
)
def test_a_release_is_accepted_as_the_table_has_it(
    state: State, main: bool, balancing: bool, kind: MessageKind, cell: str
) -> None:
    """A server that does not answer remembers nothing of the message (I8)."""
    site = site_in(state, main, balancing)
    lease = bind(site, MAIN_HARDWARE)
    send(site, MAIN_HARDWARE, MessageType.RELEASE, (54, number(SERVER)), ciaddr=BOUND, giaddr=0)
    assert (lease.status is Status.ACTIVE) is (cell == "N")


@pytest.mark.parametrize("freed", [True, False])
def test_a_backup_in_normal_does_not_acknowledge_an_offer_from_before(freed: bool) -> None:
    """It offered while contact was lost. The client had an address once, or never had one: the main serves it now."""
    site = site_in(State.NORMAL, False, False)
    book = site.core.book
    lease = book.record(OWN)
    assert lease is not None
    if freed:
        book.set_client(lease, None, b"\1" + MAIN_HARDWARE)
    book.offer(OWN, lease.pool, client_key(None, b"\1" + MAIN_HARDWARE), site.now + 60)
    reply = send(site, MAIN_HARDWARE, MessageType.REQUEST, (50, number(OWN)), (54, number(SERVER)))
    assert reply is not None
    assert reply.message_type == MessageType.NAK, "it can go to the main at once"
    assert lease.status is Status.BACKUP
    assert book.offer_of(OWN) is None
    assert send(site, MAIN_HARDWARE, MessageType.REQUEST, (50, number(OWN)), (54, number(SERVER))) is None
    assert site.core.counters.dropped["unknown-client"] == 1


@pytest.mark.parametrize("state", [State.NORMAL, State.COMMUNICATIONS_INTERRUPTED, State.RECOVER_DONE])
def test_an_unknown_client_from_another_network_gets_no_answer_where_only_known_ones_do(state: State) -> None:
    site = site_in(state, True, False)
    assert send(site, MAIN_HARDWARE, MessageType.REQUEST, (50, number(OTHER_NETWORK))) is None
    assert send(site, MAIN_HARDWARE, MessageType.REQUEST, ciaddr=OTHER_NETWORK) is None
    bind(site, MAIN_HARDWARE)
    nak = send(site, MAIN_HARDWARE, MessageType.REQUEST, ciaddr=OTHER_NETWORK)
    assert nak is not None
    assert nak.message_type == MessageType.NAK


def test_a_client_whose_address_another_client_has_is_refused_in_normal() -> None:
    """The record proves it, whether or not the client is known: it must stop to use the address."""
    site = site_in(State.NORMAL, True, False)
    bind(site, MAIN_HARDWARE)
    nak = send(site, BACKUP_HARDWARE, MessageType.REQUEST, ciaddr=BOUND)
    assert nak is not None
    assert nak.message_type == MessageType.NAK


def test_the_log_of_a_backup_in_normal_names_the_state() -> None:
    """R-174."""
    site = site_in(State.NORMAL, False, False)
    packet = Packet(1, 1, 6, 0, 7, 3, 0, 0, 0, 0, GIADDR, MAIN_HARDWARE, {})
    out = site.core.turn(site.moment, Inputs([(encode(packet, [(53, b"\1")]), RELAY)]))
    (line,) = [line for line in out.lines if isinstance(line, LogLine) and line.id == 18110]
    assert "failover is in NORMAL state and this is the backup" in line.text
