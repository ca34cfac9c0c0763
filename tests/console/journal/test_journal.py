"""The journal with a real database file: what is kept, read back, forgotten, and when it fails."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from console.errors import JournalError
from console.insight.fold import fold_all
from console.journal.files import read_recording, write_recording
from console.journal.keeper import ArrivalsKeeper
from console.journal.recording import Recorder
from console.journal.store import Journal
from console.journal.writer import JournalWriter
from console.model.observations import (
    ArrivalsKept,
    ClockTick,
    Observation,
    OperatorAction,
    PollAnswer,
    PollFailure,
    PollUnchanged,
)
from console.model.phases import Phase
from tests.console.scenes import BACKUP, LOGS, MAIN, NOW, PAIR, answer, empty, failures, pool, trap

STORY: list[Observation] = [
    answer(MAIN, NOW),
    trap("other-server-not-responding", at=NOW + 1),
    *failures(MAIN, NOW + 5),
    answer(BACKUP, NOW + 6, "COMMUNICATIONS-INTERRUPTED"),
]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal.open(f"sqlite:///{tmp_path / 'deep' / 'journal.db'}")
    yield opened
    opened.close()


def test_a_runbook_that_began_before_the_recall_is_still_under_way(journal: Journal) -> None:
    """R-219: a role reversal takes longer than the hour that a start recalls, and a replay begins in its middle."""
    begun = OperatorAction(NOW - 7200, PAIR, "jo", "runbook-start", "role-reversal", {"server": BACKUP})
    ticked = OperatorAction(NOW - 7000, PAIR, "jo", "runbook-step", "role-reversal/swap-b", {"how": "done"})
    other = OperatorAction(NOW - 6900, PAIR, "jo", "acknowledge", "x")
    journal.append([begun, ticked, other, answer(MAIN, NOW)])
    for told in (journal.recall(NOW - 3600, NOW, journal.last()), journal.replayed(NOW - 60, NOW)):
        pair = fold_all(empty(), told).pairs[PAIR]
        assert set(pair.marks) == {"role-reversal/", "role-reversal/swap-b"}
        assert not any("acknowledge" in entry.text for entry in pair.timeline)


def test_a_journal_that_was_deleted_is_begun_anew(tmp_path: Path) -> None:
    """Otherwise everything that follows goes to a file that has no name, and nobody is told."""
    url = f"sqlite:///{tmp_path / 'deep' / 'journal.db'}"
    journal = Journal.open(url)
    journal.append(STORY[:1])
    shutil.rmtree(tmp_path / "deep")
    journal.append(STORY[1:])
    journal.append(STORY[:1])
    reader = Journal.open(url)
    assert list(reader.read(NOW, NOW + 10)) == [*STORY[1:], STORY[0]]
    reader.close()
    journal.close()


def test_what_was_kept_is_read_back_as_it_was(journal: Journal) -> None:
    journal.append(STORY)
    assert list(journal.read(NOW, NOW + 10)) == STORY
    assert list(journal.read(NOW + 1, NOW + 1)) == [STORY[1]]
    assert journal.span() == (NOW, NOW + 6)


def test_a_pair_is_read_alone(journal: Journal) -> None:
    other = PollFailure(NOW, "another-pair", "x", "no")
    journal.append([other, STORY[0]])
    assert list(journal.read(NOW, NOW, PAIR)) == [STORY[0]]


def test_what_is_too_old_is_forgotten(journal: Journal) -> None:
    journal.append(STORY)
    assert journal.forget(NOW + 5) == 4
    assert list(journal.read(0, NOW + 100)) == STORY[4:]


def test_it_is_there_after_closing_and_opening(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    for _ in range(2):
        journal = Journal.open(url)
        journal.append(STORY)
        journal.close()
    again = Journal.open(url)
    assert len(list(again.read(NOW, NOW + 10))) == 2 * len(STORY)
    again.close()


def test_an_entry_of_a_newer_version_is_left_out(journal: Journal, tmp_path: Path) -> None:
    journal.append(STORY[:1])
    raw = sqlite3.connect(tmp_path / "deep" / "journal.db")
    raw.execute(
        "INSERT INTO observations (at, pair, kind, body) VALUES (?, ?, 'new', '{\"kind\": \"new\"}')",
        (NOW, PAIR),
    )
    raw.commit()
    raw.close()
    assert list(journal.read(NOW, NOW)) == STORY[:1]


def test_a_schema_that_is_not_ours_is_refused_with_what_to_do(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    Journal.open(url).close()
    raw = sqlite3.connect(tmp_path / "journal.db")
    raw.execute("UPDATE about SET schema_version = 99")
    raw.commit()
    raw.close()
    with pytest.raises(JournalError, match=r"schema 99.*name another"):
        Journal.open(url)


@pytest.mark.parametrize("url", ["sqlite:////proc/nowhere/journal.db", "nonsense://x", "not a url"])
def test_what_cannot_be_opened_is_said_in_one_line(url: str) -> None:
    with pytest.raises(JournalError) as raised:
        Journal.open(url)
    assert "\n" not in str(raised.value)


def test_equal_polls_cost_next_to_nothing_and_replay_as_live() -> None:
    recorder = Recorder()
    polls = [answer(MAIN, NOW + second) for second in range(180)]
    kept = [each for each in map(recorder.thin, polls) if each is not None]
    assert [type(each) for each in kept].count(PollAnswer) == 3
    assert [type(each) for each in kept].count(PollUnchanged) == 15
    gaps = [later.at - earlier.at for earlier, later in pairwise(kept)]
    assert max(gaps) <= 10


def test_a_change_is_kept_at_once_and_counts_now_and_then() -> None:
    recorder = Recorder()
    counts = [answer(MAIN, NOW + second, pools=[pool("wifi", 100 - second)]) for second in range(11)]
    kept = [each.at - NOW for each in map(recorder.thin, counts) if each is not None]
    assert kept == [0, 5, 10]
    change = answer(MAIN, NOW + 10.5, "COMMUNICATIONS-INTERRUPTED")
    assert recorder.thin(change) is change


def test_the_first_failures_are_all_kept_and_then_one_a_minute() -> None:
    recorder = Recorder()
    polls = failures(MAIN, NOW + 119, 120)
    kept = [each.at - NOW for each in map(recorder.thin, polls) if each is not None]
    assert kept == [0, 1, 2, 62]


def test_the_picture_of_a_recording_is_the_picture_that_was() -> None:
    """Thinned or not, states, alarms and sight are the same at the end."""
    live: list[Observation] = [answer(BACKUP, NOW + each) for each in range(30)]
    live += [answer(BACKUP, NOW + 30 + each, "COMMUNICATIONS-INTERRUPTED") for each in range(25)]
    recorder = Recorder()
    kept = [each for each in map(recorder.thin, live) if each is not None]
    assert len(kept) < len(live) / 3
    was, seems = fold_all(empty(), live).pairs[PAIR], fold_all(empty(), kept).pairs[PAIR]
    assert set(was.alarms) == set(seems.alarms)
    facts = seems.servers[BACKUP].facts
    assert facts is not None
    assert facts.phase is Phase.ALONE


def test_the_writer_keeps_everything_in_order_from_its_own_thread(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    writer = JournalWriter(Journal.open(url), keep_seconds=3600, keep_octets=1 << 30)
    writer.start()
    for each in [*STORY, ClockTick(NOW + 7), *LOGS]:
        writer.keep(each)
    writer.close()
    journal = Journal.open(url)
    assert sorted(map(repr, journal.read(0, NOW + 100))) == sorted(map(repr, [*STORY, *LOGS]))
    journal.close()
    assert (writer.failure, writer.dropped) == (None, 0)


def test_the_writer_says_why_it_cannot_write(tmp_path: Path) -> None:
    journal = Journal.open(f"sqlite:///{tmp_path / 'journal.db'}")
    raw = sqlite3.connect(tmp_path / "journal.db")
    raw.execute("DROP TABLE observations")
    raw.commit()
    raw.close()
    writer = JournalWriter(journal, keep_seconds=3600, keep_octets=1 << 30)
    writer.start()
    writer.keep(STORY[0])
    writer.close()
    assert writer.failure is not None
    assert "cannot" in writer.failure


def test_a_recording_is_handed_on_as_lines_or_as_the_database(tmp_path: Path) -> None:
    lines = tmp_path / "incident.jsonl"
    assert write_recording(lines, STORY) == len(STORY)
    assert read_recording(lines).observations == STORY
    database = tmp_path / "journal.db"
    journal = Journal.open(f"sqlite:///{database}")
    journal.append(STORY)
    journal.close()
    assert read_recording(database).observations == STORY


@pytest.mark.parametrize("content", [b"hello\n", b"[1]\n", b'{"kind": "log"}\n', b"\xff\xfe"])
def test_a_file_that_is_no_recording_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(JournalError):
        read_recording(path)


def test_a_recording_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="nothing-here"):
        read_recording(tmp_path / "nothing-here")
    assert os.listdir(tmp_path) == []


def test_a_day_of_arrivals_is_there_again_after_a_restart(journal: Journal) -> None:
    """Recalled is an hour; what was kept of the day before comes with it, and the counters fill what lies between."""
    day = [
        answer(MAIN, NOW + 600 * step, pools=[pool("wifi", 400, 400, 4096, new_clients=10 * step)])
        for step in range(160)
    ]
    end = day[-1].at
    at = end - 2 * 3600
    before = fold_all(empty(), [each for each in day if each.at <= at])
    keeper = ArrivalsKeeper()
    assert list(keeper.due(before, at - 3600)) == []
    journal.append([*day, *keeper.due(before, at)])
    always = fold_all(empty(), day).pairs[PAIR].servers[MAIN].arrivals["wifi"]
    for told in (journal.recall(end - 3600, end, upto=journal.last()), journal.replayed(end - 3600, end)):
        observations = list(told)
        assert min(each.at for each in observations if not isinstance(each, ArrivalsKept)) >= end - 3600
        again = fold_all(empty(), observations, judges=False).pairs[PAIR].servers[MAIN].arrivals["wifi"]
        assert again.since == always.since
        assert dict(again.hours) == pytest.approx(dict(always.hours), abs=0.1)
