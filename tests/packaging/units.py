"""The systemd units as text, and the tools of this host that check them."""

import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "packaging" / "systemd"
SERVE = UNITS / "pairwatch-serve@.service"
COLLECT = UNITS / "pairwatch-collect.service"
SERVE_SOCKET = UNITS / "pairwatch-serve@.socket"
COLLECT_SOCKET = UNITS / "pairwatch-collect.socket"
PROGRAM = "/opt/pairwatch/bin/pairwatch"


def required(program: str, package: str) -> str:
    """The path of a program. Without it the test is skipped, and in CI it fails."""
    found = shutil.which(program)
    if found is None:
        assert not os.environ.get("CI"), f"{program} is missing: install the package {package}"
        pytest.skip(f"{program} is not installed (package {package})")
    return found


def settings(unit: Path, name: str) -> list[str]:
    """The values of a setting, one for each of its lines."""
    lines = unit.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(f"{name}=") for line in lines if line.startswith(f"{name}=")]


def installed(unit: Path, folder: Path) -> Path:
    """A copy of a unit whose program exists on this host."""
    copy = folder / unit.name
    copy.write_text(unit.read_text(encoding="utf-8").replace(PROGRAM, sys.executable), encoding="utf-8")
    return copy
