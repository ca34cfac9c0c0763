"""ISC dhcpd 4.4.3 is the partner of a whole server of ours, in both roles; a dissector reads every octet of it."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.wires import inside, wired
from tests.peers.isc_story import ADDRESSES, CLIENTS, MCLT, PORT, SIZE
from tests.peers.programs import need_root, program

MESSAGES = {"5": "CONNECT", "6": "CONNECTACK", "10": "STATE", "11": "CONTACT", "3": "BNDUPD", "4": "BNDACK"}


@dataclass(frozen=True)
class Told:
    """What was found, what the servers said, and the capture of the link."""

    role: str
    found: dict[str, Any]
    logs: str
    capture: Path


@pytest.fixture(scope="module", params=["main", "backup"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The story, played once for each role."""
    need_root()
    program("ip")
    program("dhcpd")
    tshark = program("tshark")
    directory = tmp_path_factory.mktemp(request.param)
    capture = directory / "link.pcap"
    with wired(ADDRESSES, "/24") as spaces:
        sniffing = [tshark, "-i", "wire", "-f", f"tcp port {PORT}", "-w", str(capture), "-q"]
        sniffer = subprocess.Popen(inside(spaces["ours"], *sniffing), stderr=subprocess.PIPE, text=True)
        assert sniffer.stderr is not None
        while "Capturing on" not in sniffer.stderr.readline():
            assert sniffer.poll() is None, "tshark does not capture"
        words = [sys.executable, "-m", "tests.peers.isc_story", request.param, str(directory)]
        run = subprocess.run(
            inside(spaces["clients"], *words, spaces["ours"], spaces["theirs"]),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        sniffer.terminate()
        sniffer.communicate()
    logs = "\n".join(
        path.read_text(errors="replace")
        for path in (directory / "ours" / "logs" / "name_dhcp_1_log", directory / "theirs" / "log")
        if path.exists()
    )
    assert run.returncode == 0, run.stderr
    return Told(request.param, json.loads(run.stdout), logs, capture)


@pytest.mark.peer
@pytest.mark.live
def test_the_story_ends_well(told: Told) -> None:
    """NORMAL, replication both ways, either one killed and back, pools alike (R-001, R-008 to R-012, R-168)."""
    assert told.found["failure"] is None, f"{told.found}\n{told.logs}"
    assert told.found["vendor"].startswith("isc-")
    assert told.found["halves"] == [SIZE // 2, SIZE // 2]
    assert told.found["rejected"] == told.found["pending"] == 0, told.logs


@pytest.mark.peer
@pytest.mark.live
def test_each_client_is_answered_by_one_of_the_two(told: Told) -> None:
    """R-159 to R-162: two programs of different authors agree on RFC 3074's hash and its buckets."""
    answered = [tuple(pair) for pair in told.found["answered"]]
    assert len(answered) == CLIENTS
    assert set(answered) == {(True, False), (False, True)}, answered


@pytest.mark.peer
@pytest.mark.live
def test_a_new_client_gets_the_mclt_while_the_partner_is_dead(told: Told) -> None:
    """R-126, R-182."""
    assert told.found["alone"] == [MCLT] * 3


@pytest.mark.peer
@pytest.mark.live
def test_the_pools_move(told: Told) -> None:
    """R-113: what the dead left unequal is shared out again, and both know whose each address is."""
    ours, theirs = told.found["halves in the end"]
    assert abs(ours - theirs) <= (ours + theirs) * 0.15 + 2, told.found


@pytest.mark.peer
@pytest.mark.live
def test_no_frame_on_the_link_is_malformed(told: Told) -> None:
    """Wireshark's dissector for the draft reads all that we sent, and all kinds of message were among it."""
    fields = ["-T", "fields", "-e", "dhcpfo.type", "-e", "_ws.malformed", "-e", "_ws.expert.message"]
    asked = [
        program("tshark"), "-r", str(told.capture), "-d", f"tcp.port=={PORT},dhcpfo",
        "-Y", f"dhcpfo && ip.src=={ADDRESSES['ours']}", *fields,
    ]  # fmt: skip
    lines = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
    types: Counter[str] = Counter()
    for line in lines:
        kinds, malformed, expert = [*line.split("\t"), "", ""][:3]
        assert not malformed, line
        assert "alformed" not in expert, line
        types.update(kinds.split(","))
    expected = {"3", "4", "10", "11", "5" if told.role == "main" else "6"}
    assert expected <= set(types), f"{types}: not all of {MESSAGES} were seen"
    print(f"{told.role}: {sum(types.values())} frames of ours, none malformed: {dict(types)}")
