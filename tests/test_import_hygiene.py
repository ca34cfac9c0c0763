"""The pure packages do no I/O: neither by what they import in their text, nor by what is loaded when they run."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

IMPORT = re.compile(r"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)

PURE = (
    "dhcpserver.wire",
    "dhcpserver.leases",
    "dhcpserver.config",
    "dhcpserver.failover",
    "dhcpserver.service",
    "snmp.mib.specs",
    "console.model",
    "console.insight",
)

FORBIDDEN = frozenset(
    {
        "aiohttp",
        "asyncio",
        "fcntl",
        "httpx",
        "multiprocessing",
        "secrets",
        "select",
        "selectors",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "textual",
        "threading",
        "time",
        "urllib",
        "watchfiles",
    }
)
"""Modules that reach outside, or that know what time it is."""

LOADED = FORBIDDEN - {"time", "select", "threading", "urllib", "secrets"}
"""What must not be loaded either; the standard library itself loads the rest."""

PRELOADED = ("pydantic", "pydantic.networks", "tomllib", "difflib")
"""What a pure package may use although it loads more than it should; loaded first, so that it does not count."""


def modules(package: str) -> list[Path]:
    path = ROOT.joinpath(*package.split("."))
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


@pytest.mark.parametrize("package", PURE)
def test_no_module_imports_what_reaches_outside(package: str) -> None:
    found = [
        f"{path.name}: {name}"
        for path in modules(package)
        for name in IMPORT.findall(path.read_text(encoding="utf-8"))
        if name in FORBIDDEN
    ]
    assert found == []


@pytest.mark.parametrize("package", PURE)
def test_nothing_that_reaches_outside_is_loaded_with_it(package: str) -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in modules(package)
    ]
    program = (
        "import importlib, json, sys\n"
        f"for name in {PRELOADED!r}: importlib.import_module(name)\n"
        "before = set(sys.modules)\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in set(sys.modules) - before})))\n"
    )
    output = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(json.loads(output.stdout)) & LOADED == set()
