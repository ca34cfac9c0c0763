"""Wireshark's dissector reads every DHCPv6 message and every RFC 8156 binding that we send, none of them malformed."""

import re
import struct
import subprocess
from pathlib import Path

import pytest

from tests.peers.programs import program
from tests.wire.samples6 import LINK, PEER, client_messages, failover_frames, relayed, server_messages

FAULTS = ("Malformed", "Unknown", "Expert Info (Warning", "Expert Info (Error", "incorrect", "bogus")
GAPS = (
    re.compile(r"Message type: Unknown \((?:2[4-9]|30)\)"),  # It has no names for the messages of RFC 8156,
    re.compile(r"Status Code: Unknown \((?:1[6-9]|2[0-2])\)"),  # and none for their status codes.
    # It shows the relay message of a binding as text, up to the first zero.
    re.compile(r"DHCPv6 relay message: .*\n *\[Expert Info \(Warning/Undecoded\): Trailing stray characters\]"),
    # RFC 8156 has CLIENT_FQDN in BNDUPD.
    re.compile(r"\[Expert Info \(Error/Protocol\): This message type is not permitted to use OPTION_CLIENT_FQDN\]"),
)
"""What this dissector does not have."""
LINK_TYPE_RAW = 101


def capture(path: Path, payloads: list[tuple[int, bytes]]) -> None:
    """A capture file of UDP datagrams over IPv6, each with its destination port."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, LINK_TYPE_RAW)
    for number, (port, payload) in enumerate(payloads):
        source = 547 if port == 546 else 546
        udp = struct.pack("!HHHH", source, port, 8 + len(payload), 0) + payload
        checksum = _checksum(
            PEER.to_bytes(16, "big") + LINK.to_bytes(16, "big") + struct.pack("!II", len(udp), 17) + udp
        )
        udp = udp[:6] + checksum.to_bytes(2, "big") + udp[8:]
        packet = (
            struct.pack("!IHBB", 6 << 28, len(udp), 17, 64) + PEER.to_bytes(16, "big") + LINK.to_bytes(16, "big") + udp
        )
        out += struct.pack("<IIII", 1_700_000_000, number, len(packet), len(packet)) + packet
    path.write_bytes(out)


def _checksum(octets: bytes) -> int:
    octets += b"\0" * (len(octets) & 1)
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF or 0xFFFF


def dissected(path: Path) -> str:
    run = subprocess.run([program("tshark"), "-r", str(path), "-V"], capture_output=True, text=True, check=True)
    return run.stdout


def reads(path: Path, payloads: list[tuple[int, bytes]]) -> str:
    """The text of the dissector, which must not have one of the faults."""
    capture(path, payloads)
    text = dissected(path)
    assert text.count("DHCPv6\n") >= len(payloads), text[-3000:]
    for gap in GAPS:
        text = gap.sub("", text)
    for fault in FAULTS:
        assert fault not in text, text[max(0, text.index(fault) - 1500) :][:2000]
    return text


@pytest.mark.peer
def test_no_message_of_clients_is_malformed(tmp_path: Path) -> None:
    messages = client_messages()
    text = reads(tmp_path / "clients.pcap", [(547, each) for each in messages + [relayed(each) for each in messages]])
    for kind in ("Solicit (1)", "Request (3)", "Confirm (4)", "Renew (5)", "Rebind (6)", "Release (8)", "Decline (9)"):
        assert f"Message type: {kind}" in text
    for kind in ("Information-request (11)", "Relay-forw (12)", "Leasequery (14)"):
        assert f"Message type: {kind}" in text


@pytest.mark.peer
def test_no_message_of_servers_is_malformed(tmp_path: Path) -> None:
    text = reads(tmp_path / "servers.pcap", [(546, each) for each in server_messages()])
    for kind in ("Advertise (2)", "Reply (7)", "Reconfigure (10)", "Relay-reply (13)", "Leasequery-reply (15)"):
        assert f"Message type: {kind}" in text


@pytest.mark.peer
def test_no_binding_of_the_failover_link_is_malformed(tmp_path: Path) -> None:
    """The dissector has the options of RFC 8156 but not its frame: the size and the sending time are left out."""
    payloads = [(547, frame[2:6] + frame[10:]) for frame in failover_frames()]
    text = reads(tmp_path / "failover.pcap", payloads)
    for name in ("Client Data", "IA Prefix", "IA Address", "Failover"):
        assert name.lower() in text.lower(), text[:4000]
