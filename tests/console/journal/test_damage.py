"""A damaged journal is set aside and a new one begun; a recording with bad lines is read for the rest."""

import gzip
import json
from pathlib import Path

import pytest

from console.collector.opening import read_journal
from console.journal.damage import set_aside
from console.journal.files import read_recording
from console.journal.store import Journal
from console.model.observations import as_json
from console.settings.document import Settings
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, answer


def settings_with(journal: Path) -> Settings:
    servers = [
        {"name": name, "role": role, "api": "http://127.0.0.1:1", "user": "u"}
        for name, role in ((MAIN, "main"), (BACKUP, "backup"))
    ]
    return Settings.model_validate({"pair": [{"name": PAIR, "server": servers}], "console": {"journal": str(journal)}})


@pytest.mark.parametrize("damage", ["text", "a page in the middle"])
def test_a_damaged_journal_is_set_aside_with_a_word_and_recording_goes_on(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    if damage == "text":
        path.write_bytes(b"not a database" * 1000)
    else:
        journal = Journal.open(f"sqlite:///{path}")
        journal.append([answer(MAIN, NOW + number) for number in range(200)])
        journal.close()
        data = bytearray(path.read_bytes())
        data[200:] = b"\xff" * (len(data) - 200)
        path.write_bytes(data)
    state = read_journal(settings_with(path))
    assert state.journal is not None
    assert state.fault is not None
    (aside,) = [each for each in tmp_path.glob("journal.db.damaged-*") if not each.name.endswith(("-wal", "-shm"))]
    assert str(aside) in state.fault
    state.journal.append([answer(MAIN, NOW)])
    assert state.journal.last() == 1
    state.journal.close()


def test_a_journal_that_is_sound_or_may_not_be_read_stays(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal.open(f"sqlite:///{path}")
    journal.append([answer(MAIN, NOW)])
    journal.close()
    assert set_aside(f"sqlite:///{path}") is None
    assert set_aside("postgresql+psycopg://nowhere/x") is None
    assert path.exists()


GOOD = [json.dumps(as_json(answer(server, NOW))) for server in (MAIN, BACKUP)]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("{", ":2: not an observation"),
        (json.dumps({"kind": "of the future", "at": NOW}), "unknown kind of observation"),
        (json.dumps({"kind": "log", "at": "now", "pair": PAIR, "server": MAIN, "text": "x"}), ":2: not an observation"),
        ("\udcff\udcfe", ":2: not"),
    ],
)
def test_a_bad_line_is_left_out_and_said(bad: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "incident.jsonl"
    path.write_bytes("\n".join((GOOD[0], bad, GOOD[1])).encode("utf-8", "surrogateescape"))
    recording = read_recording(path)
    assert len(recording.observations) == 2
    (missing,) = recording.missing
    assert words in missing


def test_a_recording_that_was_cut_is_read_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "incident.jsonl.gz"
    packed = gzip.compress("\n".join(GOOD * 500).encode())
    path.write_bytes(packed[: len(packed) // 2])
    recording = read_recording(path)
    assert 0 < len(recording.observations) < 1000
    assert "damaged or cut after line" in recording.missing[-1]
