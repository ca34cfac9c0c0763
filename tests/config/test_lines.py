"""The lines of values: tables, arrays over several lines, inline tables, dotted keys, strings with brackets."""

import tomllib

import pytest

from dhcpserver.config.lines import Lines, Location

TEXT = '''# a comment with [[scope]] and x = 1
[server]
name = "a # [b]"
text = """
[not-a-table]
y = 1
"""
[[scope]]
name = 's1'
options = { mtu = 1500, "6" = [
    "192.0.2.1", # first
    "192.0.2.2",
] }
reservations = [
    { ipaddr = "192.0.2.20", mac = "02:00:00:00:00:01" },

    { ipaddr = "192.0.2.21", mac = "02:00:00:00:00:02" },
    # a comment
]
[scope.more]
dotted.key.name = 5
[[scope]]
name = "s2"
[[scope.reservations]]
ipaddr = "192.0.2.30"
[[scope.reservations]]
ipaddr = "192.0.2.31"
when = 2026-11-27T10:00:00Z
last = true'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("server",), 2),
        (("server", "name"), 3),
        (("server", "text"), 4),
        (("scope", 0), 8),
        (("scope", 0, "options", "mtu"), 10),
        (("scope", 0, "options", "6", 1), 12),
        (("scope", 0, "reservations"), 14),
        (("scope", 0, "reservations", 0, "mac"), 15),
        (("scope", 0, "reservations", 1, "ipaddr"), 17),
        (("scope", 0, "reservations", 1, "mac"), 17),
        (("scope", 0, "more", "dotted", "key", "name"), 21),
        (("scope", 1, "name"), 23),
        (("scope", 1, "reservations", 1), 26),
        (("scope", 1, "reservations", 1, "ipaddr"), 27),
        (("scope", 1, "reservations", 1, "last"), 29),
        (("scope", 1, "policy"), 22),
        (("not-a-table",), 0),
    ],
)
def test_the_line_of_a_value(path: Location, line: int) -> None:
    tomllib.loads(TEXT)
    assert Lines(TEXT).of(path) == line


@pytest.mark.parametrize("text", ["", "[a", "a =", "a = [1, ", 'a = "', "= 1", "a = {b = ", "]\n[x]\ny = 1"])
def test_a_text_that_is_not_toml_ends(text: str) -> None:
    """The caller has parsed the text; reading it must end in any case."""
    assert Lines(text).of(("z",)) == 0
