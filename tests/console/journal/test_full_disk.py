"""A disk that is really full: the journal says so, keeps what waits, and writes it when there is room again."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.journal import writer as writing
from console.journal.store import Journal
from console.journal.writer import JournalWriter
from console.model.observations import LogLine
from tests.console.scenes import MAIN, NOW, PAIR
from tests.live.pair import eventually
from tests.peers.programs import missing, need_root


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one mebibyte."""
    need_root()
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        missing("file systems cannot be mounted")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.peer
def test_a_full_disk_is_said_and_loses_nothing(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "RETRY_SECONDS", 0.05)
    url = f"sqlite:///{disk / 'journal.db'}"
    journal = Journal.open(url)
    writer = JournalWriter(journal, keep_seconds=1e9, keep_octets=1 << 30)
    writer.start()
    filler = disk / "filler"
    room = 900_000
    while room > 1000:
        try:
            with filler.open("ab") as file:
                file.write(bytes(room))
        except OSError:
            room //= 2
    for number in range(200):
        writer.keep(LogLine(NOW + number, PAIR, MAIN, "x" * 2000))
    eventually("it says that it cannot write", lambda: writer.failure)
    assert "full" in (writer.failure or "")
    assert "journal" in (writer.failure or "")
    filler.unlink()
    eventually("it writes again", lambda: writer.failure is None)
    writer.close()
    again = Journal.open(url)
    assert len(list(again.read(0, NOW + 1000))) == 200
    again.close()
    assert writer.dropped == 0
