"""An incident in one file: its content, the files that are refused, and opening it on another host."""

import gzip
import json
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.errors import JournalError
from console.incidents.saving import JournalIncidents, ReplayIncidents, file_name, incident_details, suggested_start
from console.journal.files import About, read_recording, write_recording
from console.journal.recorded_pairs import pairs_of
from console.journal.store import Journal
from console.model.observations import KINDS, LogLine, Observation, OperatorAction, PollAnswer
from console.model.picture import PairPicture
from console.state.replay import Player
from tests.console import scenes
from tests.console.scenes import BACKUP, LOGS, MAIN, NOW, PAIR, ZONE, answer

OBSERVATIONS: list[Observation] = [
    answer(MAIN, NOW - 60),
    answer(BACKUP, NOW - 60),
    *(LogLine(NOW - 30, each.pair, each.server, each.text) for each in LOGS),
    answer(BACKUP, NOW - 20, state="COMMUNICATIONS-INTERRUPTED"),
    OperatorAction(NOW - 10, PAIR, "jo", "acknowledge", "x", {"comment": "I look at it"}),
    answer(BACKUP, NOW - 5, state="PARTNER-DOWN"),
]


def details(start: float = NOW - 3600, end: float = NOW, note: str = "") -> About:
    return incident_details(scenes.pair(), start, end, NOW, "jo", note)


def journal_at(folder: Path, *more: Observation) -> str:
    url = f"sqlite:///{folder / 'journal.db'}"
    journal = Journal.open(url)
    journal.append([*OBSERVATIONS, *more])
    journal.close()
    return url


def test_saves_an_incident_to_one_file_that_opens_elsewhere(tmp_path: Path) -> None:
    other = LogLine(NOW - 30, "another-pair", "x", "not of this incident")
    saved = JournalIncidents(journal_at(tmp_path, other), tmp_path / "incidents").save(details(note="the PSU failed"))
    assert saved.observations == len(OBSERVATIONS)
    assert saved.path.stat().st_mode & 0o077 == 0

    recording = read_recording(saved.path)
    assert recording.observations == OBSERVATIONS
    assert recording.about == details(note="the PSU failed")
    pair = pairs_of(recording)[0]
    assert (pair.environment, list(pair.servers)) == ("production", [MAIN, BACKUP])
    player = Player(recording.observations, [pair], ZONE)
    player.seek(player.end)
    assert any("-> PARTNER-DOWN" in entry.text for entry in player.store.pair(PAIR).timeline)


def test_saves_a_part_of_a_replay(tmp_path: Path) -> None:
    player = Player(OBSERVATIONS, [scenes.pair()], ZONE)
    saved = ReplayIncidents(player.between, tmp_path).save(details(NOW - 30, NOW - 10))
    assert read_recording(saved.path).observations == OBSERVATIONS[2:-1]


def test_refuses_a_period_without_observations_and_leaves_no_file(tmp_path: Path) -> None:
    incidents = JournalIncidents(journal_at(tmp_path), tmp_path / "incidents")
    with pytest.raises(JournalError, match="choose another start"):
        incidents.save(details(NOW - 7200, NOW - 3600))
    assert not (tmp_path / "incidents").exists()


def test_reports_a_folder_that_cannot_be_created(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalError, match="cannot create"):
        JournalIncidents(journal_at(tmp_path), tmp_path / "file" / "incidents").save(details())


@pytest.mark.parametrize(
    ("pair", "start"),
    [
        (scenes.pair(*scenes.CALM), NOW - 1800),
        (scenes.pair(*scenes.MAIN_LOST), NOW - 720 - 600),
    ],
    ids=["half an hour without an alarm", "ten minutes before the oldest alarm"],
)
def test_suggests_a_start_before_the_oldest_alarm(pair: PairPicture, start: float) -> None:
    assert suggested_start(pair, NOW) == pytest.approx(min(start, NOW - 1800), abs=20)


def test_names_a_file_after_the_pair_and_the_time() -> None:
    assert file_name("pair / 1", NOW) == "incident-pair-1-20260715-031200Z.jsonl.gz"
    assert file_name("../..", NOW) == "incident-pair-20260715-031200Z.jsonl.gz"


HEADER = {"pairwatch-recording": 1, "start": 1, "end": 2, "saved_at": 3, "saved_by": "jo", "note": "", "pairs": []}
LINE = {"kind": "log", "at": 1.0, "pair": PAIR, "server": MAIN, "text": "x"}


