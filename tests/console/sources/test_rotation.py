"""Logs as tools leave them: many rotations at once, packed and dated files, copies, half-written lines, late files."""

import gzip
import io
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from console import cli
from console.logs.book import IDLE_SECONDS, files_book
from console.sources.file_spans import FileSpans, ReadResult
from console.sources.log_tail import LogFile
from console.sources.rotation import rotated
from console.state.zones import LocalZone
from tests.console.logs.lines import line, write


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def everything(spans: FileSpans) -> str:
    found = b""
    while True:
        result, data = spans.read_next(1 << 16)
        if result is ReadResult.SAME:
            return found.decode()
        found += data


def rotate(path: Path, count: int) -> None:
    """Rename `path` to .1, .1 to .2, and so on."""
    for number in range(count, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            older.rename(path.with_name(f"{path.name}.{number + 1}"))
    path.rename(path.with_name(f"{path.name}.1"))


@pytest.mark.parametrize("kind", ["the tail", "the screen"])
def test_seven_rotations_between_two_looks_lose_no_line(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    append(path, "line 0\n")
    log, spans = LogFile(path), FileSpans(path)

    def read() -> list[str]:
        return log.lines() if kind == "the tail" else everything(spans).splitlines()

    assert read() == ["line 0"]
    for number in range(1, 8):
        rotate(path, 8)
        append(path, f"line {number}\n")
    assert read() == [f"line {number}" for number in range(1, 8)]
    append(path, "line 8\n")
    assert read() == ["line 8"]


def test_a_rotated_file_that_was_packed_meanwhile_is_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    append(path, "line 0\n")
    log = LogFile(path)
    assert log.lines() == ["line 0"]
    os.utime(path, (1, 1))
    packed = path.with_name("a.log.1.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    os.utime(packed, (1, 1))
    path.unlink()
    append(path, "line 1\n")
    assert log.lines() == ["line 1"]


def test_packed_and_dated_rotations_are_read_in_their_order(tmp_path: Path) -> None:
    for name, text in (
        ("a.log-20261125.gz", "1\n"),
        ("a.log-20261126", "2\n"),
        ("a.log.2.gz", "3\n"),
        ("a.log.1", "4\n"),
        ("a.log", "5\n"),
    ):
        data = text.encode()
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    (tmp_path / "a.log.bak").write_text("no rotation\n", encoding="utf-8")
    assert [each.name for each in rotated(tmp_path / "a.log")] == [
        "a.log-20261125.gz",
        "a.log-20261126",
        "a.log.2.gz",
        "a.log.1",
    ]
    assert everything(FileSpans(tmp_path / "a.log")) == "1\n2\n3\n4\n5\n"


def test_a_packed_file_that_is_cut_is_read_up_to_there(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(b"%d\n" % number for number in range(100_000)))
    (tmp_path / "a.log.gz").write_bytes(packed[: len(packed) // 2])
    found = everything(FileSpans(tmp_path / "a.log.gz")).split("\n")
    assert found[:3] == ["0", "1", "2"]
    assert 1000 < len(found) < 100_000


def test_a_copy_that_was_not_truncated_yet_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    append(path, "one\ntwo\n")
    (tmp_path / "a.log.1").write_bytes(path.read_bytes())
    append(path, "three\n")
    spans = FileSpans(path)
    assert everything(spans) == "one\ntwo\nthree\n"
    path.write_text("four\n", encoding="utf-8")
    assert everything(spans) == "four\n"


def test_a_copied_and_truncated_file_that_grew_past_the_old_end_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    append(path, "one\ntwo\n")
    log = LogFile(path)
    assert log.lines() == ["one", "two"]
    (tmp_path / "a.log.1").write_bytes(path.read_bytes())
    path.write_text("three, which is longer than what was there\nfour\n", encoding="utf-8")
    assert log.lines() == ["three, which is longer than what was there", "four"]
    assert log.lines() == []


def test_a_half_written_line_is_one_line_when_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    path = tmp_path / "a.log"
    whole = line(1, "lease 192.0.2.1")
    append(path, whole[:30])
    book = files_book({"a": ("main", path)}, LocalZone())
    for _ in range(20):
        book.work()
        book.publish()
    assert len(book.shown.merged) == 0
    append(path, whole[30:] + "\n")
    for _ in range(20):
        book.work()
        book.publish()
    assert len(book.shown.merged) == 1
    append(path, "the writer died here")
    old = time.time() - IDLE_SECONDS - 1
    os.utime(path, (old, old))
    for _ in range(20):
        book.work()
        book.publish()
    assert len(book.shown.merged) == 2
    book.close()


def test_the_command_reads_a_packed_file_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = tmp_path / "a.log.2.gz"
    packed.write_bytes(gzip.compress((line(1, "lease 192.0.2.1") + "\n").encode()))
    assert cli.run(["logs", str(packed)]) == 0
    assert capsys.readouterr().out.endswith("lease 192.0.2.1\n")


def test_the_command_reads_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = SimpleNamespace(buffer=io.BytesIO((line(1, "lease 192.0.2.1") + "\n" + line(2, "x") + "\n").encode()))
    monkeypatch.setattr(sys, "stdin", given)
    assert cli.run(["logs", "-", "--filter", "192.0.2.1"]) == 0
    assert capsys.readouterr().out.endswith("lease 192.0.2.1\n")


HOSTILE = {
    "a title": "\x1b]0;owned\x07",
    "the clipboard": "\x1b]52;c;b3duZWQ=\x07",
    "a C1 control": "\u009b31m",
    "an override": "\u202egnp.exe",
    "a bell": "\a",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_no_character_that_a_terminal_obeys_is_printed(
    name: str, form: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.log"
    write(path, [line(1, f"host {HOSTILE[name]} asked")])
    assert cli.run(["logs", str(path), *form]) == 0
    out = capsys.readouterr().out
    assert "\N{REPLACEMENT CHARACTER}" in out or "\\ufffd" in out
    assert not any(char in out for char in "\x1b\x07\u009b\u202e")


def test_the_command_waits_for_a_file_that_comes_later(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    command = [sys.executable, "-m", "console.cli", "logs", "--follow", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            time.sleep(0.5)
            append(path, line(1, "lease 192.0.2.1") + "\n")
            assert process.stdout.readline().endswith(b"lease 192.0.2.1\n")
        finally:
            process.terminate()


def test_a_file_in_a_folder_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["logs", "--follow", "/nowhere/a.log"]) == 1
    assert "no file /nowhere/a.log" in capsys.readouterr().err
