"""The samples beside each dialect are read as they say, as lines, by the index of a log, and by nothing else."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import console.dialects
from console.dialects.dialect import LEVELS
from console.dialects.ids import id_number
from console.dialects.reading import DIALECTS, line_time, read_line
from console.logs.filters import parse_filter
from console.logs.index import Index
from console.logs.line import parse_line
from console.model.plain_text import plain

SAMPLES = Path(console.dialects.__file__).parent / "samples"
NOW = datetime(2026, 11, 30, tzinfo=UTC).timestamp()


def samples() -> Iterator[Any]:
    for path in sorted(SAMPLES.glob("*.toml")):
        for number, each in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["sample"]):
            yield pytest.param(path.stem, each, id=f"{path.stem}-{number}-{each['id']}")


def index_of(*lines: str) -> Index:
    index = Index(UTC)
    index.stamps.latest = NOW
    index.feed("".join(f"{each}\n" for each in lines).encode())
    return index


@pytest.mark.parametrize(("name", "sample"), samples())
def test_a_sample_is_read_as_it_says(name: str, sample: Mapping[str, Any]) -> None:
    record = read_line(plain(sample["line"]))
    assert record is not None
    assert record.dialect == name
    assert (record.level, record.id) == (sample["level"], sample["id"])
    assert record.category == sample.get("category", record.category)
    assert record.fields == sample.get("fields", {})
    assert (record.phase, record.contact) == (sample.get("phase"), sample.get("contact"))
    at = sample.get("at")
    assert line_time(sample["line"], UTC, NOW) == (None if at is None else pytest.approx(at.timestamp(), abs=1e-5))
    parts = parse_line(sample["line"])
    assert parts.client == sample.get("client", parts.client)
    assert parts.address == sample.get("address", parts.address)


@pytest.mark.parametrize(("name", "sample"), samples())
def test_the_index_reads_a_line_the_same_after_a_line_of_any_dialect(name: str, sample: Mapping[str, Any]) -> None:
    """The forms of two dialects are read a block at a time, the others line by line."""
    at = sample.get("at")
    for first in ("x", *(each.values[1]["line"] for each in samples())):
        index = index_of(first, sample["line"])
        assert index.levels[1] == LEVELS.index(sample["level"] or "Info")
        assert index.ids[1] == id_number(sample["id"])
        if at is not None:
            before = index_of(first).keys[0]
            assert index.keys[1] == max(before, int(at.timestamp()))


@pytest.mark.parametrize(("name", "sample"), samples())
def test_a_filter_finds_a_line_by_its_id_and_its_level(name: str, sample: Mapping[str, Any]) -> None:
    if sample["id"]:
        assert id_number(sample["id"]) in parse_filter(f"id:{sample['id'].lower()}").ids
    if sample["level"]:
        assert parse_filter(f"level:{sample['level'].lower()}").level == LEVELS.index(sample["level"])


@pytest.mark.parametrize(
    "line",
    [
        "",
        "words",
        "  at nowhere 07/15/2026 3:00:01 in a traceback",
        "2026-11-27 words of a program",
        "INFO [x] Something else",
        "Nov 27 words",
        "<134>2 words",
        "07/15/2026 3:00:01 words",
    ],
)
def test_a_line_that_no_dialect_reads_stays_a_line_without_level(line: str) -> None:
    assert read_line(line) is None
    assert (parse_line(line).level, parse_line(line).id, parse_line(line).text) == ("", "", line)
    assert line_time(line, UTC, NOW) is None


def test_every_dialect_has_samples_and_every_message_with_fields_has_one() -> None:
    found = {(each.values[0], each.values[1]["id"]) for each in samples()}
    assert {name for name, _ in found} == {*(each.name for each in DIALECTS), "syslog"}
    for dialect in DIALECTS[1:]:
        with_fields = {number for number, each in dialect.messages.items() if each.pattern is not None}
        missing = with_fields - {number for name, number in found if name == dialect.name}
        assert missing <= {
            "HA_STATE_TRANSITION_PASSIVE_BACKUP",
            "HA_COMMUNICATION_INTERRUPTED_CLIENT6_UNACKED",
            "HA_HIGH_CLOCK_SKEW",
            "HA_LEASE_UPDATE_CREATE_UPDATE_FAILED_ON_PEER",
            "HA_LEASE_UPDATE_DELETE_FAILED_ON_PEER",
            "ALLOC_ENGINE_V6_ALLOC_FAIL_SUBNET",
            "DHCP6_LEASE_ALLOC",
        }