@pytest.mark.parametrize(
    "content",
    [
        b'{"pairwatch-recording": 2}\n',
        b'{"pairwatch-recording": 1, "pairs": 3}\n',
        json.dumps({**HEADER, "pairs": [{"name": "x"}]}).encode(),
        json.dumps({**LINE, "at": "now"}).encode(),
        b'{"kind": "log", "at": NaN, "pair": "p", "server": "s", "text": "x"}',
        json.dumps({**LINE, "text": ["x"]}).encode(),
        b"[" * 100_000,
        gzip.compress(b"hello"),
        gzip.compress(json.dumps(LINE).encode())[:-8],
        b"\x1f\x8bnot gzip at all",
    ],
    ids=range(10),
)
def test_refuses_a_file_that_is_not_a_recording_with_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "incident.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(JournalError) as refused:
        read_recording(path)
    assert "\n" not in str(refused.value)


def test_refuses_a_file_that_unpacks_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.journal.files.LONGEST_LINE", 1 << 16)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(1 << 24)))
    with pytest.raises(JournalError, match="too large"):
        read_recording(path)


def test_a_failed_write_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="cannot write"):
        write_recording(tmp_path / "no-folder" / "x.jsonl", OBSERVATIONS)
    assert list(tmp_path.iterdir()) == []


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "kind", "severity", "since", "last", "count", "text", "sources", "pairs", "name", "until"]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
OF_TYPE: dict[object, st.SearchStrategy[Any]] = {
    str: st.sampled_from([PAIR, MAIN, BACKUP, "", "(console)", "acknowledge", "suppress", "clear-alarm"])
    | st.text(max_size=9),
    bool: st.booleans(),
    int: st.integers(-(2**40), 2**40),
    float: st.floats(0, 2e9),
    Mapping: st.dictionaries(st.text(max_size=8), JSON, max_size=4) | st.just({"pairs": [{"name": PAIR}]}),
    Sequence: st.lists(JSON, max_size=3),
}


def values_of(wanted: Any) -> st.SearchStrategy[Any]:
    """JSON values of a field's type."""
    origin, inner = typing.get_origin(wanted), typing.get_args(wanted)
    if isinstance(wanted, types.UnionType):
        return st.one_of(*(values_of(each) for each in inner))
    if wanted is types.NoneType:
        return st.none()
    if origin is tuple:
        return st.lists(values_of(inner[0]), max_size=2)
    if is_dataclass(wanted):
        hints = typing.get_type_hints(wanted)
        return st.fixed_dictionaries({}, optional={each.name: values_of(hints[each.name]) for each in fields(wanted)})
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return st.sampled_from([str(each) for each in wanted])
    return OF_TYPE[origin or wanted]


@st.composite
def foreign_line(draw: st.DrawFn) -> str:
    """A line with a value of the right type in each field, and any content inside it; polls of either format."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    values = {each.name: draw(values_of(each.type)) for each in fields(KINDS[kind])}
    if kind == PollAnswer.kind and draw(st.booleans()):
        del values["facts"]
        values["status"] = draw(OF_TYPE[Mapping])
    if kind == PollAnswer.kind and "facts" in values:
        needed = {"at": NOW, "server": MAIN, "partner": BACKUP, "role": "main", "phase": "normal", "word": "NORMAL"}
        values["facts"] = {**needed, **values["facts"]}
    return json.dumps({"kind": kind, **values})


@pytest.mark.parametrize("octets", [b"\x7fELF\xd0\x00\n", None], ids=["binary", "missing"])
def test_refuses_a_file_that_is_not_a_recording_in_plain_words(octets: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "named.bin"
    if octets is not None:
        path.write_bytes(octets)
    with pytest.raises(JournalError) as refused:
        read_recording(path)
    message = str(refused.value)
    assert "codec" not in message
    assert "Errno" not in message
    assert "name a recording" in message or "No such file" in message


@settings(max_examples=400, deadline=None)
@given(lines=st.lists(foreign_line(), min_size=1, max_size=8))
def test_no_content_of_a_recording_stops_a_replay(lines: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file from another person is refused, or it is replayed."""
    path = tmp_path_factory.getbasetemp() / "strange.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        recording = read_recording(path)
    except JournalError:
        return
    player = Player(recording.observations, [scenes.pair(), *pairs_of(recording)][:1], ZONE)
    player.seek(player.end)
    player.seek(player.start)
    player.to_event(PAIR, 1)
