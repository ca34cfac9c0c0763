"""The language of the filter: what is found, what is not, and what is said of what cannot be read."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.logs.filters import FilterError, clause, read_filter
from console.logs.index import LEVELS

FOUND: tuple[tuple[str, str, bool], ...] = (
    ("LOST partner", "contact with Partner lost", True),
    ("lost partner", "contact lost", False),
    ('"contact lost"', "contact with partner lost", False),
    ('"contact lost"', "Contact lost at noon", True),
    ("address:192.0.2.7", "lease 192.0.2.7 given", True),
    ("address:192.0.2.7", "lease 192.0.2.70 given", False),
    ("address:192.0.2.7", "lease 1192.0.2.7 given", False),
    ("address:192.0.2.7", "lease of 192.0.2.7.", True),
    ("address:192.0.2.7", "192.0.2.7.1", False),
    ("address:2001:DB8::0:7", "lease 2001:db8::7/128 given", True),
    ("address:2001:db8::7", "lease 2001:db8::70 given", False),
    ("client:02:00:00:00:00:07", "Lease for 02:00:00:00:00:07 of", True),
    ("client:0200.0000.0007", "Lease for 02:00:00:00:00:07 of", True),
    ("client:02-00-00-00-00-07", "Client 01:02:00:00:00:00:07 holds", True),
    ("client:02:00:00:00:00:07", "02:00:00:00:00:07:08", False),
    ("client:02:00:00:00:00:07", "03:02:00:00:00:00:07", False),
    ("client:printer", "lease of Printer-3", True),
    ("re:/lost.* (safe|period)/", "LOST, then safe", True),
    ("re:/lost$/ at", "lost at", False),
    (r"re:/a\/b/", "a/b", True),
    ("12:30:01", "at 12:30:01 sharp", True),
    ("xid:7", "xid:7", True),
    ("", "anything", True),
)


@pytest.mark.parametrize(("text", "line", "found"), FOUND)
def test_a_line_is_found_when_it_has_all_that_is_written(text: str, line: str, found: bool) -> None:
    assert read_filter(text).matches(line.encode()) is found


WRONG: tuple[tuple[str, str], ...] = (
    ("level:loud", "choose one of debug, activity, info"),
    ("id:abc", "five digits, such as id:18101"),
    ("address:192.0.2", "write address:192.0.2.7"),
    ("re:/(/", "the regular expression cannot be read"),
    (r"re:/(a)\1/", "the regular expression cannot be read"),
    ("re:abc", "between two slashes"),
    ("server:", "Write server:dhcp-a"),
    ("x" * 401, "at most 400 characters"),
)


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_cannot_be_read_is_said_with_what_to_write(text: str, said: str) -> None:
    with pytest.raises(FilterError, match=said):
        read_filter(text)


def test_clauses_for_columns_are_kept_apart_from_the_text() -> None:
    found = read_filter("level:warn id:18101,18104 server:main lost")
    assert LEVELS[found.level] == "Warning"
    assert found.ids == {18101, 18104}
    assert found.admits("dhcp-a", "main")
    assert not found.admits("dhcp-b", "backup")
    assert found.words == (b"lost",)


def test_a_filter_and_a_search_together_want_what_both_want() -> None:
    both = read_filter("id:18101,18104 a level:info").also(read_filter("id:18104 b level:error"))
    assert both.ids == {18104}
    assert both.words == (b"a", b"b")
    assert LEVELS[both.level] == "Error"
    never = read_filter("id:18101").also(read_filter("id:18104"))
    assert not any(number in never.ids for number in range(100_000))


def test_a_pattern_that_explodes_elsewhere_takes_no_time_here() -> None:
    wanted = read_filter("re:/(a+)+$/")
    begun = time.process_time()
    assert not wanted.matches(b"a" * 30_000 + b"!")
    assert time.process_time() - begun < 1


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_refused_with_words(text: str) -> None:
    with contextlib.suppress(FilterError):
        read_filter(text).matches(text.encode("utf-8", "surrogatepass"))


def test_a_value_with_spaces_is_written_so_that_it_is_read() -> None:
    assert read_filter(clause("client", "two words")).words == (b"two words",)
