"""An access device rebuilds its tables from the backup after the main has failed."""

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from dhcpserver.client.requester import query4
from dhcpserver.wire.dhcp4 import Packet, encode, parse
from dhcpserver.wire.options4 import MessageType
from tests.live.pair import LivePair, LiveServer, RelayedClient, eventually
from tests.peers.programs import need_dhcp_ports

RELAY = "127.0.0.24"
CIRCUIT = b"\1\5eth17\2\3abc"
BULK = 6067
"""The TCP port of both servers."""
QUERIES = 'leasequery = true\nleasequery-relays = ["127.0.0.24/32"]\n'


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[LivePair]:
    need_dhcp_ports()
    pair = LivePair(tmp_path)
    for server in (pair.main, pair.backup):
        path = server.directory / "config.toml"
        text = path.read_text().replace("[server]\n", f"[server]\n{QUERIES}", 1)
        path.write_text(f'{text}\n[[leasequery-listener]]\naddress = "{server.address}"\nport = {BULK}\n')
    pair.start()
    yield pair
    pair.stop()


def query_lease(server: LiveServer, address: str) -> Packet:
    """The server's answer to a LEASEQUERY for an address."""
    relay, subject = int(IPv4Address(RELAY)), int(IPv4Address(address))
    question = encode(
        Packet(1, 0, 0, 0, 5, 0, 0, subject, 0, 0, relay, b"", {}),
        [(53, bytes([MessageType.LEASEQUERY])), (55, bytes((51, 82, 91)))],
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((RELAY, 67))
        sock.settimeout(2)
        sock.sendto(question, (server.address, server.dhcp))
        return parse(sock.recv(4096))


@pytest.mark.live
def test_the_backup_has_the_option_82_that_the_main_received(pair: LivePair) -> None:
    """R-203: failover updates carry option 82."""
    client = RelayedClient(7)
    try:
        offer = client.send(pair.main, MessageType.DISCOVER, (82, CIRCUIT))
        assert offer is not None
        wanted = ((50, offer.yiaddr.to_bytes(4, "big")), (54, offer.options[54]), (82, CIRCUIT))
        assert client.send(pair.main, MessageType.REQUEST, *wanted) is not None
    finally:
        client.close()
    address = str(IPv4Address(offer.yiaddr))
    eventually("the backup has the lease", lambda: (pair.backup.lease(address) or {}).get("state") == "leased")
    before = query_lease(pair.main, address)
    pair.main.kill()
    eventually("the backup is alone", lambda: pair.backup.state() == "COMMUNICATIONS-INTERRUPTED")
    after = query_lease(pair.backup, address)
    for answer in (before, after):
        assert answer.message_type == MessageType.LEASEACTIVE
        assert answer.options[82] == CIRCUIT
        assert answer.chaddr == client.hardware
    remote = [(82, b"\2\3abc"), (55, bytes((51, 82)))]
    bulk = query4((pair.backup.address, BULK), remote, source=RELAY)
    assert [str(IPv4Address(lease.ciaddr)) for lease in bulk.leases] == [address]
    assert bulk.leases[0].options[82] == CIRCUIT
    assert bulk.status == 0
    with pytest.raises(ConnectionError):
        query4((pair.backup.address, BULK), remote, source="127.0.0.25")
    assert "A connection of 127.0.0.25 for bulk lease queries was refused" in pair.backup.log()
