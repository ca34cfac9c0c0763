"""A journal that is damaged or deleted under a running console: noticed, said once, replaced, and kept. Real files."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from console.collector.health import ProcessHealth
from console.collector.opening import read_journal
from console.collector.participant import Participant
from console.doctor.files import check_journal
from console.doctor.results import Health
from console.incidents.saving import JournalIncidents, incident_details
from console.insight.fold import fold_all
from console.journal.damage import damage_of, renamed
from console.journal.store import Journal
from console.journal.writer import READ_ALL_EVERY_SECONDS, JournalWriter
from console.model.observations import AlarmsKept, Observation, PollAnswer, PollUnchanged
from console.state.store import PictureStore
from tests.console.journal.test_damage import settings_with
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, answer, empty
from tests.live.pair import eventually

DAY = 86400.0


def overwrite_all(path: Path) -> None:
    path.write_bytes(b"\xff" * path.stat().st_size)


def overwrite_pages(path: Path) -> None:
    """Every page but the first, as a bad disk does."""
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)


def overwrite_beginning(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\0" * 4096)


def cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def empty_it(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(0)


def unlink(path: Path) -> None:
    for each in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        each.unlink(missing_ok=True)


def move_away(path: Path) -> None:
    path.rename(path.with_name("elsewhere.db"))


DAMAGES: list[Callable[[Path], None]] = [
    overwrite_all,
    overwrite_beginning,
    overwrite_pages,
    cut,
    empty_it,
    unlink,
    move_away,
]
KEPT = (overwrite_all, overwrite_beginning, overwrite_pages, cut, empty_it)


def running(path: Path) -> tuple[Journal, JournalWriter]:
    """A journal with some thousand entries in its file, and a writer that has written to it."""
    first = Journal.open(f"sqlite:///{path}")
    first.append([answer(MAIN, NOW + number) for number in range(300)])
    first.close()  # The log is written back to the file.
    journal = Journal.open(f"sqlite:///{path}")
    writer = JournalWriter(journal, keep_seconds=1e9, keep_octets=1 << 30)
    writer.start()
    writer.keep(answer(MAIN, NOW + 400))
    writer.keep(answer(BACKUP, NOW + 400))
    eventually("both are written", lambda: journal.span() == (NOW, NOW + 400))
    return journal, writer


def keep_on(writer: JournalWriter, until: Callable[[], object], start: float) -> float:
    """Equal answers of both servers, one a second of the recorded time, until something is seen."""
    deadline, at = time.monotonic() + 20, start
    while not until() and time.monotonic() < deadline:
        at += 1
        for server in (MAIN, BACKUP):
            writer.keep(answer(server, at))
        time.sleep(0.01)
    assert until()
    return at


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: each.__name__)
def test_it_is_noticed_said_once_and_begun_again_with_a_whole_picture(
    damage: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "journal.db"
    journal, writer = running(path)
    damage(path)
    at = keep_on(writer, lambda: writer.news, NOW + 401)
    keep_on(writer, lambda: journal.last() > 3, at)
    writer.close()
    (said,) = writer.news
    assert str(path) in said
    assert "a new one was begun" in said
    assert ProcessHealth(writer)()[0]["source"] == said
    again = Journal.open(f"sqlite:///{path}")
    read = list(again.read(0, NOW + 1e6))
    again.close()
    for server in (MAIN, BACKUP):
        first = next(each for each in read if getattr(each, "server", "") == server)
        assert isinstance(first, PollAnswer), "a recording begins with whole answers"
    picture = fold_all(empty(), read).pairs[PAIR]
    assert all(server.facts is not None for server in picture.servers.values())
    if damage in KEPT:
        (old,) = renamed(f"sqlite:///{path}")
        assert str(old) in said


def test_a_page_that_nobody_reads_is_noticed_within_an_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits of the journal read all entries; the pages of its indexes are read by nothing."""
    monkeypatch.setattr(Journal, "forget", lambda self, before: 0)
    monkeypatch.setattr(Journal, "shrink", lambda self, most: 0)
    path = tmp_path / "journal.db"
    _, writer = running(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pages = path.stat().st_size // 4096
    assert pages > 60
    with path.open("r+b") as file:
        file.seek(pages // 2 * 4096)
        file.write(b"\xa5" * 4096)
    writer.keep(answer(MAIN, NOW + 401 + READ_ALL_EVERY_SECONDS))
    eventually("it is noticed", lambda: writer.news)
    assert "damaged: it was renamed to" in writer.news[0]
    writer.close()


def test_a_journal_that_is_deleted_while_nothing_is_written_is_noticed_within_seconds(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    _, writer = running(path)
    unlink(path)
    eventually("it is noticed", lambda: writer.news)
    assert path.exists()
    writer.close()


def test_all_alarms_are_kept_again_in_the_new_journal(tmp_path: Path) -> None:
    """What the keeper has written to the old one is not there any more."""
    path = tmp_path / "journal.db"
    journal, writer = running(path)
    store = PictureStore(empty(), lambda: NOW + 500, ZONE, writer.keep)

    async def nothing() -> None:
        """No source."""

    participant = Participant(store, nothing, journal, None, writer.keep)
    writer.begun_again = participant.begin_again

    def kept() -> list[Observation]:
        return [each for keeper in participant._keepers for each in keeper.due(store.picture, NOW + 500)]

    assert any(isinstance(each, AlarmsKept) for each in kept())
    assert kept() == []
    unlink(path)
    eventually("it is noticed", lambda: writer.news)
    eventually("they are due again", lambda: any(isinstance(each, AlarmsKept) for each in kept()))
    writer.close()


def test_a_reader_goes_on_in_the_new_journal(tmp_path: Path) -> None:
    """Its numbers begin again: what others write there is read."""
    path = tmp_path / "journal.db"
    journal, writer = running(path)
    number = journal.last()
    unlink(path)
    eventually("it is noticed", lambda: writer.news)
    other = Journal.open(f"sqlite:///{path}")
    other.append([answer(MAIN, NOW + 900)])
    number, found = journal.others_since(number)
    if not found:
        number, found = journal.others_since(number)
    assert [each.at for each in found] == [NOW + 900]
    other.close()
    writer.close()


def test_a_reader_misses_nothing_in_a_new_journal_that_has_more_entries_than_the_old_one_had(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal.open(f"sqlite:///{path}")
    journal.append([answer(MAIN, NOW + each) for each in range(5)])
    number = journal.last()
    unlink(path)
    other = Journal.open(f"sqlite:///{path}")
    other.append([answer(MAIN, NOW + 900 + each) for each in range(9)])
    assert journal.look()
    number, found = journal.others_since(number)
    assert [each.at for each in found] == [NOW + 900 + each for each in range(9)]
    assert journal.others_since(number) == (number, [])
    other.close()
    journal.close()


def test_files_of_a_deleted_database_do_not_come_into_the_new_one(tmp_path: Path) -> None:
    """Its log and its index stay when only the database is deleted; readers of the old one have them open."""
    path = tmp_path / "journal.db"
    journal = Journal.open(f"sqlite:///{path}")
    journal.append([answer(MAIN, NOW + each) for each in range(500)])
    with journal.engine.connect() as reader:
        reader.exec_driver_sql("BEGIN")
        assert reader.exec_driver_sql("SELECT count(*) FROM observations").scalar() == 500
        index = path.with_name("journal.db-shm").stat().st_ino
        path.unlink()
        assert journal.look()
        assert path.with_name("journal.db-shm").stat().st_ino != index
        journal.append([answer(BACKUP, NOW + 900)])
        assert reader.exec_driver_sql("SELECT count(*) FROM observations").scalar() == 500
    assert [each.at for each in journal.read(0, NOW + 1e6)] == [NOW + 900]
    assert damage_of(path) is None
    journal.close()


@pytest.mark.parametrize("damage", [each for each in DAMAGES if each in KEPT], ids=lambda each: each.__name__)
def test_the_doctor_says_so_before_and_after(damage: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    settings = settings_with(path)
    _, writer = running(path)
    writer.close()
    assert next(iter(check_journal(settings))).health is Health.OK
    damage(path)
    assert any("is damaged" in each.fact for each in check_journal(settings))
    state = read_journal(settings)
    assert state.journal is not None
    state.journal.close()
    # Of an empty file there is nothing to keep.
    assert any(each.what == "damaged journal" for each in check_journal(settings)) is (damage is not empty_it)


def test_a_saved_incident_says_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    url = f"sqlite:///{path}"
    journal, writer = running(path)
    overwrite_beginning(path)
    at = keep_on(writer, lambda: writer.news, NOW + 401)
    at = keep_on(writer, lambda: journal.last() > 3, at)
    writer.close()
    details = incident_details(empty().pairs[PAIR], NOW, at + 10, at + 10, "jo", "")
    saved = JournalIncidents(url, tmp_path / "incidents").save(details)
    assert saved.observations > 0
    (old,) = renamed(url)
    assert "the journal begins at 2026-07-15" in saved.note
    assert str(old) in saved.note


def test_the_entries_that_refer_to_the_old_journal_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal.open(f"sqlite:///{path}")
    writer = JournalWriter(journal, keep_seconds=1e9, keep_octets=1 << 30)
    unlink(path)
    writer._append([PollUnchanged(NOW, PAIR, MAIN), answer(BACKUP)])
    assert [type(each) for each in journal.read(0, NOW + 1)] == [PollAnswer]
    journal.close()
