"""Real files: rotation, truncation, overwritten files, and what can be read afterwards."""

from datetime import UTC
from pathlib import Path

import pytest

from console.logs.book import PREVIEW_BYTES, LogBook, files_book
from console.logs.filters import parse_filter
from console.logs.index import Index
from console.logs.scanning import matching_lines
from console.logs.spans import LineSpans
from console.sources.file_spans import FileSpans
from console.sources.rotation import rotated
from tests.console.logs.lines import line, read_all, texts, write


@pytest.fixture
def logs(tmp_path: Path) -> tuple[Path, Path]:
    a, b = tmp_path / "a_log", tmp_path / "b_log"
    write(a, [line(at, f"a{at}") for at in (1, 5, 9)])
    write(b, [line(at, f"b{at}") for at in (2, 5, 8)])
    return a, b


def open_book(a: Path, b: Path) -> LogBook:
    book = files_book({"A": ("main", a), "B": ("backup", b)}, UTC)
    read_all(book)
    return book


def test_merges_two_logs_by_time(logs: tuple[Path, Path]) -> None:
    assert texts(open_book(*logs)) == ["A a1", "B b2", "A a5", "B b5", "B b8", "A a9"]


def test_shows_the_end_of_a_file_before_the_rest_is_read(tmp_path: Path) -> None:
    a = write(tmp_path / "a_log", (line(at, f"a{at}") for at in range(5000)))
    book = files_book({"A": ("main", a)}, UTC)
    shown = texts(book)
    assert shown[-1] == "A a4999"
    assert 0 < len(shown) < 5000
    assert sum(map(len, shown)) < PREVIEW_BYTES
    before = book.place(len(shown) - 10)
    read_all(book)
    assert len(book.shown.merged) == 5000
    assert before is not None
    assert book.position(before) == 4990


def test_appends_new_lines_and_inserts_late_ones_at_their_time(logs: tuple[Path, Path]) -> None:
    book = open_book(*logs)
    write(logs[0], [line(20, "a20")], "a")
    read_all(book)
    write(logs[1], [line(19, "b19")], "a")
    read_all(book)
    assert texts(book)[-3:] == ["A a9", "B b19", "A a20"]


def test_a_rotation_loses_no_line_and_old_lines_stay_readable(logs: tuple[Path, Path]) -> None:
    book = open_book(*logs)
    write(logs[0], [line(10, "a10")], "a")
    logs[0].rename(logs[0].with_name("a_log.01"))
    read_all(book)
    write(logs[0], [line(11, "a11")])
    read_all(book)
    logs[0].with_name("a_log.01").unlink()
    assert [each for each in texts(book) if each.startswith("A")] == ["A a1", "A a5", "A a9", "A a10", "A a11"]


def test_follows_a_truncated_log_and_reports_the_lost_lines(logs: tuple[Path, Path]) -> None:
    book = open_book(*logs)
    write(logs[0], [line(30, "a30")])
    read_all(book)
    assert texts(book) == ["A (gone)", "B b2", "A (gone)", "B b5", "B b8", "A (gone)", "A a30"]
    assert "cannot be read any more" in str(book.sources[0].lost)


def test_detects_a_log_that_was_overwritten_with_the_same_length(logs: tuple[Path, Path]) -> None:
    book = open_book(*logs)
    write(logs[0], [line(at, f"c{at}") for at in (1, 5, 9)])
    read_all(book)
    assert [each for each in texts(book) if each.startswith("A c")] == ["A c1", "A c5", "A c9"]


def test_reads_rotated_files_first_from_the_oldest(tmp_path: Path) -> None:
    a = write(tmp_path / "name_dhcp_1_log", [line(30, "now")])
    write(tmp_path / "name_dhcp_1_log.01", [line(20, "before")])
    write(tmp_path / "name_dhcp_1_log.10", [line(10, "oldest")])
    write(tmp_path / "name_dhcp_1_log.bak", [line(1, "none")])
    assert [each.name[-2:] for each in rotated(a)] == ["10", "01"]
    assert texts(open_book(a, tmp_path / "missing")) == ["A oldest", "A before", "A now"]


def test_an_incomplete_last_line_of_an_older_file_is_not_joined_with_the_next_file(tmp_path: Path) -> None:
    a = write(tmp_path / "a_log", [line(30, "now")])
    (tmp_path / "a_log.1").write_bytes(line(20, "torn").encode())
    assert texts(open_book(a, tmp_path / "missing")) == ["A torn", "A now"]


