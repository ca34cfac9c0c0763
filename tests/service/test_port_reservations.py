"""Reservations by option 82: the address is for whichever client is at a port of a switch (RFC 3046)."""

import pytest

from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, LINK, POOL, SERVER, Client, Site, number
from tests.service.test_reservations import reconfigured

PORTS = """
[[scope.reservations]]
ipaddr = "192.0.2.100"
circuit-id = "Gi1/0/5"
remote-id = "hex:00:06:02:00:00:00:00:aa"
options = {{ host-name = "both" }}

[[scope.reservations]]
ipaddr = "192.0.2.101"
circuit-id = "hex:00:04:00:0a:01:07"

[[scope.reservations]]
ipaddr = "192.0.2.102"
remote-id = "switch-7"
""".format()
REMOTE = b"\2\x08\0\6\2\0\0\0\0\xaa"
GI5, SLOT = b"\1\7Gi1/0/5", b"\1\6\0\4\0\x0a\1\7"
SWITCH = b"\2\x08switch-7"


def at_port(site: Site, last: int, relay_info: bytes) -> Client:
    client = Client(site, last)
    client.extra = [(82, relay_info)]
    return client


@pytest.mark.parametrize(
    ("relay_info", "address"),
    [
        (GI5 + REMOTE, "192.0.2.100"),
        (REMOTE + GI5, "192.0.2.100"),
        (GI5, POOL[0]),
        (GI5 + SWITCH, "192.0.2.102"),
        (SLOT, "192.0.2.101"),
        (SLOT + SWITCH, "192.0.2.101"),
        (SLOT + REMOTE, "192.0.2.101"),
        (b"\1\7Gi1/0/", POOL[0]),
        (b"\1\0\2\0", POOL[0]),
        (b"\1\x08Gi1/0/5\0", POOL[0]),
    ],
)
def test_the_client_at_a_port_gets_its_address(relay_info: bytes, address: str) -> None:
    """Both identifiers come before one, and the circuit ID before the remote ID; each must be equal, octet by octet."""
    assert at_port(Site(CONFIGURATION + PORTS), 1, relay_info).get() == address


def test_a_reservation_of_the_client_comes_before_that_of_its_port() -> None:
    """The machine 99 has an address of its own, wherever it is connected."""
    assert at_port(Site(CONFIGURATION + PORTS), 0x99, SLOT).get() == "192.0.2.12"


def test_the_options_of_a_port_are_for_each_client_there() -> None:
    """They come with the address, not with a hardware address."""
    client = at_port(Site(CONFIGURATION + PORTS), 1, GI5 + REMOTE)
    client.extra.append((55, b"\x0c"))
    offered = client.discover()
    assert offered is not None
    assert offered.options[12] == b"both"


def test_a_client_cannot_name_its_own_port() -> None:
    """Option 82 without a relay counts only from a listener that is trusted."""
    site = Site(CONFIGURATION + PORTS)
    client = at_port(site, 1, SLOT)
    client.relay = 0
    offered = client.discover()
    assert offered is not None
    assert offered.yiaddr == number(POOL[0])
    (reply,) = site.turn(client.octets(MessageType.DISCOVER), arrival=LINK._replace(trusted=True))
    assert number("192.0.2.101").to_bytes(4, "big") == reply.octets[16:20]


def test_a_renewal_without_a_relay_is_extended() -> None:
    """RENEWING goes to the server itself and has no option 82: the port is that of the lease."""
    site = Site(CONFIGURATION + PORTS)
    client = at_port(site, 1, SLOT)
    assert client.get() == "192.0.2.101"
    client.relay, client.extra = 0, []
    site.wait(500)
    renewed = client.renew("192.0.2.101")
    assert renewed is not None
    assert renewed.message_type == MessageType.ACK


def test_a_renewal_of_a_lease_whose_port_is_not_known_waits_for_the_relay() -> None:
    """A foreign partner may not have sent option 82. REBINDING goes through the relay, which adds it."""
    site = Site(CONFIGURATION + PORTS)
    client = at_port(site, 1, SLOT)
    client.get()
    lease = site.core.book.get(number("192.0.2.101"))
    assert lease is not None
    lease.relay_info = None
    client.relay, client.extra = 0, []
    assert client.renew("192.0.2.101") is None
    assert site.core.counters.dropped["port-unknown"] == 1
    rebound = at_port(site, 1, SLOT).renew("192.0.2.101")
    assert rebound is not None
    assert rebound.message_type == MessageType.ACK


@pytest.mark.parametrize("restarts", [False, True])
def test_a_client_at_another_port_must_leave_the_address(restarts: bool) -> None:
    """The address belongs to the port, so the machine does not take it along."""
    site = Site(CONFIGURATION + PORTS)
    assert at_port(site, 1, SLOT).get() == "192.0.2.101"
    moved = at_port(site, 1, b"\1\4else")
    answer = moved.reboot("192.0.2.101") if restarts else moved.renew("192.0.2.101")
    assert answer is not None
    assert answer.message_type == MessageType.NAK
    assert moved.get() == POOL[0]
    assert at_port(site, 2, SLOT).get() == "192.0.2.101", "it left the address, so the next client at the port has it"


def test_a_second_client_at_a_port_does_not_get_the_same_address() -> None:
    """Two machines behind one port: the address is leased to the first one."""
    site = Site(CONFIGURATION + PORTS)
    first = at_port(site, 1, SLOT)
    assert first.get() == "192.0.2.101"
    second = at_port(site, 2, SLOT)
    assert second.get() == POOL[0]
    assert second.select("192.0.2.101", SERVER) is not None
    assert site.last.replies[0].octets[240:243] == b"\x35\1\6"
    first.release("192.0.2.101")
    moved = second.renew(POOL[0])
    assert moved is not None
    assert moved.message_type == MessageType.NAK
    assert second.get() == "192.0.2.101", "at its next renewal, when the address is free"


def test_a_port_that_is_reserved_later_moves_its_client() -> None:
    """The stored option 82 shows the port of a client that renews without its relay."""
    site = Site()
    client = at_port(site, 1, SLOT)
    assert client.get() == POOL[0]
    site = reconfigured(site, CONFIGURATION + PORTS)
    renewing = Client(site, 1, relay=0)
    moved = renewing.renew(POOL[0])
    assert moved is not None
    assert moved.message_type == MessageType.NAK
    client.site = site
    assert client.get() == "192.0.2.101"


@pytest.mark.parametrize(
    ("reservation", "fault"),
    [
        ('circuit-id = "a"\nmac = "02:00:00:00:00:01"', "needs one of: mac, client-id, or circuit-id and remote-id"),
        ("", "needs one of: mac, client-id, or circuit-id and remote-id"),
        ('circuit-id = ""', "has 1 to 255 octets; these are 0"),
        ('remote-id = "hex:0"', "after hex: are octets"),
        ("remote-id = 7", "is a string"),
        ('circuit-id = "hex:00:04:00:0a:01:07"', "has two reservations here"),
    ],
)
def test_a_wrong_reservation_of_a_port_is_refused(reservation: str, fault: str) -> None:
    """With the line, and with what is wrong."""
    text = CONFIGURATION + PORTS + f'\n[[scope.reservations]]\nipaddr = "192.0.2.103"\n{reservation}\n'
    with pytest.raises(ConfigurationError, match=fault):
        read(text)
