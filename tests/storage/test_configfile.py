"""The file of the configuration."""

import os
from pathlib import Path

import pytest

from dhcpserver.storage import configfile
from dhcpserver.storage.configfile import FileChangedError
from dhcpserver.storage.errors import StoreError
from tests.storage.durability import descriptors, synchronised

ONE, TWO = "# one\r\n", "# two \N{SNOWMAN}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "config.toml"
    found.write_bytes(ONE.encode())
    found.chmod(0o640)
    return found


def test_the_file_is_replaced_and_the_former_one_is_kept(path: Path) -> None:
    configfile.replace(path, ONE, TWO)
    assert path.read_text(encoding="utf-8") == TWO
    assert configfile.read(path.with_name("config.toml.1")) == ONE
    assert {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {
        "config.toml": 0o640,
        "config.toml.1": 0o640,
    }


def test_a_file_that_was_changed_by_hand_is_not_overwritten(path: Path) -> None:
    path.write_text("# by hand\n")
    with pytest.raises(FileChangedError):
        configfile.replace(path, ONE, TWO)
    assert path.read_text() == "# by hand\n"
    assert [each.name for each in path.parent.iterdir()] == ["config.toml"]


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    configfile.replace(link, ONE, TWO)
    assert link.is_symlink()
    assert configfile.read(path) == TWO


def test_a_disk_that_fails_leaves_the_former_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StoreError, match="No space left"):
        configfile.replace(path, ONE, TWO)
    assert [each.name for each in path.parent.iterdir()] == ["config.toml"]
    assert configfile.read(path) == ONE


def test_a_file_that_cannot_be_read_is_an_error_of_the_store(path: Path) -> None:
    with pytest.raises(StoreError, match="cannot read"):
        configfile.read(path.with_name("missing"))
    path.write_bytes(b"\xff")
    with pytest.raises(StoreError, match="not UTF-8"):
        configfile.read(path)


def test_the_new_file_and_then_its_name_are_on_the_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, seen = descriptors(), synchronised(monkeypatch)
    configfile.replace(path, ONE, TWO)
    folder = str(path.parent)
    assert [(name, content) for name, content in seen if name != folder] == [
        (f"{path}.1.new", ONE.encode()),
        (f"{path}.new", TWO.encode()),
    ]
    assert seen[-1] == (folder, b"config.toml\nconfig.toml.1")
    assert descriptors() == before


def test_the_file_keeps_its_owner(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owners: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "fchown", lambda _, user, group: owners.append((user, group)))
    status = path.stat()
    configfile.replace(path, ONE, TWO)
    assert owners == [(status.st_uid, status.st_gid)] * 2


def test_what_an_interrupted_save_left_is_not_in_the_way(path: Path) -> None:
    path.with_name("config.toml.new").write_text("half")
    configfile.replace(path, ONE, TWO)
    assert configfile.read(path) == TWO
