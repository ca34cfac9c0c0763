"""The client library against ISC dhcpd."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.isc import IscPair
from benchmarks.network import GENERATOR_ADDRESS, MAIN_ADDRESS, inside, network
from tests.peers.programs import program


@pytest.mark.peer
@pytest.mark.live
def test_a_relayed_client_goes_through_a_lease_of_isc_dhcpd(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    with network() as wires:
        running = IscPair(wires, program("dhcpd"), tmp_path, 1_000, tuned=False).start()
        try:
            command = [sys.executable, "-m", "tests.client.relayed", GENERATOR_ADDRESS, MAIN_ADDRESS]
            done = subprocess.run(
                inside(wires.generator, command), capture_output=True, text=True, timeout=60, check=False
            )
            assert done.returncode == 0, done.stderr
            got, extended, confirmed, refused = json.loads(done.stdout)
            deadline = time.monotonic() + 10
            while "DHCPRELEASE of" not in running.log("primary") and time.monotonic() < deadline:
                time.sleep(0.02)
            log = running.log("primary")
        finally:
            running.stop()
    lease = re.fullmatch(r"REQUESTING: (10\.70\.\d+\.\d+) for (\d+) of 10\.66\.\d+\.2", got)
    assert lease is not None, got
    assert extended.startswith(f"REBINDING: {lease[1]} for ")
    assert confirmed.startswith(f"REBOOTING: {lease[1]} for ")
    assert refused == "refused 198.51.100.1"
    assert f"DHCPRELEASE of {lease[1]} from 02:00:00:00:00:42 via {GENERATOR_ADDRESS} (found)" in log
