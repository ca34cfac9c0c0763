"""A real ISC dhcpd is the partner, in both roles."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.peers.programs import missing, need_root, program


@pytest.mark.peer
@pytest.mark.parametrize("role", ["main", "backup"])
def test_a_pair_with_isc_dhcpd(role: str, tmp_path: Path) -> None:
    """NORMAL and balanced, leases that it acknowledges, service while it is dead, and NORMAL again (R-001, R-010)."""
    need_root()
    for name in ("unshare", "ip", "dhcpd"):
        program(name)
    if subprocess.run(["unshare", "-n", "true"], check=False).returncode:
        missing("network namespaces are not permitted")
    run = subprocess.run(
        ["unshare", "-n", sys.executable, "-m", "tests.failover.isc_partner", role, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    said = "\n".join(found.pop("log")) + "\n" + (tmp_path / "log").read_text(errors="replace")
    assert found["normal"], said
    assert found["balanced"], said
    assert found["vendor"].startswith("isc-"), found
    assert found["interrupted"], said
    assert found["alone"] == 5, "MCLT for a new client"
    assert found["again"], said
    assert found["told"], said
    assert found["rejected"] == 0, said
    assert found["leases"] >= 2, "what was granted here is on the other server's disk"
    if role == "main":
        assert found["new"] == 5
        assert found["renewed"][-1] == 60, "in full once the partner acknowledged"
    else:
        assert found["new"] is None, "the main answers new clients"
