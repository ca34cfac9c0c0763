"""Logs that are told in observations, and the book of a pair that has both kinds."""

from dataclasses import replace
from datetime import UTC, timedelta, timezone
from pathlib import Path

import pytest

from console.logs.observed import Heard, zone_of
from console.logs.pair_logs import PairLogs
from console.state.replay import Player
from tests.console.logs.lines import line, texts, work_off, write
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, empty, log, pair

LINES = tuple(log("18100", f"n{number}", at=NOW + number) for number in range(6))
EAST = timezone(timedelta(hours=5, minutes=30))


def test_only_what_is_new_is_taken() -> None:
    heard = Heard()
    assert heard.news(LINES[:2]) == list(LINES[:2])
    assert heard.news(LINES[:2]) == []
    assert heard.news(LINES[1:4]) == list(LINES[2:4])


def test_that_something_is_missing_between_is_noticed() -> None:
    heard = Heard()
    heard.news(LINES[:2])
    assert heard.news(LINES[3:]) is None
    heard.begin_anew()
    assert heard.news(LINES[3:]) == list(LINES[3:])


def test_a_recording_that_is_moved_back_is_noticed() -> None:
    heard = Heard()
    heard.news(LINES)
    assert heard.news(LINES[:3]) is None


@pytest.mark.parametrize("hours", [-5, 0, 5.5, 12.75])
def test_the_zone_of_a_server_follows_from_when_its_lines_arrive(hours: float) -> None:
    """The clock may be some minutes wrong, and the line may come late."""
    arrived = replace(LINES[0], at=NOW - hours * 3600 + 200)
    assert zone_of(BACKUP, [arrived], EAST).utcoffset(None) == timedelta(hours=hours)


@pytest.mark.parametrize("told", [replace(LINES[0], past=True), replace(LINES[0], text="no time"), log("1", "x", MAIN)])
def test_lines_that_tell_no_zone_leave_it_as_it_was(told: object) -> None:
    assert zone_of(BACKUP, [told], EAST) is EAST  # type: ignore[list-item]


def test_a_file_here_and_a_log_that_is_told_are_one_book(tmp_path: Path) -> None:
    """The times of scenes are UTC, those of files here the local zone's."""
    path = write(tmp_path / "a_log", [line(-60, "a1"), line(721, "a2")])
    seen = pair(log("18100", "b1", at=NOW), log("18100", "b2", at=NOW + 2))
    logs = PairLogs(seen, {MAIN: path}, UTC)
    assert logs.has_files
    assert not logs.look(seen, NOW)
    work_off(logs.book)
    assert texts(logs.book) == ["dhcp-a a1", "dhcp-b b1", "dhcp-a a2", "dhcp-b b2"]
    logs.close()


def test_when_the_zone_of_a_server_is_known_its_lines_are_read_again() -> None:
    past = pair(log("18100", "b1", at=NOW, past=True))
    logs = PairLogs(past, {}, EAST)
    logs.look(past, NOW)
    logs.book.look_for(None)
    work_off(logs.book)
    assert logs.book.shown.merged.key(0) == NOW - 5.5 * 3600
    known = pair(log("18100", "b1", at=NOW, past=True), log("18100", "b2", at=NOW + 2))
    assert logs.look(known, NOW)
    assert not logs.look(known, NOW)
    work_off(logs.book)
    assert logs.book.shown.merged.key(0) == NOW
    assert texts(logs.book) == ["dhcp-b b1", "dhcp-b b2"]


def test_lines_that_came_too_fast_are_said_to_be_missing() -> None:
    first, much_later = pair(*LINES[:2]), pair(*LINES[3:])
    logs = PairLogs(first, {}, UTC)
    logs.look(first, NOW)
    logs.look(much_later, NOW)
    work_off(logs.book)
    assert texts(logs.book) == [f"dhcp-b n{number}" for number in (0, 1, 3, 4, 5)]
    assert all("lines are missing" in str(source.lost) for source in logs.book.sources)


def test_a_recording_reads_no_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a_log", [line(1, "a1")])
    player = Player(LINES, empty().pairs.values(), UTC)
    logs = PairLogs(pair(*LINES), {MAIN: path}, UTC, player.between)
    assert not logs.has_files
    logs.look(pair(*LINES), player.end)
    work_off(logs.book)
    assert len(texts(logs.book)) == len(LINES)
    assert logs.origin(MAIN) == "the recording"


def test_of_a_recording_every_line_up_to_the_time_is_there_and_none_after_it() -> None:
    """A picture keeps the last thousand; the recording has them all."""
    lines = [log("18100", f"n{number}", at=NOW + number) for number in range(2500)]
    player = Player(lines, empty().pairs.values(), UTC)
    logs = PairLogs(player.store.pair(PAIR), {}, UTC, player.between)

    def at(second: float) -> list[str]:
        player.seek(NOW + second)
        logs.look(player.store.pair(PAIR), player.now)
        work_off(logs.book)
        return texts(logs.book)

    assert len(at(1999)) == 2000
    assert at(2499)[::2499] == ["dhcp-b n0", "dhcp-b n2499"]
    assert at(10)[-1] == "dhcp-b n10"
    assert len(at(11)) == 12


def test_a_line_whose_end_never_comes_is_shown_after_some_looks(tmp_path: Path) -> None:
    path = tmp_path / "a_log"
    path.write_text(f"{line(1, 'a1')}\n{line(2, 'torn')}", encoding="utf-8")
    logs = PairLogs(pair(), {MAIN: path}, UTC)
    work_off(logs.book)
    assert texts(logs.book) == ["dhcp-a a1"]
    for _ in range(5):
        work_off(logs.book)
    assert texts(logs.book) == ["dhcp-a a1", "dhcp-a torn"]
    logs.close()
