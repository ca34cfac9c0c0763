"""Recordings of the first versions, which contain the whole answers of the servers, open and replay as before.

The version before the facts wrote schema2/: the main of a pair fails, is declared down and returns. The recordings
contain traps, log lines, actions, a runbook, a lease, configurations and an answer without a field. `incident`
contains its alarms; the alarms of `unjudged` are found when it is replayed. `shown.json.gz` contains what that version
showed at thirty times of each recording.
"""

import gzip
import json
import shutil
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sql

from console.insight.config_diff import of_pair
from console.insight.countdowns import countdowns
from console.insight.danger import banners
from console.insight.diagnosis.table import diagnose
from console.insight.joint import joint
from console.insight.numbers.table import NUMBERS
from console.insight.summary import status_json
from console.insight.timeline import timeline
from console.insight.verdict import severity, verdict
from console.journal.files import read_recording, write_recording
from console.journal.recorded_pairs import pairs_of
from console.journal.recording import Recorder
from console.journal.schema import SCHEMA_VERSION
from console.journal.store import Journal
from console.model.observations import PollAnswer, as_json
from console.model.picture import PairPicture, Picture
from console.state.replay import Player
from tests.console.scenes import MAIN, NOW, PAIR, answer, pool

OLD = Path(__file__).parent / "schema2"
ZONE = timezone(timedelta(hours=2), "CEST")
SHOWN: dict[str, list[dict[str, Any]]] = json.loads(gzip.decompress((OLD / "shown.json.gz").read_bytes()))
EVERY_SECONDS = 120
LATEST = 12


def shown(player: Player) -> dict[str, Any]:
    """What the console shows at the player's time, as JSON values."""
    picture, pair, now = player.store.picture, player.store.pair(PAIR), player.now
    return {
        "status": _status(picture, now),
        "verdict": verdict(pair, now, ZONE),
        "severity": str(severity(pair, now)),
        "banners": [each.text for each in banners(pair, now, ZONE)],
        "countdowns": [[each.kind, each.server, round(each.at, 1), each.text] for each in countdowns(pair, now)],
        "findings": [
            [each.id, each.title, str(each.severity), each.prospect.text] for each in diagnose(pair, now, ZONE)
        ],
        "numbers": _numbers(pair, now),
        "timeline": [[round(each.at, 1), each.source, each.text] for each in pair.timeline][-LATEST:],
        "differences": [each.words for each in of_pair(pair) or ()],
        "marks": {key: [mark.who, str(mark.how)] for key, mark in pair.marks.items()},
        "lookups": len(pair.lookups),
        "events": [
            [round(each.at, 1), each.server, str(each.severity), each.text, list(each.told_by)]
            for each in timeline(pair, {})
        ][-LATEST:],
    }


def _with_servers(expected: list[list[Any]], events: list[list[Any]]) -> list[list[Any]]:
    """The expected events with the servers of the present ones where an alarm is told.

    The old version read the server from the words of an alarm; now it is that of the alarm, none for one of the pair.
    """
    servers = [event[1] for event in events] if len(events) == len(expected) else [event[1] for event in expected]
    return [
        [at, server if "alarm" in told_by else known, severity, text, told_by]
        for server, (at, known, severity, text, told_by) in zip(servers, expected, strict=True)
    ]


def _status(picture: Picture, now: float) -> dict[str, Any]:
    """The status document without the keys that the old version did not have."""
    document = status_json(picture, now, ZONE)
    for server in document["pairs"][0]["servers"]:
        assert server.pop("make") == "pairwatch"
        del server["service"]
    return document


def _numbers(pair: PairPicture, now: float) -> dict[str, list[str]]:
    both = joint(pair, now, ZONE)
    return {fact.id: [fact.read(both, server).words for server in (both.main, both.backup)] for fact in NUMBERS}


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_an_old_recording_replays_as_before(name: str) -> None:
    recording = read_recording(OLD / name)
    player = Player(recording.observations, pairs_of(recording), ZONE)
    for expected in SHOWN[name]:
        player.seek(player.start + expected["at"])
        found = json.loads(json.dumps(shown(player)))
        before = {key: value for key, value in expected.items() if key != "at"}
        before["events"] = _with_servers(before["events"], found["events"])
        assert found == before, f"{expected['at']} s after the start"


def old_journal(folder: Path) -> Path:
    path = folder / "journal.db"
    with gzip.open(OLD / "journal.db.gz", "rb") as packed, path.open("wb") as file:
        shutil.copyfileobj(packed, file)
    return path


def test_an_old_journal_opens_with_the_same_observations(tmp_path: Path) -> None:
    path = old_journal(tmp_path)
    expected = read_recording(OLD / "incident.jsonl.gz").observations
    journal = Journal.open(f"sqlite:///{path}")
    span = journal.span()
    assert span is not None
    observations = list(journal.replayed(NOW - 3600, NOW))
    journal.append([answer(MAIN, NOW + 1)])
    journal.close()
    assert observations == expected
    assert read_recording(path).observations[-1] == answer(MAIN, NOW + 1)
    with sql.create_engine(f"sqlite:///{path}").connect() as connection:
        assert connection.execute(sql.text("SELECT schema_version FROM about")).scalar() == SCHEMA_VERSION


def test_an_answer_without_a_field_is_an_answer_without_that_fact() -> None:
    observations = read_recording(OLD / "incident.jsonl.gz").observations
    (broken,) = [each for each in observations if isinstance(each, PollAnswer) and each.facts.misfits]
    assert broken.facts.misfits == ("mclt is missing",)
    assert broken.facts.mclt is None


def test_an_old_recording_is_saved_in_the_new_format(tmp_path: Path) -> None:
    recording = read_recording(OLD / "incident.jsonl.gz")
    path = tmp_path / "again.jsonl.gz"
    write_recording(path, recording.observations, recording.about)
    again = read_recording(path)
    assert again.observations == recording.observations
    assert b'"status"' not in gzip.decompress(path.read_bytes()).splitlines()[1]


@pytest.mark.parametrize("pools", [2, 50])
def test_facts_with_the_raw_answer_are_at_most_a_quarter_larger_than_the_answer(pools: int) -> None:
    """Only snapshots contain the raw answer, compressed."""
    recorder, before, now = Recorder(), 0, 0
    for second in range(900):
        free = [pool(f"scope-{number}", 500 - second // 7, 500, 4096, new_clients=second) for number in range(pools)]
        seen = answer(MAIN, NOW + second, pools=free)
        kept = recorder.thin(seen)
        if isinstance(kept, PollAnswer):
            now += len(json.dumps(as_json(kept)))
            before += len(json.dumps(seen.raw))
    assert 0 < now < 1.25 * before
