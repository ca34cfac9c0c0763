"""The filter language: which lines match, and the messages for filters that are not valid."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.dialects.dialect import LEVELS
from console.logs.filters import FilterError, format_clause, parse_filter

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
def test_a_line_matches_if_it_matches_every_term(text: str, line: str, found: bool) -> None:
    assert parse_filter(text).matches(line.encode()) is found


WRONG: tuple[tuple[str, str], ...] = (
    ("level:loud", "choose one of debug, activity, info"),
    ("id:a-b", "five digits or a word, such as id:18101"),
    ("address:192.0.2", "write address:192.0.2.7"),
    ("re:/(/", "the regular expression is not valid"),
    (r"re:/(a)\1/", "the regular expression is not valid"),
    ("re:abc", "between two slashes"),
    ("server:", "write server:dhcp-a"),
    ("x" * 401, "at most 400 characters"),
)


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_the_message_for_a_wrong_filter_has_a_correct_example(text: str, message: str) -> None:
    with pytest.raises(FilterError, match=message):
        parse_filter(text)


def test_clauses_for_columns_are_separate_from_the_words() -> None:
    found = parse_filter("level:warn id:18101,18104 server:main lost")
    assert LEVELS[found.level] == "Warning"
    assert found.ids == {18101, 18104}
    assert found.admits_server("dhcp-a", "main")
    assert not found.admits_server("dhcp-b", "backup")
    assert found.words == (b"lost",)


def test_a_filter_combined_with_a_search_matches_what_both_match() -> None:
    both = parse_filter("id:18101,18104 a level:info").combined_with(parse_filter("id:18104 b level:error"))
    assert both.ids == {18104}
    assert both.words == (b"a", b"b")
    assert LEVELS[both.level] == "Error"
    never = parse_filter("id:18101").combined_with(parse_filter("id:18104"))
    assert not any(number in never.ids for number in range(100_000))


def test_a_pattern_that_backtracks_exponentially_elsewhere_is_fast() -> None:
    wanted = parse_filter("re:/(a+)+$/")
    begun = time.process_time()
    assert not wanted.matches(b"a" * 30_000 + b"!")
    assert time.process_time() - begun < 1


@given(st.text(max_size=80))
def test_any_typed_text_is_parsed_or_refused_with_a_message(text: str) -> None:
    with contextlib.suppress(FilterError):
        parse_filter(text).matches(text.encode("utf-8", "surrogatepass"))


def test_a_value_with_spaces_can_be_parsed_again() -> None:
    assert parse_filter(format_clause("client", "two words")).words == (b"two words",)
