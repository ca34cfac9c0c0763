"""The systemd units, checked by systemd itself."""

import re
import subprocess
from pathlib import Path

import pytest

from console.cli import pairwatch
from dhcpserver.config.classes.api import Api
from snmp.activation import HTTP, TRAPS
from tests.packaging.units import COLLECT, COLLECT_SOCKET, PROGRAM, SERVE, SERVE_SOCKET, installed, required, settings

HIGHEST_EXPOSURE = 2.0
"""Of `systemd-analyze security`: 0 is closed, 10 is open, and below 2.5 is called OK."""
ALL = pytest.mark.parametrize("unit", [SERVE, COLLECT], ids=lambda unit: unit.name)


@ALL
def test_systemd_accepts_every_line(unit: Path, tmp_path: Path) -> None:
    analyze = required("systemd-analyze", "systemd")
    command = [analyze, "verify", "--man=no", str(installed(unit, tmp_path))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_systemd_refuses_a_wrong_line(tmp_path: Path) -> None:
    """What `verify` prints about a setting that does not exist is seen by the test above."""
    analyze = required("systemd-analyze", "systemd")
    copy = installed(SERVE, tmp_path)
    copy.write_text(copy.read_text().replace("ProtectHome=", "ProtectHut="))
    done = subprocess.run([analyze, "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False)
    assert "ProtectHut" in done.stderr


@ALL
def test_the_exposure_is_below_the_bound(unit: Path, tmp_path: Path) -> None:
    analyze = required("systemd-analyze", "systemd")
    command = [analyze, "security", "--offline=yes", "--no-pager", str(installed(unit, tmp_path))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) < HIGHEST_EXPOSURE


@ALL
def test_the_command_of_a_unit_exists(unit: Path) -> None:
    program, command, *arguments = settings(unit, "ExecStart")[0].split()
    assert program == PROGRAM
    known = {name for option in pairwatch.commands[command].params for name in option.opts}
    assert {each for each in arguments if each.startswith("--")} <= known


@ALL
def test_no_unit_runs_as_root(unit: Path) -> None:
    assert settings(unit, "User") == ["pairwatch"]
    assert settings(unit, "AmbientCapabilities") == settings(unit, "CapabilityBoundingSet")
    assert "pairwatch" in (unit.parent / "pairwatch.sysusers").read_text().splitlines()[-1].split()


@pytest.mark.parametrize("unit", [SERVE_SOCKET, COLLECT_SOCKET], ids=lambda unit: unit.name)
def test_systemd_accepts_every_line_of_a_socket_unit(unit: Path, tmp_path: Path) -> None:
    analyze = required("systemd-analyze", "systemd")
    installed(SERVE, tmp_path), installed(COLLECT, tmp_path)
    command = [analyze, "verify", "--man=no", str(installed(unit, tmp_path))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_names_of_the_sockets_are_those_that_the_programs_look_for() -> None:
    assert settings(COLLECT_SOCKET, "FileDescriptorName") == [TRAPS]
    assert settings(SERVE_SOCKET, "FileDescriptorName") == [HTTP]
    assert settings(SERVE_SOCKET, "ListenStream") == [f"{Api().address}:{Api().port}"]


def test_each_instance_has_a_data_directory_of_its_own() -> None:
    (command,), (state,) = settings(SERVE, "ExecStart"), settings(SERVE, "StateDirectory")
    assert command.endswith(f"--data /var/lib/{state}")
    assert "%i" in state
