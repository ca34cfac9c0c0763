"""Wireshark's dissectors read the answers to lease queries, by UDP and by TCP, none of them malformed."""

import struct
from pathlib import Path

import pytest

from dhcpserver.wire import dhcp4, dhcp6values
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp4 import Packet
from dhcpserver.wire.dhcp6 import encode_message
from dhcpserver.wire.dhcp6values import QUERY_BY_LINK_ADDRESS, QUERY_BY_RELAY_ID
from tests.service.bulk.test_bulk4 import ask, with_clients
from tests.service.bulk.test_bulk6 import RELAY_DUID, leased_by, question, session
from tests.service.v6.pair6 import DUIDS, OFFICE, na, pd
from tests.service.v6.test_leasequery6 import by_client, listed, query
from tests.wire.test_dhcp6_dissector import FAULTS, GAPS, LINK_TYPE_RAW, dissected, reads

CODES = (o6.LQ_RELAY_DATA, o6.DNS_SERVERS)


@pytest.mark.peer
def test_no_reply_to_a_query_by_udp_is_malformed(tmp_path: Path) -> None:
    pair = listed()
    pair.main.leased(na(1), pd(2))
    answers = [
        query(pair.main, dhcp6values.QUERY_BY_CLIENT_ID, by_client(DUIDS[0], *CODES)),
        query(pair.main, dhcp6values.QUERY_BY_CLIENT_ID, by_client(DUIDS[1])),
        query(pair.main, dhcp6values.QUERY_BY_CLIENT_ID, by_client(DUIDS[1]), link=1),
    ]
    text = reads(tmp_path / "queries.pcap", [(547, encode_message(each)) for each in answers if each is not None])
    for words in ("Leasequery-reply (15)", "Leasequery Client Data", "Leasequery Relay Data", "NotConfigured (9)"):
        assert words in text, text


@pytest.mark.peer
def test_no_answer_to_a_bulk_query_of_dhcpv6_is_malformed(tmp_path: Path) -> None:
    pair = listed()
    for number in range(3):
        leased_by(pair.main, [(o6.RELAY_ID, RELAY_DUID)], DUIDS[number])
    sent = question(QUERY_BY_LINK_ADDRESS, [(o6.OPTION_REQUEST, dhcp6values.pack_codes(CODES))], OFFICE)
    sent += question(QUERY_BY_RELAY_ID, [(o6.RELAY_ID, RELAY_DUID)])
    opened = session(pair.main)
    opened.receive(sent)
    answer = b""
    while (octets := opened.step(pair.now)) is not None:
        answer += octets
    path = tmp_path / "bulk.pcap"
    path.write_bytes(stream(547, [(True, sent), (False, answer)]))
    text = dissected(path)
    for words in ("Leasequery-reply (15)", "Leasequery-data (17)", "Leasequery-done (16)", "Bulk Leasequery"):
        assert words in text, text
    for gap in GAPS:
        text = gap.sub("", text)
    for fault in FAULTS:
        assert fault not in text, text[max(0, text.index(fault) - 1500) :][:2000]


@pytest.mark.peer
def test_no_answer_to_a_bulk_query_of_dhcpv4_is_malformed(tmp_path: Path) -> None:
    """The dissector has no framing for TCP; each message is shown to it as a datagram."""
    site, _ = with_clients()
    messages = ask(site, [(55, bytes((51, 58, 59, 61, 82, 91, 153, 156)))]) + ask(site, [(154, b"\0")])
    asking = Packet(1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, b"", {53: b"\x0e", 154: bytes(4), 155: b"\xff" * 4})
    path = tmp_path / "bulk4.pcap"
    path.write_bytes(datagrams([dhcp4.encode(each) for each in (asking, *messages)]))
    text = dissected(path)
    for words in ("(13)", "(11)", "(15)", "(151)", "(152)", "(153)", "(156)"):
        assert words in text, text
    for fault in ("Malformed Packet", "Expert Info (Warning", "Expert Info (Error", "incorrect", "bogus"):
        assert fault not in text, text[max(0, text.index(fault) - 1500) :][:2000]


def stream(port: int, parts: list[tuple[bool, bytes]]) -> bytes:
    """A capture of one TCP connection over IPv6; True: from the requester."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, LINK_TYPE_RAW)
    numbers = {True: 1, False: 1}
    for from_requester, payload in parts:
        for begin in range(0, len(payload), 1200):
            piece = payload[begin : begin + 1200]
            ends = (40_000, port) if from_requester else (port, 40_000)
            head = struct.pack("!HHIIBBHHH", *ends, numbers[from_requester], numbers[not from_requester],
                               5 << 4, 0x18, 65_535, 0, 0)  # fmt: skip
            numbers[from_requester] += len(piece)
            hosts = [(5).to_bytes(16, "big"), (6).to_bytes(16, "big")]
            packet = struct.pack("!IHBB", 6 << 28, len(head) + len(piece), 6, 64)
            packet += b"".join(hosts if from_requester else reversed(hosts)) + head + piece
            out += struct.pack("<IIII", 1_700_000_000, 0, len(packet), len(packet)) + packet
    return out


def datagrams(payloads: list[bytes]) -> bytes:
    """A capture of UDP datagrams over IPv4 to port 67."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, LINK_TYPE_RAW)
    for payload in payloads:
        udp = struct.pack("!HHHH", 67, 67, 8 + len(payload), 0) + payload
        packet = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, 1, 2) + udp
        out += struct.pack("<IIII", 1_700_000_000, 0, len(packet), len(packet)) + packet
    return out
