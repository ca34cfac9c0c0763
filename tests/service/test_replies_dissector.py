"""Wireshark's dissector reads every kind of reply that this server sends, and marks none as malformed."""

import struct
import subprocess
from pathlib import Path

import pytest

from dhcpserver.wire.dhcp4 import parse
from dhcpserver.wire.options4 import MessageType
from dhcpserver.wire.optiontypes.standard4 import STANDARD4
from tests.peers.programs import program
from tests.service.standalone import CONFIGURATION, POOL, RELAY, Client, Site, asked, server_id

_SET = [row for row in STANDARD4 if not row.set_by_protocol and row.type.name != "hex" and row.code not in (3, 6, 15)]


def every_option() -> str:
    return ", ".join(f"{row.code} = {row.example}" for row in _SET)


def replies() -> list[bytes]:
    """One of every kind of reply, with every option that has a form of its own."""
    text = CONFIGURATION.replace('name = "a"\n', 'name = "a"\nleasequery = true\n', 1)
    text = text.replace("allocate-first-available = true", "allocate-first-available = true\nbootp = true")
    text = text.replace('domain-name = "example.org"', f"v4-rapid-commit = true\noptions = {{ {every_option()} }}")
    site = Site(text)
    client = Client(site, 1, client_id=b"\1\2\0\0\0\0\1")
    found: list[bytes] = []

    def send(octets: bytes) -> None:
        (reply,) = site.turn(octets)
        found.append(reply.octets)

    extra = [(82, b"\1\4port\2\2id"), (81, b"\1\0\0foo"), (12, b"foo")]
    codes = [row.code for row in _SET]
    for start in range(0, len(codes), 12):
        send(client.octets(MessageType.DISCOVER, (55, bytes(codes[start : start + 12])), *extra))
    send(client.octets(MessageType.DISCOVER, (55, bytes(codes)), (57, b"\x05\xdc"), *extra))
    send(
        client.octets(MessageType.REQUEST, asked(POOL[0]), server_id(int.from_bytes(site_id(found[0]), "big")), *extra)
    )
    send(client.octets(MessageType.REQUEST, asked("198.51.100.9"), *extra))
    send(client.octets(MessageType.INFORM, ciaddr=POOL[0]))
    send(Client(site, 2).octets(MessageType.DISCOVER, (80, b"")))
    send((Client(site, 0x99).octets(MessageType.DISCOVER)[:240] + b"\xff").ljust(300, b"\0"))
    for ciaddr in (POOL[0], POOL[2], "203.0.113.1"):
        query = Client(site, 0, relay=RELAY)
        query.hardware = bytes(6)
        send(query.octets(MessageType.LEASEQUERY, ciaddr=ciaddr))
    return found


def site_id(octets: bytes) -> bytes:
    return parse(octets).options[54]


def capture(path: Path, payloads: list[bytes]) -> None:
    """A capture file with one UDP datagram from port 67 to port 68 for each payload."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    for number, payload in enumerate(payloads):
        udp = struct.pack("!HHHH", 67, 68, 8 + len(payload), 0) + payload
        ip = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, 0xC0000202, 0xC000020A)
        out += struct.pack("<IIII", 1_700_000_000, number, len(ip + udp), len(ip + udp)) + ip + udp
    path.write_bytes(out)


@pytest.mark.peer
def test_no_reply_is_malformed(tmp_path: Path) -> None:
    path = tmp_path / "replies.pcap"
    payloads = replies()
    assert {parse(octets).message_type for octets in payloads} == {0, 2, 5, 6, 11, 12, 13}
    capture(path, payloads)
    command = [program("tshark"), "-r", str(path), "-V"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert text.count("Dynamic Host Configuration Protocol") >= len(payloads)
    for word in ("Malformed", "Expert Info (Warning", "Expert Info (Error", "bogus", "length isn't", "length must"):
        assert word not in text, text[text.index(word) - 800 :][:1000]