def test_reads_a_log_as_soon_as_it_exists(tmp_path: Path) -> None:
    book = open_book(tmp_path / "a_log", tmp_path / "b_log")
    assert texts(book) == []
    write(tmp_path / "a_log", [line(1, "a1")])
    read_all(book)
    assert texts(book) == ["A a1"]


def test_keeps_bytes_that_are_not_text_and_reads_the_lines_after_them(logs: tuple[Path, Path]) -> None:
    book = open_book(*logs)
    with logs[0].open("ab") as file:
        file.write(b"\xff\xfe\x00 broken\n" + line(12, "a12").encode() + b"\n")
    read_all(book)
    assert texts(book)[-2:] == ["A broken", "A a12"]


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ("level:warning", ["A a2", "B b3"]),
        ("id:18107", ["B b1"]),
        ("server:main", ["A a1", "A a2"]),
        ("xid", ["A a2", "B b1"]),
        ("xid level:warning", ["A a2"]),
        ("re:/a[12]$/", ["A a1", "A a2"]),
        ("id:18100 server:B", ["B b3"]),
        ("nothing", []),
    ],
)
def test_a_filter_finds_old_and_new_lines(tmp_path: Path, wanted: str, shown: list[str]) -> None:
    a = write(tmp_path / "a", [line(1, "a1"), line(2, "xid a2", "Warning")])
    b = write(tmp_path / "b", [line(1, "xid b1", number="18107"), line(3, "b3", "Error")])
    book = open_book(a, b)
    book.apply_filter(parse_filter(wanted))
    read_all(book)
    assert texts(book) == sorted(shown, key=lambda each: (each[-1], each))
    write(a, [line(4, "Xid a4", "Critical", "18107")], "a")
    read_all(book)
    added = book.filter.admits_server("A", "main") and book.filter.matches(b"Xid a4") and wanted != "id:18100 server:B"
    assert len(book.shown.merged) == len(shown) + added


def test_a_search_finds_lines_within_the_filter(logs: tuple[Path, Path]) -> None:
    book = open_book(*logs)
    book.apply_filter(parse_filter("server:A"))
    book.apply_search(parse_filter("re:/[ab][59]$/"))
    read_all(book)
    assert book.found is not None
    assert len(book.found.merged) == 2
    write(logs[0], [line(25, "a25")], "a")
    read_all(book)
    assert book.found is not None
    assert len(book.found.merged) == 2
    assert len(book.shown.merged) == 4


def test_a_clock_offset_moves_the_lines_of_its_server(logs: tuple[Path, Path]) -> None:
    book = open_book(*logs)
    book.sources[1].shift = 4
    read_all(book)
    assert texts(book) == ["B b2", "A a1", "B b5", "B b8", "A a5", "A a9"]


def test_the_lines_of_another_source_are_bounded_and_keep_their_numbers() -> None:
    spans, index = LineSpans(kept=100), Index(UTC)
    spans.add(line(at, f"n{at}") for at in range(111))
    while True:
        result, data = spans.read_next(1000)
        if data:
            index.feed(data)
        elif result.value == "gone":
            index.drop(spans.first)
        else:
            break
    spans.add(line(at, f"n{at}") for at in range(111, 130))
    while (step := spans.read_next(1000))[0].value != "same":
        if step[1]:
            index.feed(step[1])
        else:
            index.drop(spans.first)
    assert index.count - index.first <= 110
    span = index.span(index.count - 1)
    assert span is not None
    assert spans.read(*span).endswith(b"n129\n")
    found = matching_lines(parse_filter("n12"), index, index.first, index.count, spans.read)
    assert len(found) == 10


def test_a_scan_of_many_lines_finds_the_same_as_a_test_of_each_line(tmp_path: Path) -> None:
    words = ("alpha", "beta", "gamma", "alphabeta")
    a = write(tmp_path / "a", [line(at, f"{words[at % 4]} {words[at % 3]} {at}") for at in range(500)])
    spans, index = FileSpans(a), Index(UTC)
    while data := spans.read_next(777)[1]:
        index.feed(data)
    patterns = (
        "re:/a[0-9 ]*1$/",
        "re:/^07.*gamma/",
        "re:/alpha.*[^x]beta/",
        "re:/$/",
        r"re:/\A07/",
        "re:/a\\s+b/ re:/9/",
        "re:/x*/",
    )
    for text in ("alpha", "alpha beta", "bet gam", "beta 1", *patterns):
        wanted = parse_filter(text)
        slow = [
            number
            for number in range(index.count)
            if (span := index.span(number)) and wanted.matches(spans.read(*span))
        ]
        assert list(matching_lines(wanted, index, 0, index.count, spans.read)) == slow
