"""Wireshark's dissectors read what this server sends beside its replies: probes and syslog messages."""

import struct
import subprocess
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from dhcpserver.config.leaseevents import SYSLOG, target
from dhcpserver.runtime.arp import probe
from dhcpserver.runtime.prober import checksum, echo_request
from dhcpserver.runtime.syslog import Syslog
from tests.peers.programs import program

OWN = b"\2\0\0\0\0\1"
SERVER, ADDRESS = int(IPv4Address("192.0.2.2")), int(IPv4Address("192.0.2.77"))
EVENT = {"at": "2026-11-24T12:00:00Z", "event": "leased", "address": "192.0.2.77", "host_name": "caf\xe9"}


def frame(kind: int, payload: bytes) -> bytes:
    return (b"\xff" * 6 + OWN + struct.pack("!H", kind) + payload).ljust(60, b"\0")


def ip(protocol: int, payload: bytes) -> bytes:
    head = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0, SERVER, ADDRESS)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def frames() -> list[bytes]:
    message = Syslog(target("udp://192.0.2.9", SYSLOG), None, "dhcp a", "local3").message(EVENT)
    datagram = struct.pack("!HHHH", 40000, 514, 8 + len(message), 0) + message
    return [
        frame(0x0806, probe(OWN, ADDRESS)),
        frame(0x0800, ip(1, echo_request(4711, 1))),
        frame(0x0800, ip(17, datagram)),
    ]


@pytest.mark.peer
def test_no_probe_and_no_message_is_malformed(tmp_path: Path) -> None:
    path = tmp_path / "sent.pcap"
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for number, octets in enumerate(frames()):
        out += struct.pack("<IIII", 1_700_000_000, number, len(octets), len(octets)) + octets
    path.write_bytes(out)
    text = subprocess.run([program("tshark"), "-r", str(path), "-V"], capture_output=True, text=True, check=True).stdout
    for words in (
        "Address Resolution Protocol (ARP Probe)",
        "Type: 8 (Echo (ping) request)",
        "Facility: LOCAL3",
        "Level: INFO",
        "Syslog process id: ",
        "Syslog message id: leased",
    ):
        assert words in text, text
    for word in ("Malformed", "Expert Info (Warning", "Expert Info (Error", "incorrect"):
        assert word not in text, text[text.index(word) - 800 :][:1000]
