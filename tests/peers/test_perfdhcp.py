"""Kea's perfdhcp against the demo, with both families: every client gets a lease, and the backup has every lease."""

import os
import sqlite3
import subprocess
import time
from contextlib import closing
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from benchmarks import perfdhcp
from dhcpserver.leases.lease import Status
from tests.live.pair import LiveServer, eventually
from tests.live.test_demo import RunningDemo
from tests.peers.programs import program

pytestmark = [pytest.mark.peer, pytest.mark.live]

RATE = 100
SECONDS = int(os.environ.get("PAIRWATCH_LOAD_SECONDS", "5"))
"""Duration of the load; set the variable for a longer run by hand."""
FIRST_WIFI = int(IPv4Address("10.64.0.0"))
REPLICATED_WITHIN = 2.0


def leased(server: LiveServer) -> set[int]:
    """Return the addresses that the server has stored as leased."""
    with closing(sqlite3.connect(f"file:{server.directory / 'leases.db'}?mode=ro", uri=True)) as store:
        rows = store.execute("SELECT address FROM lease WHERE status = ?", (int(Status.ACTIVE),))
        return {address for (address,) in rows if address > FIRST_WIFI}


def leased6(server: LiveServer) -> set[tuple[bytes, int]]:
    """Return the addresses (length 0) and the prefixes that the server has stored as leased."""
    with closing(sqlite3.connect(f"file:{server.directory / 'leases.db'}?mode=ro", uri=True)) as store:
        rows = store.execute("SELECT prefix, length FROM lease6 WHERE status = ?", (int(Status.ACTIVE),))
        return {(prefix, length) for prefix, length in rows}


def test_every_client_gets_a_lease_and_the_backup_has_every_lease(tmp_path: Path) -> None:
    """A hundred new clients a second."""
    demo = RunningDemo(tmp_path / "demo", "--clients", "0", "--pool", str(max(4096, 4 * RATE * SECONDS)))
    try:
        eventually("demo.json", (demo.directory / "demo.json").exists, 30)
        eventually("both NORMAL", lambda: "both NORMAL" in demo.status()[1], 40)
        main, backup = demo.server("main"), demo.server("backup")
        exchanges = RATE * SECONDS
        command = [
            *(program("perfdhcp"), "-4", "-g", "single", "-l", "127.0.0.1", "-L", "67", "-N", str(main.dhcp)),
            *("-r", str(RATE), "-n", str(exchanges), "-R", str(exchanges), "-W", "1000000", main.address),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS + 60, check=False)
        end = time.monotonic()
        counted = perfdhcp.counts(done.stdout)
        assert counted.discovers == counted.acks == exchanges, done.stdout
        granted = leased(main)
        assert len(granted) == exchanges
        eventually("every lease is on the backup", lambda: leased(backup) == granted, REPLICATED_WITHIN)
        print(f"{exchanges} leases at {RATE}/s, all on the backup {time.monotonic() - end:.3f} s after the end")
        _check_dhcpv6(demo, main, backup)
    finally:
        demo.stop()


def _check_dhcpv6(demo: RunningDemo, main: LiveServer, backup: LiveServer) -> None:
    """Through a relay at ::1: an address and a prefix for each client, both at the backup too."""
    exchanges = 2 * RATE
    port = demo.json()["servers"][0]["dhcp6"].rpartition(":")[2]
    command = [
        *(program("perfdhcp"), "-6", "-A", "1", "-e", "address-and-prefix", "-l", "::1", "-L", "547", "-N", port),
        *("-r", str(RATE), "-n", str(exchanges), "-R", str(exchanges), "-W", "1000000", "::1"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    counted = perfdhcp.counts(done.stdout)
    assert counted.discovers == counted.acks == exchanges, done.stdout
    granted = leased6(main)
    assert [length for _, length in granted].count(0) == [length for _, length in granted].count(56) == exchanges
    eventually("every lease is on the backup", lambda: leased6(backup) == granted, REPLICATED_WITHIN)
