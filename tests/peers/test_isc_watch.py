"""The console watches a pair of real ISC dhcpd 4.4.3 servers by OMAPI, and sets the partner down on one of them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.wires import bridged_namespaces, inside
from tests.peers.isc_watch import ADDRESSES, AHEAD_SECONDS
from tests.peers.programs import missing, need_root, program

pytestmark = [pytest.mark.peer, pytest.mark.live]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run the scenario once."""
    need_root()
    program("dhcpd")
    if not list(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")):
        missing("faketime is not installed")
    folder = tmp_path_factory.mktemp("isc")
    with bridged_namespaces(ADDRESSES, "/24") as spaces:
        command = [sys.executable, "-m", "tests.peers.isc_watch", str(folder), spaces["main"], spaces["backup"]]
        run = subprocess.run(
            inside(spaces["clients"], *command), capture_output=True, text=True, timeout=120, check=False
        )
    assert run.returncode == 0, run.stderr
    result: dict[str, Any] = json.loads(run.stdout)
    assert result["failure"] is None, result
    return result


def test_state_shares_and_leases_are_those_of_the_servers(found: dict[str, Any]) -> None:
    """R-113, R-121: the file and OMAPI agree about a lease, on both servers, with keys of two algorithms."""
    assert found["together"] == {
        role: [role, 5.0, [128, 128], [["10.6.0.0/24", 40, 20]]] for role in ("main", "backup")
    }
    assert found["leases"] == {role: [True, "active", 0.0] for role in ("main", "backup")}
    assert "not signed with the secret of the OMAPI key watch: compare the secrets" in found["wrong secret"]


def test_a_killed_server_is_found_within_two_polls(found: dict[str, Any]) -> None:
    """5.1: verdict, diagnosis and advice."""
    assert found["polls to the verdict"] <= 2
    killed = found["killed"]
    assert killed["severity"] == "critical"
    assert killed["verdict"].endswith("s ago and serves its own pool; cannot see main.")
    assert killed["title"] == "main is down or cut off; backup serves from its own addresses"
    assert "set-partner-down" in killed["steps"]


def test_partner_down_is_set_and_verified(found: dict[str, Any]) -> None:
    """R-136, R-148, R-150."""
    succeeded, text = found["outcome"]
    assert succeeded
    assert text.startswith("backup is PARTNER-DOWN; it may use its partner's addresses from ")


def test_a_server_started_alone_after_a_takeover_is_found(found: dict[str, Any]) -> None:
    """The known danger of dhcpd: it does not know that its partner had taken over."""
    assert found["alone"]["title"] == "main was started alone: it lacks the leases that backup granted in PARTNER-DOWN"
    assert found["alone"]["steps"][0] == "Stop main: it grants addresses that backup may have leased"


def test_clocks_that_differ_are_found_without_a_clock_in_omapi(found: dict[str, Any]) -> None:
    assert found["clocks"]["title"] == f"The clocks differed by {AHEAD_SECONDS} s at the last change of state"
