"""Traps that a real snmptrap sends by the names of a module, and the same names in the receiver."""

import subprocess
from pathlib import Path

import pytest

from snmp.receive.receiver import Receiver
from tests.snmp.listening import receive_until, receiver

pytestmark = pytest.mark.peer

NET_SNMP = Path("/usr/share/snmp/mibs")
HEARTBEAT = "1.3.6.1.4.1.8072.2.3.0.1"
RATE = "1.3.6.1.4.1.8072.2.3.2.1.0"


def send(address: tuple[str, int], *arguments: str) -> None:
    host, port = address
    command = ["snmptrap", "-v2c", "-c", "public", f"{host}:{port}", "1", *arguments]
    subprocess.run(command, check=True, timeout=20)


def test_a_trap_of_net_snmp_has_the_names_of_its_own_modules(tmp_path: Path) -> None:
    """R-242."""
    with receiver(mib_directories=(NET_SNMP,), state_directory=tmp_path) as (listening, address):
        send(address, HEARTBEAT, RATE, "i", "30")
        (seen,) = receive_until(listening, bool)
        assert seen.name == "netSnmpExampleHeartbeatNotification"
        assert seen.get("netSnmpExampleHeartbeatRate") == "30"
        assert any("SNMP-VIEW-BASED-ACM-MIB" in each for each in faults_of(listening))


def test_a_module_with_a_fault_does_not_keep_traps_from_being_received(tmp_path: Path) -> None:
    (tmp_path / "broken").write_text("BROKEN-MIB DEFINITIONS ::= BEGIN\nx ::= {\nEND\n")
    with receiver(mib_directories=(tmp_path,)) as (listening, address):
        send(address, HEARTBEAT, RATE, "i", "30")
        (seen,) = receive_until(listening, bool)
        assert (seen.name, seen.oid) == ("unknown", HEARTBEAT)
        assert "BROKEN-MIB" in faults_of(listening)[0]


def faults_of(listening: Receiver) -> tuple[str, ...]:
    """The faults; they are in the report that has the first notification."""
    return listening.faults()
