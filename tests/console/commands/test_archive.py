"""`pairwatch archive`, from the command line to the files."""

import json
from pathlib import Path

import pytest

from console import cli
from dhcpserver.runtime.datadir import DataDirectory
from tests.storage.test_archive import contents, data


def test_a_directory_is_archived_shown_and_restored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """R-208, R-209."""
    directory, file = data(tmp_path), tmp_path / "before-upgrade.tar.gz"
    before = contents(directory)
    assert cli.run(["archive", "create", "--data", str(directory), str(file)]) == 0
    assert f"archived {directory} in {file}: {len(before)} files" in capsys.readouterr().out
    assert cli.run(["archive", "show", "--json", str(file)]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {each["name"] for each in listed["entries"]} == set(before)
    (directory / "config.toml").unlink()
    assert cli.run(["archive", "restore", "--data", str(directory), "--replace", str(file)]) == 0
    assert "what was there is now" in capsys.readouterr().out
    assert contents(directory) == before


@pytest.mark.parametrize("command", ["create", "restore"])
def test_a_refusal_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    directory = data(tmp_path)
    running = DataDirectory(directory)
    existing = tmp_path / "a.tar.gz"
    if command == "restore":
        existing.write_bytes(b"")
    assert cli.run(["archive", command, "--data", str(directory), str(existing)]) == 1
    running.close()
    error = capsys.readouterr().err
    assert error.startswith("pairwatch: ")
    assert error.count("\n") == 1
