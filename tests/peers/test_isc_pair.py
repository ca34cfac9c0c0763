"""ISC dhcpd 4.4.3 as the partner of a Pairwatch server, in both roles; a dissector reads all frames."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.wires import bridged_namespaces, inside
from tests.peers.isc_scenario import ADDRESSES, CLIENTS, MCLT, PORT, SIZE
from tests.peers.programs import need_root, program

MESSAGES = {"5": "CONNECT", "6": "CONNECTACK", "10": "STATE", "11": "CONTACT", "3": "BNDUPD", "4": "BNDACK"}


@dataclass(frozen=True)
class ScenarioResult:
    """The results, the logs of the servers, and the capture of the link."""

    role: str
    found: dict[str, Any]
    logs: str
    capture: Path


@pytest.fixture(scope="module", params=["main", "backup"])
def result(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ScenarioResult:
    """Run the scenario once for each role."""
    need_root()
    program("ip")
    program("dhcpd")
    tshark = program("tshark")
    directory = tmp_path_factory.mktemp(request.param)
    capture = directory / "link.pcap"
    with bridged_namespaces(ADDRESSES, "/24") as spaces:
        sniffing = [tshark, "-i", "wire", "-f", f"tcp port {PORT}", "-w", str(capture), "-q"]
        sniffer = subprocess.Popen(inside(spaces["ours"], *sniffing), stderr=subprocess.PIPE, text=True)
        assert sniffer.stderr is not None
        while "Capturing on" not in sniffer.stderr.readline():
            assert sniffer.poll() is None, "tshark does not capture"
        command_line = [sys.executable, "-m", "tests.peers.isc_scenario", request.param, str(directory)]
        run = subprocess.run(
            inside(spaces["clients"], *command_line, spaces["ours"], spaces["theirs"]),
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
    return ScenarioResult(request.param, json.loads(run.stdout), logs, capture)


@pytest.mark.peer
@pytest.mark.live
def test_the_pair_replicates_and_recovers_from_each_failure(result: ScenarioResult) -> None:
    """NORMAL, replication both ways, either server killed and restarted, same shares (R-001, R-008 to R-012, R-168)."""
    assert result.found["failure"] is None, f"{result.found}\n{result.logs}"
    assert result.found["vendor"].startswith("isc-")
    assert result.found["halves"] == [SIZE // 2, SIZE // 2]
    assert result.found["rejected"] == result.found["pending"] == 0, result.logs


@pytest.mark.peer
@pytest.mark.live
def test_exactly_one_server_answers_each_client(result: ScenarioResult) -> None:
    """R-159 to R-162: two programs of different authors agree on RFC 3074's hash and its buckets."""
    answered = [tuple(pair) for pair in result.found["answered"]]
    assert len(answered) == CLIENTS
    assert set(answered) == {(True, False), (False, True)}, answered


@pytest.mark.peer
@pytest.mark.live
def test_a_new_client_gets_the_mclt_without_the_partner(result: ScenarioResult) -> None:
    """R-126, R-182."""
    assert result.found["alone"] == [MCLT] * 3


@pytest.mark.peer
@pytest.mark.live
def test_the_shares_are_balanced_after_the_failures(result: ScenarioResult) -> None:
    """R-113: the sizes of the shares differ by at most 15 % and two addresses."""
    ours, theirs = result.found["halves in the end"]
    assert abs(ours - theirs) <= (ours + theirs) * 0.15 + 2, result.found


@pytest.mark.peer
@pytest.mark.live
def test_no_frame_on_the_link_is_malformed(result: ScenarioResult) -> None:
    """Wireshark's dissector for the draft reads all frames of Pairwatch, of all expected types."""
    fields = ["-T", "fields", "-e", "dhcpfo.type", "-e", "_ws.malformed", "-e", "_ws.expert.message"]
    command = [
        program("tshark"), "-r", str(result.capture), "-d", f"tcp.port=={PORT},dhcpfo",
        "-Y", f"dhcpfo && ip.src=={ADDRESSES['ours']}", *fields,
    ]  # fmt: skip
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    types: Counter[str] = Counter()
    for line in lines:
        kinds, malformed, expert = [*line.split("\t"), "", ""][:3]
        assert not malformed, line
        assert "alformed" not in expert, line
        types.update(kinds.split(","))
    expected = {"3", "4", "10", "11", "5" if result.role == "main" else "6"}
    assert expected <= set(types), f"{types}: not all of {MESSAGES} were seen"
    print(f"{result.role}: {sum(types.values())} frames of Pairwatch, none malformed: {dict(types)}")
