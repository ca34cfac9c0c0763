"""Which lines of a log match a filter. Levels and ids are tested on the index; only the rest is read, in pieces."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import compress

from console.logs.filters import Filter, Scan
from console.logs.index import Index

Read = Callable[[int, int], bytes]
"""Reads the bytes between two offsets; fewer if some are gone."""

RARE = 4
"""If fewer than one line in this many has the level or the message id, these lines are tested one by one."""

AT_LEAST = tuple(bytes(int(level >= least) for level in range(256)) for least in range(8))
"""For each level, a table that maps a level to 1 if it is at least that one."""


def batch_end(index: Index, first: int, size: int) -> int:
    """The number of the line before which to stop, so that about `size` bytes lie between."""
    if first >= index.count:
        return index.count
    begins = index.starts[first - index.first]
    return max(first + 1, index.first + bisect_right(index.starts, begins + size))


def matching_lines(wanted: Filter, index: Index, first: int, last: int, read: Read) -> "array[int]":
    """The numbers of the matching lines from `first` on, before `last`."""
    low, high = first - index.first, last - index.first
    numbers = _select_by_columns(wanted, index, first, low, high)
    if not wanted.reads:
        return array("Q", numbers)
    admitted = list(numbers) if wanted.level or wanted.ids else None
    begin = index.starts[low]
    data = read(begin, index.starts[high] if high < len(index.starts) else index.end)
    if admitted is not None and len(admitted) * RARE < high - low:
        return array("Q", _test_lines(wanted, index, iter(admitted), begin, data))
    if wanted.words:
        found = _lines_with_words(wanted, index, first, last, begin, data)
    elif wanted.scan is not None and b"\r" not in data:
        found = _lines_with_pattern(wanted, wanted.scan, index, first, last, begin, data)
    else:
        every = iter(range(first, last)) if admitted is None else iter(admitted)
        return array("Q", _test_lines(wanted, index, every, begin, data))
    if admitted is None:
        return array("Q", found)
    chosen = set(admitted)
    return array("Q", (number for number in found if number in chosen))


def _select_by_columns(wanted: Filter, index: Index, first: int, low: int, high: int) -> Iterator[int]:
    numbers: Iterator[int] = iter(range(first, first + high - low))
    levels = index.levels[low:high].translate(AT_LEAST[wanted.level])
    if wanted.ids:
        named = map(wanted.ids.__contains__, index.ids[low:high])
        return compress(numbers, map(bool.__and__, map(bool, levels), named))
    return compress(numbers, levels) if wanted.level else numbers


def _test_lines(wanted: Filter, index: Index, numbers: Iterator[int], begin: int, data: bytes) -> Iterator[int]:
    for number in numbers:
        span = index.span(number)
        if span is not None and wanted.matches(data[span[0] - begin : span[1] - begin]):
            yield number


def _lines_with_words(wanted: Filter, index: Index, first: int, last: int, begin: int, data: bytes) -> Iterator[int]:
    """Search for the rarest word, and test the lines that have it."""
    small = data.lower()
    rare = min(wanted.words, key=small.count)
    alone = len(wanted.words) == 1 and not wanted.tests
    starts, size = index.starts, len(index.starts)
    low, high = first - index.first, last - index.first
    at = small.find(rare)
    while at >= 0:
        low = bisect_right(starts, begin + at, low, high)
        stop = (starts[low] if low < size else index.end) - begin
        start = starts[low - 1] - begin
        if at + len(rare) <= stop and (alone or wanted.matches(data[start:stop])):
            yield low - 1 + index.first
        at = small.find(rare, stop)


def _lines_with_pattern(
    wanted: Filter, scan: Scan, index: Index, first: int, last: int, begin: int, data: bytes
) -> Iterator[int]:
    """Search for the next match, and apply the other tests to its line."""
    alone = len(wanted.tests) == 1
    starts, size = index.starts, len(index.starts)
    low, high = first - index.first, last - index.first
    match = scan(data, 0)
    while match is not None and match.start() < len(data):
        low = bisect_right(starts, begin + match.start(), low, high)
        stop = (starts[low] if low < size else index.end) - begin
        if alone or wanted.matches(data[starts[low - 1] - begin : stop]):
            yield low - 1 + index.first
        match = scan(data, stop)
