"""The secret of a data directory: made once, readable for its owner only."""

from pathlib import Path

import pytest

from dhcpserver.storage import secretfile
from dhcpserver.storage.errors import StoreError
from tests.storage.durability import synchronised


def test_it_is_made_once_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    octets = secretfile.read_or_create(path)
    assert len(octets) == secretfile.OCTETS
    assert secretfile.read_or_create(path) == octets
    assert path.stat().st_mode & 0o777 == 0o600
    assert secretfile.read_or_create(tmp_path / "other") != octets


def test_a_damaged_one_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"short")
    octets = secretfile.read_or_create(path)
    assert len(octets) == secretfile.OCTETS
    assert secretfile.read_or_create(path) == octets


def test_a_disk_that_does_not_work_is_an_error_of_the_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot write"):
        secretfile.read_or_create(tmp_path / "missing" / "secret")
    with pytest.raises(StoreError, match="cannot read"):
        secretfile.read_or_create(tmp_path)


def test_a_new_one_is_on_the_disk_before_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = synchronised(monkeypatch)
    octets = secretfile.read_or_create(tmp_path / "secret")
    assert seen == [(str(tmp_path / "secret"), octets)]
