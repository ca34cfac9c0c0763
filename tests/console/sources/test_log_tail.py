"""Tails of real files: rotation, truncation, bytes that are no text."""

import asyncio
from pathlib import Path

import pytest

from console.makes.pairwatch.source import open_at
from console.model.observations import LogLine
from console.sources.log_tail import LONGEST_LINE_BYTES, PAST_LINES, LogFile, LogTail
from console.sources.log_tails import follow_logs
from console.sources.remote_log import RemoteLog
from tests.console.scenes import MAIN, NOW, PAIR, status
from tests.console.stand_in import PASSWORD, USER, StandIn, serving


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_the_past_is_the_end_of_the_file_and_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, b"".join(b"line %d\n" % number for number in range(20_000)))
    log = LogFile(path)
    past = log.past()
    assert len(past) == PAST_LINES
    assert past[-1] == "line 19999"
    append(path, b"new\n")
    assert log.lines() == ["new"]
    assert log.lines() == []
    log.close()


def test_a_line_is_given_out_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, b"")
    log = LogFile(path)
    append(path, b"half")
    assert log.lines() == []
    append(path, b" and half\r\n")
    assert log.lines() == ["half and half"]
    log.close()


def test_the_last_lines_before_a_rotation_are_not_lost(tmp_path: Path) -> None:
    """R-172, R-173: the log is evidence."""
    path = tmp_path / "name_dhcp_1_log"
    append(path, b"one\n")
    log = LogFile(path)
    assert log.lines() == ["one"]
    append(path, b"two\n")
    path.rename(tmp_path / "name_dhcp_1_log.01")
    append(tmp_path / "name_dhcp_1_log.01", b"three\n")
    assert log.lines() == ["two", "three"]
    append(path, b"four\n")
    assert log.lines() == ["four"]
    append(path, b"five\n")
    assert log.lines() == ["five"]
    log.close()


def test_a_truncated_file_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, b"one\ntwo\n")
    log = LogFile(path)
    assert log.lines() == ["one", "two"]
    path.write_bytes(b"new\n")
    assert log.lines() == ["new"]
    log.close()


def test_bytes_that_are_no_text_do_not_stop_it(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, b"caf\xe9\n\xff\xfe\x00\nafter\n")
    log = LogFile(path)
    assert log.lines() == ["caf\N{REPLACEMENT CHARACTER}", "\N{REPLACEMENT CHARACTER}" * 3, "after"]
    log.close()


def test_a_file_without_line_ends_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, b"x" * (3 * LONGEST_LINE_BYTES))
    log = LogFile(path)
    assert all(len(line) <= LONGEST_LINE_BYTES for line in log.lines())
    log.close()


def test_a_file_that_comes_later_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "log"
    log = LogFile(path)
    assert log.past() == []
    assert log.lines() == []
    append(path, b"first\n")
    assert log.lines() == ["first"]
    log.close()


async def test_the_tail_marks_the_past_and_notices_what_is_appended(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, b"old\n")
    seen: list[LogLine] = []
    news = asyncio.Event()

    def emit(line: LogLine) -> None:
        seen.append(line)
        if line.past:
            append(path, b"new\n")
        else:
            news.set()

    tail = LogTail(path, PAIR, MAIN, lambda: NOW)
    task = asyncio.create_task(follow_logs([tail], emit, pytest.fail))
    await asyncio.wait_for(news.wait(), 10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert [(line.text, line.past) for line in seen] == [("old", True), ("new", False)]


async def test_a_remote_log_is_followed_by_its_cursor() -> None:
    with serving(StandIn(status(MAIN))) as server:
        server.log = [f"line {number}" for number in range(300)]
        source = open_at(server.api, USER, PASSWORD, PAIR)
        lines = RemoteLog(source, PAIR, MAIN, lambda: NOW).lines()
        past = await anext(lines)
        server.log += ["news"]
        news = await anext(lines)
        server.log = ["a new log"]
        assert await anext(lines) == []
        again = await anext(lines)
        await source.close()
    assert len(past) == 200
    assert all(line.past for line in past)
    assert [(line.text, line.past) for line in news] == [("news", False)]
    assert [line.text for line in again] == ["a new log"]
