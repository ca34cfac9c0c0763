"""Archives of a data directory: complete, checked, and refused while a server runs (R-207 to R-209)."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.runtime.datadir import DataDirectory
from dhcpserver.storage.archive import MANIFEST, ArchiveError, create, read, restore
from dhcpserver.storage.leasestore import LeaseStore
from tests.storage.durability import descriptors, synchronised
from tests.storage.test_leasestore import FIRST, book, leased

NOW = 1_700_000_000.0


def data(folder: Path) -> Path:
    """A data directory as a server that was killed leaves it."""
    directory = folder / "dhcp-a"
    opened = DataDirectory(directory)
    opened.config.write_text('[server]\nname = "dhcp-a"\n', encoding="utf-8")
    (directory / "logs" / "name_dhcp_1_log").write_text("a line\n", encoding="utf-8")
    (directory / "leases.db").write_bytes(bytes(range(256)) * 9000)
    (directory / "leases.db-wal").write_bytes(b"unfinished")
    (directory / "leases.db-shm").write_bytes(b"of this process")
    opened.close()
    return directory


def contents(directory: Path) -> dict[str, bytes]:
    left_out = {"lock", "leases.db-shm"}
    files = (path for path in directory.rglob("*") if path.is_file() and path.name not in left_out)
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in files}


def test_a_restored_directory_is_what_was_archived(tmp_path: Path) -> None:
    """R-208, R-209."""
    directory = data(tmp_path)
    before = contents(directory)
    made = create(directory, tmp_path / "a.tar.gz", NOW, "1.2.3")
    assert {each.name for each in made.entries} == set(before)
    assert read(tmp_path / "a.tar.gz") == made
    (directory / "config.toml").write_text("damaged by the upgrade", encoding="utf-8")
    (directory / "of-the-new-version").touch()
    restored, former = restore(tmp_path / "a.tar.gz", directory, NOW + 60, replaces=True)
    assert restored == made
    assert contents(directory) == before
    assert former is not None
    assert (former / "of-the-new-version").exists(), "what was replaced is kept"
    opened = DataDirectory(directory)
    assert opened.uid.hex() == made.uid
    opened.close()


def test_the_store_of_a_server_that_was_killed_is_restored_with_its_last_turn(tmp_path: Path) -> None:
    """R-209: the rows that are in the log of sqlite only are not lost."""
    directory = tmp_path / "dhcp-a"
    opened = DataDirectory(directory)
    store = LeaseStore(opened.leases)
    first = book()
    leased(first, FIRST)
    store.commit(first.take_changes())
    opened.close()  # The store is not closed: its log is not merged.
    assert (directory / "leases.db-wal").stat().st_size
    create(directory, tmp_path / "a.tar.gz", NOW, "1.2.3")
    restore(tmp_path / "a.tar.gz", tmp_path / "dhcp-b", NOW, replaces=False)
    again = book()
    reopened = LeaseStore(tmp_path / "dhcp-b" / "leases.db")
    reopened.load(again)
    found = again.get(FIRST)
    assert found is not None
    assert found.client_id == b"\1client"
    reopened.close()
    store.close()


def test_an_archive_is_on_the_disk_when_it_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory, file = data(tmp_path), tmp_path / "a.tar.gz"
    before, seen = descriptors(), synchronised(monkeypatch)
    create(directory, file, NOW, "1.2.3")
    assert [name for name, _ in seen] == [str(tmp_path / ".a.tar.gz.new"), str(tmp_path)]
    assert seen[0][1] == file.read_bytes()
    assert b"a.tar.gz" in seen[1][1].split(b"\n")
    assert descriptors() == before


def test_a_restored_directory_is_on_the_disk_when_it_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory, file = data(tmp_path), tmp_path / "a.tar.gz"
    create(directory, file, NOW, "1.2.3")
    target, seen = tmp_path / "there" / "dhcp-b", synchronised(monkeypatch)
    restore(file, target, NOW, replaces=False)
    unfinished = f"{target.parent}/.dhcp-b.restored"
    found = {
        name.removeprefix(f"{unfinished}/"): content for name, content in seen if name.startswith(f"{unfinished}/")
    }
    folders = {"logs"}
    assert {name: each for name, each in found.items() if name not in folders} == contents(target)
    assert [name for name, _ in seen if name in (unfinished, f"{unfinished}/logs")] == [
        unfinished,
        f"{unfinished}/logs",
    ]
    assert seen[-1] == (str(target.parent), b"dhcp-b")


def test_an_empty_directory_is_used_and_what_a_failed_restore_left_is_removed(tmp_path: Path) -> None:
    directory, file = data(tmp_path), tmp_path / "a.tar.gz"
    create(directory, file, NOW, "1.2.3")
    target = tmp_path / "dhcp-b"
    (tmp_path / ".dhcp-b.restored" / "logs").mkdir(parents=True)
    target.mkdir()
    (target / "lock").touch()
    _, former = restore(file, target, NOW, replaces=False)
    assert former is None
    assert contents(target) == contents(directory)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.tar.gz", "dhcp-a", "dhcp-b"]
    assert {each.stat().st_mode & 0o777 for each in (target, target / "logs")} == {0o700}


def test_two_restores_within_a_second_keep_both_former_directories(tmp_path: Path) -> None:
    directory, file = data(tmp_path), tmp_path / "a.tar.gz"
    create(directory, file, NOW, "1.2.3")
    formers = [restore(file, directory, NOW, replaces=True)[1] for _ in range(2)]
    assert len(set(formers)) == 2
    assert all(each is not None and each.is_dir() for each in formers)


def test_a_running_server_is_neither_archived_nor_replaced(tmp_path: Path) -> None:
    """R-208: the server is stopped first."""
    directory = data(tmp_path)
    create(directory, tmp_path / "a.tar.gz", NOW, "1.2.3")
    running = DataDirectory(directory)
    before = contents(directory)
    with pytest.raises(ArchiveError, match="stop the server first"):
        create(directory, tmp_path / "b.tar.gz", NOW, "1.2.3")
    with pytest.raises(ArchiveError, match="stop the server first"):
        restore(tmp_path / "a.tar.gz", directory, NOW, replaces=True)
    running.close()
    assert contents(directory) == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.tar.gz", "dhcp-a"]


def test_nothing_is_replaced_without_a_word(tmp_path: Path) -> None:
    directory = data(tmp_path)
    create(directory, tmp_path / "a.tar.gz", NOW, "1.2.3")
    with pytest.raises(ArchiveError, match="exists"):
        create(directory, tmp_path / "a.tar.gz", NOW, "1.2.3")
    with pytest.raises(ArchiveError, match="not empty"):
        restore(tmp_path / "a.tar.gz", directory, NOW, replaces=False)
    with pytest.raises(ArchiveError, match="outside"):
        create(directory, directory / "a.tar.gz", NOW, "1.2.3")
    with pytest.raises(ArchiveError, match="no data directory"):
        create(tmp_path, tmp_path.parent / "b.tar.gz", NOW, "1.2.3")


def test_an_archive_has_secrets_and_belongs_to_its_owner(tmp_path: Path) -> None:
    directory = data(tmp_path)
    create(directory, tmp_path / "a.tar.gz", NOW, "1.2.3")
    assert (tmp_path / "a.tar.gz").stat().st_mode & 0o777 == 0o600
    restore(tmp_path / "a.tar.gz", tmp_path / "dhcp-b", NOW, replaces=False)
    assert (tmp_path / "dhcp-b" / "secret").stat().st_mode & 0o777 == 0o600


Change = Callable[[list[tuple[str, bytes]]], list[tuple[str, bytes]]]


def rewritten(file: Path, change: Change) -> None:
    """The archive with other members."""
    with tarfile.open(file) as archive:
        members = []
        for member in archive:
            content = archive.extractfile(member)
            assert content is not None
            members.append((member.name, content.read()))
    with tarfile.open(file, "w:gz") as archive:
        for name, octets in change(members):
            member = tarfile.TarInfo(name)
            member.size = len(octets)
            archive.addfile(member, io.BytesIO(octets))


def listed(**changed: Any) -> Change:
    """A manifest with a changed first entry, and the file accordingly."""

    def change(members: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        document = json.loads(members[0][1])
        first = document["entries"][0]
        content = dict(members)[first["name"]]
        first.update(changed)
        others = [each for each in members[1:] if each[1] is not content]
        return [(MANIFEST, json.dumps(document).encode()), (first["name"], content), *others]

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda members: members[1:],
        lambda members: members[:-1],
        lambda members: [*members, ("more", b"")],
        lambda members: [members[0], *reversed(members[1:])],
        lambda members: [members[0], (members[1][0], members[1][1][:-1] + b"?"), *members[2:]],
        lambda members: [(MANIFEST, b"{"), *members[1:]],
        lambda members: [(MANIFEST, members[0][1].replace(b'"format": 1', b'"format": 2')), *members[1:]],
        listed(name="../outside"),
        listed(name="/etc/outside"),
        listed(name="a/../../outside"),
        listed(name="lock"),
        listed(name="state.json"),
        listed(size=-1),
        listed(size=1),
        listed(sha256="short"),
    ],
    ids=[
        "no manifest", "a file is missing", "a file more", "another order", "an octet is changed", "no JSON",
        "another format", "above", "absolute", "above within", "lock", "twice", "size", "another size", "digest",
    ],
)  # fmt: skip
def test_a_damaged_or_forged_archive_changes_nothing(tmp_path: Path, change: Change) -> None:
    directory = data(tmp_path)
    file = tmp_path / "a.tar.gz"
    create(directory, file, NOW, "1.2.3")
    before = contents(directory)
    rewritten(file, change)
    with pytest.raises(ArchiveError):
        restore(file, directory, NOW, replaces=True)
    assert contents(directory) == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.tar.gz", "dhcp-a"]


@given(st.binary(max_size=300), st.booleans())
def test_any_octets_are_an_error_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes, packed: bool
) -> None:
    file = tmp_path_factory.mktemp("archive") / "a.tar.gz"
    file.write_bytes(gzip.compress(octets) if packed else octets)
    with pytest.raises(ArchiveError):
        read(file)


@pytest.mark.parametrize("kept", [0, 10, 200, 2000])
def test_an_archive_that_was_cut_off_is_damaged(tmp_path: Path, kept: int) -> None:
    file = tmp_path / "a.tar.gz"
    create(data(tmp_path), file, NOW, "1.2.3")
    whole = file.read_bytes()
    assert len(whole) > kept
    file.write_bytes(whole[:kept])
    with pytest.raises(ArchiveError):
        read(file)
