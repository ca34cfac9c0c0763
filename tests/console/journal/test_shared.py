"""One journal for several consoles, on SQLite and on PostgreSQL: one schema, the same answers."""

import json
import sqlite3
import threading
from pathlib import Path

import pytest

from console.errors import JournalError
from console.insight.fold import fold_all
from console.journal.election import holder, seat
from console.journal.keeper import CHANGED_SECONDS, UNCHANGED_SECONDS, AlarmKeeper
from console.journal.store import Journal
from console.model.alarm_records import kept_alarms, read_alarms
from console.model.observations import AlarmsKept, LogLine, Observation, OperatorAction, PollFailure, as_json
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, answer, empty, failures, trap

STORY: list[Observation] = [
    answer(MAIN, NOW),
    trap("other-server-not-responding", at=NOW + 1),
    *failures(MAIN, NOW + 5),
    LogLine(NOW + 7, PAIR, BACKUP, "hostile \ufffd and text"),
]


def test_what_one_writes_another_reads_and_nobody_reads_its_own_words(url: str) -> None:
    mine, yours = Journal.open(url), Journal.open(url)
    mine.append(STORY)
    acknowledged = OperatorAction(NOW + 8, PAIR, "jo", "acknowledge", "an-alarm")
    yours.append([acknowledged])
    assert list(mine.read(NOW, NOW + 10)) == [*STORY, acknowledged]
    assert mine.others_since(0)[1] == [acknowledged]
    number, seen = yours.others_since(0, most=2)
    assert seen == STORY[:2]
    number, more = yours.others_since(number)
    assert more == STORY[2:]
    assert yours.others_since(number) == (number, [])
    assert number == mine.last()
    mine.close()
    yours.close()


