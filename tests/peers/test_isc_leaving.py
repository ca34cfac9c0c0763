"""Two ISC dhcpd servers become two Pairwatch servers under load: no lease is lost, and none is given twice."""

import json
import subprocess
import sys
from typing import Any

import pytest

from benchmarks.wires import bridged_namespaces, inside
from console.insight.runbooks.leaving import LEAVE_ISC
from tests.peers.isc_leaving import ADDRESSES, CLIENTS
from tests.peers.programs import need_root, program

pytestmark = [pytest.mark.peer, pytest.mark.live]

LONGEST_PAUSE_SECONDS = 2.0


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Follow the runbook once."""
    need_root()
    program("dhcpd")
    program("perfdhcp")
    folder = tmp_path_factory.mktemp("leaving")
    with bridged_namespaces(ADDRESSES, "/16") as spaces:
        command = [sys.executable, "-m", "tests.peers.isc_leaving", str(folder), spaces["main"], spaces["backup"]]
        run = subprocess.run(
            inside(spaces["clients"], *command), capture_output=True, text=True, timeout=180, check=False
        )
    assert run.returncode == 0, run.stderr
    result: dict[str, Any] = json.loads(run.stdout)
    assert result["failure"] is None, result
    return result


def test_no_lease_is_lost_and_none_is_given_twice(found: dict[str, Any]) -> None:
    """R-001, R-013, R-168: every client keeps its address on both new servers."""
    assert found["duplicates"] == []
    assert found["moved"] == []
    assert found["clients"] == CLIENTS
    assert found["equal"], "both new servers have the same leases"
    assert found["rejected"] == 0


def test_clients_are_served_all_the_time_by_both_servers(found: dict[str, Any]) -> None:
    assert found["pause"] < LONGEST_PAUSE_SECONDS
    assert min(found["acks"]["main"], found["acks"]["backup"]) > CLIENTS


def test_each_new_server_takes_its_leases_from_its_partner(found: dict[str, Any]) -> None:
    """R-213, R-215: a server with an empty store recovers before it serves; it never serves alone."""
    for role in ("main", "backup"):
        states = [words.split(" ")[0] for words in found[f"states of {role}"]]
        assert states[-1] == "NORMAL"
        assert {"RECOVER", "RECOVER-WAIT"} & set(states)
        assert "PARTNER-DOWN" not in states
    assert found["vendor"].startswith("pairwatch-")


def test_the_runbook_has_the_same_order() -> None:
    """The backup first, each with a gate: the partner serves, and both are NORMAL before the next one is stopped."""
    order = [step.key for step in LEAVE_ISC.steps]
    wanted = [f"{part}-{role}" for role in ("backup", "main") for part in ("stop", "alone", "start", "whole")]
    assert [key for key in order if key in wanted] == wanted
    gates = {step.key for step in LEAVE_ISC.steps if step.gate}
    assert gates >= {"before", "alone-backup", "whole-backup", "alone-main", "whole-main"}
