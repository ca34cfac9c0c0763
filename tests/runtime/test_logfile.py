"""The log has the product's form, rotates by size, and is read in pages."""

import asyncio
import re
from pathlib import Path

from dhcpserver.failover.effects import LogLine
from dhcpserver.runtime.logfile import FILE_NAME, LogFile, format_line

LINE = LogLine(4092, "Info", "Failover is enabled server-wide.")


def test_a_line_has_the_documented_form() -> None:
    """R-074: MM/DD/YYYY H:MM:SS name/dhcp/1 Info Configuration 0 04092 text."""
    text = format_line(1_056_016_879.0, "name", LINE)
    form = r"\d\d/\d\d/2003 \d{1,2}:\d\d:19 name/dhcp/1 Info Configuration 0 04092 Failover is enabled server-wide\."
    assert re.fullmatch(form, text)


def test_a_text_of_several_lines_stays_one_line() -> None:
    assert "\n" not in format_line(0.0, "a", LogLine(18100, "Info", "one\ntwo\r\nthree"))


def test_the_log_rotates_by_size_and_keeps_a_number_of_files(tmp_path: Path) -> None:
    log = LogFile(tmp_path, "a", size=500, count=2)
    for number in range(40):
        log.write(0.0, [LogLine(18100, "Info", f"number {number}")])
    log.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE_NAME, f"{FILE_NAME}.01", f"{FILE_NAME}.02"]
    assert (
        "number 39" in (tmp_path / FILE_NAME).read_text() or "number 39" in (tmp_path / f"{FILE_NAME}.01").read_text()
    )
    assert log.lost == 0


def test_a_page_continues_where_the_last_one_ended(tmp_path: Path) -> None:
    log = LogFile(tmp_path, "a", 10_000, 1)
    log.write(0.0, [LogLine(18100, "Info", f"number {number}") for number in range(5)])
    last, following = log.page(None, 2)
    assert [text[-1] for _, text in last] == ["3", "4"]
    assert following == 5
    first, following = log.page(0, 2)
    assert [cursor for cursor, _ in first] == [0, 1]
    assert log.page(following, 10)[1] == 5
    assert log.page(5, 10) == ([], 5)
    assert len(log.page(99, 10)[0]) == 5
    log.close()


def test_lines_of_the_previous_run_can_be_read(tmp_path: Path) -> None:
    for run in range(2):
        log = LogFile(tmp_path, "a", 10_000, 1)
        log.write(0.0, [LogLine(18100, "Info", f"run {run}")])
        log.close()
    assert [text[-5:] for _, text in LogFile(tmp_path, "a", 10_000, 1).page(0, 10)[0]] == ["run 0", "run 1"]


async def test_a_waiting_reader_gets_a_new_line(tmp_path: Path) -> None:
    log = LogFile(tmp_path, "a", 10_000, 1)
    reader = asyncio.create_task(log.wait(60.0))
    await asyncio.sleep(0)
    log.write(0.0, [LINE])
    await reader
    log.close()


def test_a_failed_write_loses_the_line_from_the_file_only(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "missing", "a", 10_000, 1)
    log.write(0.0, [LINE])
    assert log.lost == 1
    assert len(log.page(0, 10)[0]) == 1
