"""BOOTP clients behind a relay that sends to both partners, and what a scope has for them."""

from ipaddress import IPv4Address

from dhcpserver.failover.states import State
from dhcpserver.leases.lease import FOREVER, Status
from dhcpserver.service.query import Arrival
from dhcpserver.service.turn import Inputs
from dhcpserver.wire.dhcp4 import Packet, encode, parse
from tests.service.standalone import CONFIGURATION, Site, dotted
from tests.service.test_bootp import bootp
from tests.service.v6.pair6 import Pair6, Server6

SCOPES = """
[[scope]]
name = "static"
subnet = "192.0.2.0/24"
ranges = ["192.0.2.10-192.0.2.99"]
bootp = true
[[scope.reservations]]
ipaddr = "192.0.2.7"
mac = "02:00:00:00:00:07"

[[scope]]
name = "dynamic"
subnet = "198.51.100.0/24"
ranges = ["198.51.100.10-198.51.100.99"]
bootp = true
dynamic-bootp = true
dhcp = false
"""
STATIC, DYNAMIC = int(IPv4Address("192.0.2.1")), int(IPv4Address("198.51.100.1"))


def answer(server: Server6, client: int, relay: int) -> str | None:
    """Send a BOOTP request to one server; return the address of the reply, None without one."""
    asking = Packet(1, 1, 6, 0, 9, 0, 0, 0, 0, 0, relay, bytes((2, 0, 0, 0, 0, client)), {})
    arrival = Arrival(0, int(IPv4Address("127.0.0.11")), direct=False)
    pair = server.pair
    out = server.core.turn(pair.moment, Inputs([(encode(asking), arrival)]))
    pair.effects(server, out.link)
    pair.settle()
    assert len(out.replies) <= 1
    return dotted(parse(out.replies[0].octets).yiaddr) if out.replies else None


def test_a_relay_that_sends_to_both_gets_one_answer_and_the_other_one_after_a_failure() -> None:
    """R-245, R-250: in NORMAL the main answers; when it is dead, the backup gives the same addresses."""
    pair = Pair6(more=SCOPES)
    main, backup = pair.main, pair.backup
    assert (answer(main, 7, STATIC), answer(backup, 7, STATIC)) == ("192.0.2.7", None)
    first = answer(main, 8, DYNAMIC)
    assert first is not None
    assert answer(backup, 8, DYNAMIC) is None
    main.crash()
    pair.wait(60)
    assert backup.state is State.COMMUNICATIONS_INTERRUPTED
    assert answer(backup, 7, STATIC) == "192.0.2.7"
    assert answer(backup, 8, DYNAMIC) == first
    second = answer(backup, 9, DYNAMIC)
    assert second not in (None, first)


def test_a_permanent_lease_is_one_on_both_partners() -> None:
    """R-246: it never ends, on the partner neither."""
    pair = Pair6(more=SCOPES)
    address = answer(pair.main, 8, DYNAMIC)
    assert address is not None
    for server in pair.servers:
        lease = server.core.book.get(int(IPv4Address(address)))
        assert lease is not None
        assert (lease.status, lease.bootp) == (Status.ACTIVE, True)
        assert lease.state_exp == FOREVER or lease.recv_pl == FOREVER


def test_a_scope_decides_whether_its_bootp_clients_are_static_or_dynamic() -> None:
    """R-244: none, those with a reservation, or all."""
    texts = {
        "none": CONFIGURATION,
        "static": CONFIGURATION.replace('name = "s1"', 'name = "s1"\nbootp = true', 1),
        "dynamic": CONFIGURATION.replace('name = "s1"', 'name = "s1"\nbootp = true\ndynamic-bootp = true', 1),
    }
    answered = {
        name: (bootp(Site(text), 0x99) is not None, bootp(Site(text), 1) is not None) for name, text in texts.items()
    }
    assert answered == {"none": (False, False), "static": (True, False), "dynamic": (True, True)}
