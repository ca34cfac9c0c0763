"""Wireshark's dissector reads every frame that this server sends, and marks none as malformed."""

import struct
import subprocess
from pathlib import Path

import pytest

from dhcpserver.wire import failover4
from dhcpserver.wire.failover4 import (
    Connect,
    ConnectAck,
    Contact,
    Control,
    Disconnect,
    PoolRequest,
    PoolResponse,
    StateReport,
    UpdateDone,
    UpdateRequest,
    UpdateRequestAll,
    Vendor,
)
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate, acknowledge
from dhcpserver.wire.framing import Framer
from tests.peers.programs import program

VENDOR = Vendor(1, 1, 0, bytes(range(16)), 1, 1_700_000_000, ((1, b"12345678"),), 0, 50, None)


def binding() -> BindingUpdate:
    update = BindingUpdate(9)
    update.address, update.status = 0xC0000201, 2
    update.client_id, update.hardware = b"\x01abcdef", b"\x01abcdef"
    update.state_exp, update.potential, update.sos, update.cltt = (1_700_000_000 + n for n in range(4))
    update.flags, update.relay_info = 2, b"\x01\x04eth0"
    return update


def frames() -> list[bytes]:
    messages: list[Control | BindingUpdate | BindingAck] = [
        Connect(1, 0, "pair", 100, 60, "pairwatch-0.1.0", 1, failover4.NO_TLS, 3600, b"\xff" * 32, VENDOR),
        ConnectAck(1, 0, "pair", 100, 60, "pairwatch-0.1.0", 1, 0, None, None, VENDOR),
        ConnectAck(1, 0, "pair", 100, 60, "pairwatch-0.1.0", 1, 0, 5, "mclt: ours 3600, partner 60", VENDOR),
        StateReport(2, 0, 2, 0, 1_700_000_000, Vendor(partner_down_time=5)),
        StateReport(2, 0, 254, 1, 1_700_000_000, None),
        PoolRequest(3),
        PoolResponse(3, 0, 17),
        UpdateRequest(4),
        UpdateRequestAll(5),
        UpdateDone(5),
        Contact(6),
        Disconnect(7, 0, 17, "no traffic"),
        binding(),
    ]
    out = [failover4.encode(message, 1_700_000_000) for message in messages]
    (received,) = Framer().feed(out[-1])
    assert isinstance(received, BindingUpdate)
    return [*out, acknowledge(received, 1_700_000_000), acknowledge(received, 1_700_000_000, 15, "outdated")]


def capture(path: Path, payloads: list[bytes]) -> None:
    """A capture file of one TCP stream to port 647, a segment for each payload."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    sequence = 1
    for payload in payloads:
        tcp = struct.pack("!HHIIBBHHH", 40000, 647, sequence, 1, 5 << 4, 0x18, 65535, 0, 0)
        ip = struct.pack("!BBHHHBBHII", 0x45, 0, 40 + len(payload), 0, 0, 64, 6, 0, 0x7F00000B, 0x7F00000C)
        packet = ip + tcp + payload
        out += struct.pack("<IIII", 1_700_000_000, sequence, len(packet), len(packet)) + packet
        sequence += len(payload)
    path.write_bytes(out)


@pytest.mark.peer
def test_no_frame_is_malformed(tmp_path: Path) -> None:
    path = tmp_path / "frames.pcap"
    payloads = frames()
    capture(path, payloads)
    run = subprocess.run(
        [program("tshark"), "-r", str(path), "-V", "-d", "tcp.port==647,dhcpfo"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.count("DHCP Failover") >= len(payloads), run.stdout[-2000:]
    # The number of RECOVER-WAIT is that of ISC dhcpd, not of the draft.
    text = run.stdout.replace("Unknown (254)", "RECOVER-WAIT")
    for word in ("Malformed", "Unknown", "incorrect", "should be", "Expert Info (Warning", "Expert Info (Error"):
        assert word not in text, text[text.index(word) - 600 :][:900]
