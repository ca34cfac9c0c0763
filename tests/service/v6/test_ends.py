"""The end of a lease whose acknowledgement is lost: the address is free for its owner by parity alone."""

from dhcpserver.leases.keys import address6
from dhcpserver.leases.lease import PENDING, Status
from dhcpserver.service.turn import LinkData
from dhcpserver.wire.dhcp6options import MessageType6
from tests.service.v6.pair6 import DUIDS, OFFICE, Pair6, Server6, na

EVEN, ODD = OFFICE + 8, OFFICE + 9
TWO = 'range = "2001:db8:1::8/127"\n'
FIRST, SECOND = DUIDS[:2]


def ended_without_acknowledgement(granting: str) -> tuple[Pair6, Server6, Server6]:
    """Return a pair in which the main has sent the end of a lease, and the backup's acknowledgement is lost.

    `granting`: the server from which the client has the lease.
    """
    pair = Pair6(prefix=TWO)
    main, backup = pair.main, pair.backup
    if granting == "backup":
        pair.cut()
        pair.wait(100)
    (backup if granting == "backup" else main).leased(na(), duid=FIRST)
    pair.connected = True
    pair.wait(60)
    key = address6(EVEN if granting == "backup" else ODD)
    assert main.lease(key).status is Status.ACTIVE
    pair.wait(main.lease(key).state_exp + 4 - pair.now)
    while main.lease(key).status is Status.ACTIVE:
        pair.now += 1
        for server in pair.servers:
            server.turn()
    while backup.lease(key).status is Status.ACTIVE:
        server, connection, data = pair.wires.pop(0)
        server.turn(link=[LinkData(connection, data)])
    pair.cut()
    pair.wait(60)
    assert main.lease(key).status in PENDING
    return pair, main, backup


def addresses(server: Server6, duid: bytes, *wanted: int) -> list[int]:
    answer = server.ask(MessageType6.SOLICIT, na(1, *wanted), duid=duid)
    return [lease.address for ia in (answer.ias if answer is not None else []) for lease in ia.leases]


def test_the_main_does_not_lease_an_even_address_again_whose_end_it_sent() -> None:
    """I1, R-022: the backup has freed it, as its own, and may have given it to another client."""
    pair, main, backup = ended_without_acknowledgement("backup")
    assert [lease.address for ia in backup.leased(na(), duid=SECOND) for lease in ia.leases] == [EVEN]
    assert addresses(main, FIRST, EVEN) in ([], [ODD])
    pair.wait(60)


def test_the_main_leases_an_odd_address_again_whose_end_it_sent() -> None:
    """R-024: the backup has freed it, and it is the main's."""
    _, main, backup = ended_without_acknowledgement("main")
    assert addresses(backup, SECOND) == [EVEN]
    assert addresses(main, FIRST, ODD) == [ODD]