def test_nobody_who_reads_on_misses_an_entry_while_many_write(url: str) -> None:
    """Numbers become visible in their order, or a reader would go past one that is still on its way."""
    writers = [Journal.open(url) for _ in range(3)]
    reader = Journal.open(url)
    number, seen = 0, 0

    def write(journal: Journal, which: int) -> None:
        for count in range(40):
            journal.append([PollFailure(NOW + count, PAIR, f"server-{which}", "no")] * 3)

    threads = [threading.Thread(target=write, args=(journal, which)) for which, journal in enumerate(writers)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        number, found = reader.others_since(number)
        seen += len(found)
    number, found = reader.others_since(number, most=1000)
    assert seen + len(found) == 3 * 40 * 3
    for journal in (*writers, reader):
        journal.close()


def test_the_seat_has_one_holder_and_passes_on(url: str) -> None:
    one, two = Journal.open(url), Journal.open(url)
    first, second = seat(one), seat(two)
    assert first.take()
    assert first.take(), "it is kept"
    assert not second.take()
    assert "process" in (holder(two) or "")
    first.leave()
    assert second.take()
    second.leave()
    one.close()
    two.close()


def test_alarms_survive_a_restart_however_old_they_are(url: str) -> None:
    """An address conflict has no clearing trap: it stands until a person ends it, even when the trap is forgotten."""
    conflict = trap("address-conflict", at=NOW, contested_address="192.0.2.9")
    before = fold_all(empty(), [conflict, OperatorAction(NOW + 1, PAIR, "jo", "acknowledge", "unknown")])
    assert before.pairs[PAIR].alarms
    journal = Journal.open(url)
    journal.append([conflict])
    journal.append(AlarmKeeper().due(before, NOW + 60))
    later = NOW + 9 * 86_400
    journal.forget(NOW + 30)
    journal.append([answer(MAIN, later)])
    after = fold_all(empty(), journal.recall(later - 3600, later + 1, journal.last()))
    assert after.pairs[PAIR].alarms == before.pairs[PAIR].alarms
    played = fold_all(empty(), journal.replayed(later - 3600, later + 1))
    assert played.pairs[PAIR].alarms == before.pairs[PAIR].alarms
    journal.close()


def test_the_latest_alarms_count_and_earlier_ones_do_not(url: str) -> None:
    journal = Journal.open(url)
    stood = fold_all(empty(), [trap("address-conflict", at=NOW, contested_address="192.0.2.9")])
    journal.append([AlarmsKept(NOW + 1, PAIR, kept_alarms(stood.pairs[PAIR].alarms.values()))])
    journal.append([answer(MAIN, NOW + 2), AlarmsKept(NOW + 3, PAIR, ())])
    found = list(journal.recall(NOW, NOW + 10, journal.last()))
    assert [type(each).__name__ for each in found] == ["PollAnswer", "AlarmsKept"]
    assert fold_all(empty(), found).pairs[PAIR].alarms == {}
    journal.close()


def test_it_keeps_within_its_size(url: str) -> None:
    journal = Journal.open(url)
    for number in range(200):
        journal.append([LogLine(NOW + number, PAIR, MAIN, "x" * 1000)])
    assert journal.shrink(1 << 30) == 0
    gone = journal.shrink(100_000)
    left = list(journal.read(0, NOW + 1000))
    assert gone + len(left) == 200
    assert 50 < len(left) <= 100
    assert left[-1].at == NOW + 199, "the oldest went"
    assert journal.shrink(100_000) == 0
    journal.close()


def test_a_database_that_is_not_there_is_an_error_in_a_line_without_the_password() -> None:
    with pytest.raises(JournalError) as caught:
        Journal.open("postgresql+psycopg://jo:secret@127.0.0.1:1/none")
    text = str(caught.value)
    assert "secret" not in text
    assert "\n" not in text
    assert "127.0.0.1" in text


def test_a_journal_of_the_first_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with sqlite3.connect(path) as old:
        old.executescript(
            "CREATE TABLE observations (id INTEGER PRIMARY KEY, at FLOAT NOT NULL, pair VARCHAR(255) NOT NULL,"
            " kind VARCHAR(32) NOT NULL, body TEXT NOT NULL);"
            "CREATE TABLE about (schema_version INTEGER NOT NULL); INSERT INTO about VALUES (1);"
        )
        old.execute(
            "INSERT INTO observations (at, pair, kind, body) VALUES (?, ?, 'poll-failure', ?)",
            (NOW, PAIR, json.dumps(as_json(PollFailure(NOW, PAIR, "x", "no")))),
        )
    old.close()
    for _ in range(2):
        journal = Journal.open(f"sqlite:///{path}")
        assert list(journal.read(0, NOW)) == [PollFailure(NOW, PAIR, "x", "no")]
        journal.append([PollFailure(NOW + 1, PAIR, "x", "no")])
        journal.close()


def test_alarms_are_kept_soon_after_a_change_and_seldom_without() -> None:
    keeper = AlarmKeeper()
    quiet = empty()
    assert [kept.alarms for kept in keeper.due(quiet, NOW - 20)] == [(), ()], "the pair's and the console's own"
    assert not list(keeper.due(quiet, NOW - 5)), "a pair without alarms has nothing more to keep"
    raised = fold_all(quiet, [trap("address-conflict", at=NOW, contested_address="192.0.2.9")])
    assert len(list(keeper.due(raised, NOW))) == 1
    again = fold_all(raised, [trap("address-conflict", at=NOW + 1, contested_address="192.0.2.10")])
    assert not list(keeper.due(again, NOW + CHANGED_SECONDS - 1)), "a storm is kept now and then"
    (kept,) = keeper.due(again, NOW + CHANGED_SECONDS)
    assert read_alarms(kept.alarms) == dict(again.pairs[PAIR].alarms)
    assert not list(keeper.due(again, NOW + UNCHANGED_SECONDS - 30))
    assert len(list(keeper.due(again, NOW + CHANGED_SECONDS + UNCHANGED_SECONDS))) == 2


def test_alarms_that_cannot_be_read_are_left_out_and_unknown_fields_are_skipped() -> None:
    stood = fold_all(empty(), [trap("address-conflict", at=NOW, contested_address="192.0.2.9")]).pairs[PAIR].alarms
    (good,) = kept_alarms(stood.values())
    newer = {**good, "id": "newer", "something": 1}
    bad = [{"id": "x"}, {**good, "severity": "loud"}, {**good, "sources": None}]
    assert set(read_alarms([good, newer, *bad])) == {good["id"], "newer"}
