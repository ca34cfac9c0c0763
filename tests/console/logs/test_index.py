"""The index: the same bytes give the same lines, in whatever pieces they are fed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from console.dialects.dialect import LEVELS
from console.logs import index as module
from console.logs.index import MAX_LINE_BYTES, Index
from tests.console.logs.lines import BEGIN, line

PIECES = st.sampled_from(
    [
        line(0).encode(),
        line(5, "äöü", "Warning", "18101").encode(),
        line(3, level="Error").encode(),
        b"\n",
        b"\r\n",
        b"\xff\xfe\x00",
        b"  at nowhere 07/15/2026 3:00:01 in a traceback",
        b"13/45/2026 99:99:99 name/dhcp/1 Info Failover 0 18100 no such time",
        b"x" * 40,
    ]
)


def columns(index: Index) -> tuple[list[int], list[int], bytes, list[int], int]:
    return list(index.starts), list(index.keys), bytes(index.levels), list(index.ids), index.end


def build_index(*pieces: bytes) -> Index:
    index = Index(UTC)
    for piece in pieces:
        index.feed(piece)
    return index


@given(st.lists(PIECES | st.binary(max_size=30), max_size=30), st.data())
def test_any_bytes_in_any_pieces_give_the_same_lines(parts: list[bytes], data: st.DataObject) -> None:
    """Including bytes that are not UTF-8, incomplete lines and wrong dates."""
    whole = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert columns(build_index(*pieces)) == columns(build_index(whole))


@given(st.lists(PIECES | st.binary(max_size=30), max_size=30))
def test_the_lines_together_are_all_bytes(parts: list[bytes]) -> None:
    whole = b"".join(parts)
    index = build_index(whole)
    index.finish()
    spans = [index.span(number) for number in range(index.count)]
    assert b"".join(whole[span[0] : span[1]] for span in spans if span) == whole
    assert (
        index.count == len(whole.splitlines(keepends=True))
        or b"\r" in whole
        or index.count == whole.count(b"\n") + bool(whole and not whole.endswith(b"\n"))
    )


def test_reads_time_level_and_id_from_the_start_of_the_line() -> None:
    index = build_index(f"{line(7, '07/15/2026 9:00:00 text', 'Warning', '18101')}\n".encode())
    assert index.keys[0] == BEGIN + 7
    assert LEVELS[index.levels[0]] == "Warning"
    assert index.ids[0] == 18101


def test_the_rest_of_a_traceback_has_the_time_of_its_line() -> None:
    index = build_index(f"{line(7, level='Error', number='18301')}\n  at somewhere\n{line(9)}\n".encode())
    assert [at - BEGIN for at in index.keys] == [7, 7, 9]
    assert [LEVELS[level] for level in index.levels] == ["Error", "Error", "Info"]
    assert list(index.ids) == [18301, 18301, 18100]


def test_lines_before_the_first_time_get_that_time() -> None:
    together = build_index(f"banner\n{line(7)}\n".encode())
    apart = build_index(b"banner\n", f"{line(7)}\n".encode())
    assert [at - BEGIN for at in together.keys] == [7, 7] == [at - BEGIN for at in apart.keys]
    assert (together.revision, apart.revision) == (0, 1)


def test_a_clock_that_is_set_back_does_not_reorder_the_log() -> None:
    index = build_index("".join(f"{line(at)}\n" for at in (10, 20, 5, 21)).encode())
    assert [at - BEGIN for at in index.keys] == [10, 20, 20, 21]


def test_ignores_a_stamp_after_the_latest_time() -> None:
    index = Index(UTC)
    index.stamps.latest = BEGIN + 60
    index.feed(f"{line(10)}\n{line(86400)}\n{line(11)}\n".encode())
    assert [at - BEGIN for at in index.keys] == [10, 10, 11]


def test_the_order_of_lines_decides_between_the_hours_of_a_clock_change() -> None:
    zone = ZoneInfo("Europe/Berlin")
    stamps = ("1:59:59", "2:10:00", "2:50:00", "2:05:00", "2:59:00", "3:00:00")
    text = "".join(f"10/25/2026 {stamp} name/dhcp/1 Info Failover 0 18100 x\n" for stamp in stamps)
    index = Index(zone)
    index.feed(text.encode())
    first = datetime(2026, 10, 25, 1, 59, 59, tzinfo=zone).timestamp()
    assert [at - first for at in index.keys] == [0, 601, 3001, 3901, 7141, 7201]


@given(st.integers(1, 3), st.integers(-2, 2), st.integers(1, 5000))
def test_a_line_that_is_too_long_is_split_at_the_same_places(times: int, more: int, piece: int) -> None:
    size = 64 * times + more
    before, module.MAX_LINE_BYTES = module.MAX_LINE_BYTES, 64
    try:
        whole = b"y" * size + b"\n" + b"z\n"
        pieces = [whole[at : at + piece] for at in range(0, len(whole), piece)]
        assert columns(build_index(*pieces)) == columns(build_index(whole))
        assert max(end - start for start, end in filter(None, map(build_index(whole).span, range(9)))) <= 64
    finally:
        module.MAX_LINE_BYTES = before


def test_a_file_without_line_ends_is_not_kept_in_memory() -> None:
    index = Index(UTC)
    for _ in range(40):
        index.feed(b"x" * 10_000)
    assert index.count == 400_000 // MAX_LINE_BYTES
    assert index.reached == 400_000


def test_lines_keep_their_numbers_when_older_lines_are_dropped() -> None:
    index = build_index("".join(f"{line(at)}\n" for at in range(5)).encode())
    second, third = index.span(1), index.span(2)
    assert second is not None
    assert third is not None
    index.drop(third[0])
    assert (index.first, index.count, index.span(1), index.span(2)) == (2, 5, None, third)
    assert index.number_at(second[0]) == 2
