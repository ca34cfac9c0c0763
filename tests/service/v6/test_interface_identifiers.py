"""Addresses of interface identifiers belong to one client each: both servers give them, without asking each other."""

from ipaddress import IPv6Address

import pytest

from dhcpserver.leases.keys import address6
from dhcpserver.service.v6.choice import modified_eui64
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6ia import IALease
from dhcpserver.wire.dhcp6options import MessageType6
from tests.service.v6.pair6 import OFFICE, Pair6, Server6, na

IDENTIFIED = [bytes((0, 0x11, 0x22, 0x33, 0x44, last)) for last in range(4)]
"""Hardware addresses whose interface identifiers are unique."""
OTHERS = [bytes((2, 0x11, 0x22, 0x33, 0x44, last)) for last in range(8)]
ALGORITHMS = 'allocation-algorithms = ["client-request", "interface-identifier", "random"]\nmax-leases = 4\n'


def duid(hardware: bytes) -> bytes:
    return bytes.fromhex("00030001") + hardware


def leased(server: Server6, hardware: bytes, *wanted: int) -> list[IALease]:
    return [lease for ia in server.leased(na(1, *wanted), duid=duid(hardware)) for lease in ia.leases]


def release(pair: Pair6, server: Server6, hardware: bytes) -> None:
    held = leased(server, hardware)
    server.ask(MessageType6.RELEASE, na(1, held[0].address), duid=duid(hardware), server=server.duid)
    pair.wait(30)


@pytest.mark.parametrize("asked", [False, True], ids=["at random", "by request"])
def test_nobody_else_gets_the_address_of_an_interface_identifier(asked: bool) -> None:
    """R-026, I1: it would be given twice, because the other server gives it to its client at any time.

    At random: when all records of the prefix are used, one that rests is used again.
    """
    pair = Pair6(prefix=ALGORITHMS)
    made = {OFFICE | modified_eui64(hardware) for hardware in IDENTIFIED}
    for hardware in IDENTIFIED:
        release(pair, pair.main, hardware)
    pair.cut()
    pair.wait(100)
    for server in pair.servers:
        for number, hardware in enumerate(OTHERS[:2]):
            wanted = sorted(made)[number : number + 1] if asked else []
            own = hardware[:5] + bytes((hardware[5] + 4 * (server is pair.backup),))
            assert not made & {lease.address for lease in leased(server, own, *wanted)}


def test_records_of_interface_identifiers_leave_room_for_other_clients() -> None:
    """They are not used again, so they do not count among the records that could be."""
    pair = Pair6(prefix=ALGORITHMS)
    for hardware in IDENTIFIED:
        release(pair, pair.main, hardware)
    assert leased(pair.main, OTHERS[0])


def test_a_solicit_with_an_interface_identifier_costs_no_memory() -> None:
    pair = Pair6(prefix=ALGORITHMS)
    before = len(pair.main.core.book.leases)
    answers = [pair.main.ask(MessageType6.SOLICIT, na(), duid=duid(hardware)) for hardware in IDENTIFIED]
    assert [_address(answer) for answer in answers] == [OFFICE | modified_eui64(each) for each in IDENTIFIED]
    assert len(pair.main.core.book.leases) == before
    assert address6(int(IPv6Address("2001:db8:1:0:211:22ff:fe33:4400"))) not in pair.main.core.book.leases


def _address(answer: Message | None) -> int:
    assert answer is not None
    return answer.ias[0].leases[0].address
