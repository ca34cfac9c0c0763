"""Logs from observations, and the book of a pair that also has a file."""

import os
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from pathlib import Path

import pytest

from console.logs.observed import LogLineCursor, zone_of
from console.logs.pair_logs import PairLogs
from console.state.replay import Player
from tests.console.logs.lines import line, read_all, texts, write
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, empty, log, pair

LINES = tuple(log("18100", f"n{number}", at=NOW + number) for number in range(6))
EAST = timezone(timedelta(hours=5, minutes=30))


def test_returns_only_the_new_lines() -> None:
    cursor = LogLineCursor()
    assert cursor.new_lines(LINES[:2]) == list(LINES[:2])
    assert cursor.new_lines(LINES[:2]) == []
    assert cursor.new_lines(LINES[1:4]) == list(LINES[2:4])


def test_detects_that_lines_are_missing_between() -> None:
    cursor = LogLineCursor()
    cursor.new_lines(LINES[:2])
    assert cursor.new_lines(LINES[3:]) is None
    cursor.reset()
    assert cursor.new_lines(LINES[3:]) == list(LINES[3:])


def test_detects_that_a_recording_was_moved_back() -> None:
    cursor = LogLineCursor()
    cursor.new_lines(LINES)
    assert cursor.new_lines(LINES[:3]) is None


@pytest.mark.parametrize("hours", [-5, 0, 5.5, 12.75])
def test_finds_a_servers_time_zone_from_the_arrival_of_its_lines(hours: float) -> None:
    """The clock may be wrong by some minutes, and a line may arrive late."""
    arrived = replace(LINES[0], at=NOW - hours * 3600 + 200)
    assert zone_of(BACKUP, [arrived], EAST).utcoffset(None) == timedelta(hours=hours)


@pytest.mark.parametrize("line", [replace(LINES[0], past=True), replace(LINES[0], text="no time"), log("1", "x", MAIN)])
def test_lines_without_a_usable_stamp_leave_the_zone_unchanged(line: object) -> None:
    assert zone_of(BACKUP, [line], EAST) is EAST  # type: ignore[list-item]


def test_a_book_combines_a_file_and_a_log_from_observations(tmp_path: Path) -> None:
    """The stamps in scenes are UTC, those in files are local time."""
    path = write(tmp_path / "a_log", [line(-60, "a1"), line(721, "a2")])
    seen = pair(log("18100", "b1", at=NOW), log("18100", "b2", at=NOW + 2))
    logs = PairLogs(seen, {MAIN: path}, UTC)
    assert logs.has_files
    assert not logs.update(seen, NOW)
    read_all(logs.book)
    assert texts(logs.book) == ["dhcp-a a1", "dhcp-b b1", "dhcp-a a2", "dhcp-b b2"]
    logs.close()


def test_reads_the_lines_again_when_a_servers_zone_is_found() -> None:
    past = pair(log("18100", "b1", at=NOW, past=True))
    logs = PairLogs(past, {}, EAST)
    logs.update(past, NOW)
    logs.book.apply_search(None)
    read_all(logs.book)
    assert logs.book.shown.merged.key(0) == NOW - 5.5 * 3600
    known = pair(log("18100", "b1", at=NOW, past=True), log("18100", "b2", at=NOW + 2))
    assert logs.update(known, NOW)
    assert not logs.update(known, NOW)
    read_all(logs.book)
    assert logs.book.shown.merged.key(0) == NOW
    assert texts(logs.book) == ["dhcp-b b1", "dhcp-b b2"]


def test_reports_lines_that_arrived_too_fast_as_missing() -> None:
    first, much_later = pair(*LINES[:2]), pair(*LINES[3:])
    logs = PairLogs(first, {}, UTC)
    logs.update(first, NOW)
    logs.update(much_later, NOW)
    read_all(logs.book)
    assert texts(logs.book) == [f"dhcp-b n{number}" for number in (0, 1, 3, 4, 5)]
    assert all("lines are missing" in str(source.lost) for source in logs.book.sources)


def test_a_recording_reads_no_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a_log", [line(1, "a1")])
    player = Player(LINES, empty().pairs.values(), UTC)
    logs = PairLogs(pair(*LINES), {MAIN: path}, UTC, player.between)
    assert not logs.has_files
    logs.update(pair(*LINES), player.end)
    read_all(logs.book)
    assert len(texts(logs.book)) == len(LINES)
    assert logs.origin(MAIN) == "the recording"


def test_a_recording_shows_all_lines_up_to_its_time_and_none_after_it() -> None:
    """A picture keeps the last thousand lines; the recording has all of them."""
    lines = [log("18100", f"n{number}", at=NOW + number) for number in range(2500)]
    player = Player(lines, empty().pairs.values(), UTC)
    logs = PairLogs(player.store.pair(PAIR), {}, UTC, player.between)

    def at(second: float) -> list[str]:
        player.seek(NOW + second)
        logs.update(player.store.pair(PAIR), player.now)
        read_all(logs.book)
        return texts(logs.book)

    assert len(at(1999)) == 2000
    assert at(2499)[::2499] == ["dhcp-b n0", "dhcp-b n2499"]
    assert at(10)[-1] == "dhcp-b n10"
    assert len(at(11)) == 12


def test_shows_a_line_without_a_line_end_when_its_file_is_old(tmp_path: Path) -> None:
    path = tmp_path / "a_log"
    path.write_text(f"{line(1, 'a1')}\n{line(2, 'torn')}", encoding="utf-8")
    logs = PairLogs(pair(), {MAIN: path}, UTC)
    read_all(logs.book)
    assert texts(logs.book) == ["dhcp-a a1"]
    os.utime(path, (1, 1))
    read_all(logs.book)
    assert texts(logs.book) == ["dhcp-a a1", "dhcp-a torn"]
    logs.close()
