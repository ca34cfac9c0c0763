"""Values of attributes as text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.config.catalogue import Attribute
from dhcpserver.config.editing import texts
from dhcpserver.config.editing.names import attributes
from dhcpserver.config.registry import CLASSES


def attribute(name: str) -> Attribute:
    """`scope/backup-pct`."""
    of, _, word = name.partition("/")
    return attributes(CLASSES[of])[word]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("scope/deactivated", "enabled", True),
        ("scope/deactivated", "TRUE", True),
        ("scope/deactivated", "on", True),
        ("scope/deactivated", "1", True),
        ("scope/deactivated", "disabled", False),
        ("scope/deactivated", "off", False),
        ("scope/deactivated", "0", False),
        ("scope/backup-pct", "0", 0),
        ("failover-pair/mclt", "3600", 3600),
        ("failover-pair/mclt", "1d6h", "1d6h"),
        ("failover-pair/main-ip6address", "::", "::"),
        ("scope/ranges", "10.0.0.1-10.0.0.9, 10.0.0.20", ["10.0.0.1-10.0.0.9", "10.0.0.20"]),
        ("scope/ranges", '["10.0.0.1-10.0.0.9"]', ["10.0.0.1-10.0.0.9"]),
        ("scope/ranges", "", []),
        ("policy/v4-reply-options", "3, domain-name", [3, "domain-name"]),
        ("policy/options", "{ interface-mtu = 1500 }", {"interface-mtu": 1500}),
        ("server/log-settings", "Default,Failover-Detail", ["default", "failover-detail"]),
        ("trap-recipient/version", "V3", "v3"),
        ("trap-recipient/timeout", "2.5", 2.5),
        ("trap-recipient/community", "a, b", "a, b"),
        ("user/role", "expert", "expert"),
        ("scope.reservations/mac", "02:00:00:00:00:01", "02:00:00:00:00:01"),
    ],
)
def test_a_text_becomes_what_the_file_has(name: str, text: str, value: Any) -> None:
    found = texts.read(attribute(name), text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("scope/backup-pct", "101", "expected: percent, 0 to 100"),
        ("scope/backup-pct", "half", "expected: percent, 0 to 100"),
        ("scope/deactivated", "maybe", "expected: true or false"),
        ("failover-pair/mclt", "soon", "a duration is seconds or a number with s, m, h, d, w or y"),
        ("failover-pair/mclt", "2w", "expected: seconds, or a duration"),
        ("trap-recipient/version", "v4", "expected: v1 | v2c | v3"),
        ("scope/ranges", "10.0.0.9-10.0.0.1", "the start of a range must not be above its end"),
        ("scope/ranges", "[1", "it is not written as in the file"),
        ("scope/ranges", '["10.0.0.1"]\nx = 1', "it is not written as in the file|more than one value"),
        ("scope/subnet", "10.0.0.1/24", "expected: a subnet, 192.0.2.0/24"),
        ("policy/options", "interface-mtu", "it is not written as in the file"),
        ("scope/name", "a/b", "a name has 1 to 255 characters and no slash"),
        ("scope/name", "a\nb", "no control characters"),
        ("policy/options", {"a": None}, "a value inside a list or a table is missing"),
        ("policy/options", {"a": float("nan")}, "a number is finite"),
        ("policy/options", {"a": 2**70}, "a number is at most"),
        ("policy/options", {"a": "\ud800"}, "no control characters"),
        ("user/name", 5, "expected: a name, without a slash"),
        ("api/port", True, "expected: number"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_expected(name: str, given: object, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        texts.read(attribute(name), given)


def test_a_value_of_the_file_stays_as_it_is() -> None:
    assert texts.read(attribute("scope/ranges"), ["10.0.0.1 - 10.0.0.2"]) == ["10.0.0.1 - 10.0.0.2"]
    assert texts.read(attribute("scope/deactivated"), 1) is True
    assert texts.read(attribute("api/port"), 80.0) == 80


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("scope/deactivated", ("true", "false")),
        ("user/role", ("viewer", "operator", "expert")),
        ("server/lease-log", ("json", "lines")),
        ("scope/subnet", ()),
    ],
)
def test_completion_has_the_words_that_are_possible(name: str, words: tuple[str, ...]) -> None:
    assert texts.words(attribute(name)) == words


def test_enumerations_have_their_words() -> None:
    assert "sha" in " ".join(texts.words(attribute("trap-recipient/auth-protocol"))).lower()


PLAIN = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=12)
OPTION_VALUES = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PLAIN, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(PLAIN, OPTION_VALUES, max_size=4))
def test_a_written_table_is_read_again(value: dict[str, Any]) -> None:
    assert texts.read(attribute("policy/options"), texts.written(value)) == value


@given(st.lists(PLAIN.filter(str.strip), max_size=4))
def test_a_written_list_is_read_again(value: list[str]) -> None:
    assert texts.read(attribute("lease-events/webhooks"), texts.written(value)) == value


def test_every_default_is_a_text_that_is_read_as_the_default() -> None:
    """The text of `get` can be given to `set`."""
    for known in CLASSES.values():
        for each in known.attributes:
            default = None if each.required else each.info.get_default(call_default_factory=True)
            if default is None or each.secret:
                continue
            plain = (
                [str(item) if not isinstance(item, int) else item for item in default]
                if isinstance(default, tuple)
                else default
            )
            read = texts.read(each, texts.written(plain))
            assert texts.parsed(each, read) == default, each.name
