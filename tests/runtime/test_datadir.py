"""The stored failover state: what cannot be read again is not stored, and what cannot be read is set aside."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.runtime.datadir import DataDirectory
from dhcpserver.storage.errors import StoreError

RECORD = FailoverRecord(State.NORMAL, 1_700_000_000, True, ever_communicated=True)


@contextmanager
def opened(path: Path) -> Iterator[DataDirectory]:
    with closing(DataDirectory(path)) as directory:
        yield directory


def test_the_record_is_read_again(tmp_path: Path) -> None:
    with opened(tmp_path) as first:
        first.write_record(RECORD)
    with opened(tmp_path) as second:
        assert (second.uid, second.record, second.unreadable) == (first.uid, RECORD, None)


@pytest.mark.parametrize("changes", [{"partner_down_time": -62_135_647_200}, {"since": 1 << 40}, {"last_contact": -1}])
def test_a_record_that_could_not_be_read_is_not_stored(tmp_path: Path, changes: dict[str, int]) -> None:
    """A request with a date in the year 1 made a server that did not start again (case S10)."""
    with opened(tmp_path) as directory:
        directory.write_record(RECORD)
        with pytest.raises(StoreError, match="not stored"):
            directory.write_record(replace(RECORD, **changes))  # type: ignore[arg-type]
    with opened(tmp_path) as directory:
        assert directory.record == RECORD


UID = "00" * 16
UNREADABLE = (
    b"",
    b"\0" * 300,
    b"{",
    b"[]",
    b"[" * 100_000,
    b"\xff\xfe",
    b'{"failover": null}',
    b'{"uid": "zz", "failover": null}',
    b'{"uid": "00", "failover": null}',
    json.dumps({"uid": UID, "failover": {"schema": 99}}).encode(),
    json.dumps({"uid": UID, "failover": RECORD.as_json() | {"partner_down_time": -1}}).encode(),
    json.dumps({"uid": UID, "failover": RECORD.as_json() | {"state": "HIBERNATING"}}).encode(),
    json.dumps({"uid": UID, "failover": "NORMAL"}).encode(),
)


@pytest.mark.parametrize("octets", UNREADABLE, ids=[str(place) for place in range(len(UNREADABLE))])
def test_an_unreadable_record_is_set_aside(tmp_path: Path, octets: bytes) -> None:
    """The server starts, in RECOVER; the file stays for a person to read."""
    (tmp_path / "state.json").write_bytes(octets)
    with opened(tmp_path) as directory:
        assert directory.record is None
        assert directory.unreadable
        assert len(directory.uid) == 16
        assert (tmp_path / "state.json.unreadable").read_bytes() == octets
        directory.write_record(FailoverRecord.recovering(True, 1_700_000_000))
    with opened(tmp_path) as again:
        assert again.unreadable is None
        assert again.record is not None
        assert (again.record.state, again.uid) == (State.RECOVER, directory.uid)


def test_the_identity_survives_an_unreadable_record(tmp_path: Path) -> None:
    """A new identity makes the partner send everything; it is needed only if the old one cannot be read."""
    uid = "0123456789abcdef" * 2
    (tmp_path / "state.json").write_text(json.dumps({"uid": uid, "failover": {"schema": 99}}))
    with opened(tmp_path) as directory:
        assert directory.uid.hex() == uid


def test_the_files_are_where_the_documentation_has_them(tmp_path: Path) -> None:
    """Files of a server: config.toml, leases.*, state.json, logs/."""
    with opened(tmp_path / "new" / "data") as directory:
        assert directory.config == tmp_path / "new" / "data" / "config.toml"
        assert directory.leases.parent == directory.state.parent == directory.path
        assert (directory.leases.stem, directory.state.name) == ("leases", "state.json")
        assert directory.logs.is_dir()


def test_a_directory_is_used_by_one_server(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(StoreError, match="in use by another server"):
        DataDirectory(tmp_path)
    with opened(tmp_path):
        pass


def test_a_directory_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot use"):
        DataDirectory(tmp_path / "file")
    (tmp_path / "data" / "state.json.new").mkdir(parents=True)
    (tmp_path / "data" / "state.new").mkdir()
    with pytest.raises(StoreError, match="cannot write"):
        DataDirectory(tmp_path / "data")
    (tmp_path / "other" / "state.json").mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot read"):
        DataDirectory(tmp_path / "other")
    (tmp_path / "third" / "state.json.unreadable" / "x").mkdir(parents=True)
    (tmp_path / "third" / "state.json").write_text("{")
    with pytest.raises(StoreError, match="cannot rename"):
        DataDirectory(tmp_path / "third")
