"""What gets installed: the three packages, the themes, the command."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_wheel_has_the_packages_the_themes_and_the_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("pairwatch-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (entry_points,) = (name for name in names if name.endswith("entry_points.txt"))
        text = archive.read(entry_points).decode()
    assert "pairwatch = console.cli:main" in text
    assert {
        "console/cli.py",
        "dhcpserver/main.py",
        "snmp/mib/facts.py",
        "snmp/modules/smi/smi.txt",
        "console/py.typed",
    } <= names
    assert {path.name for path in (ROOT / "themes").glob("*.toml")} == {
        Path(name).name for name in names if name.startswith("console/themes/")
    }
    assert {path.name for path in (ROOT / "docs" / "man").glob("*.1")} == {
        Path(name).name for name in names if "/share/man/man1/" in name
    }
    assert any(name.endswith(".tcss") for name in names)
    assert not any(name.startswith("tests/") for name in names)
