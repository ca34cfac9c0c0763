"""The grammar of the command language, on the command lines of the product's own documentation among others."""

import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.nrcmd.grammar import Command, parse
from dhcpserver.nrcmd.words import GrammarError, Word, words

DOCUMENTED = [
    (
        "failover-pair example-fo-pair create Example-cluster Boston-cluster",
        Command("create", "failover-pair", "example-fo-pair", ("Example-cluster", "Boston-cluster")),
    ),
    (
        "failover-pair example-fo-pair sync exact main-to-backup",
        Command("sync", "failover-pair", "example-fo-pair", ("exact", "main-to-backup")),
    ),
    (
        "failover-pair dhcp2.example.com. setPartnerDown -3d",
        Command("setPartnerDown", "failover-pair", "dhcp2.example.com.", ("-3d",)),
    ),
    (
        "failover-pair dhcp2.example.com. setPartnerDown Oct 31 00:00:00 2001",
        Command("setPartnerDown", "failover-pair", "dhcp2.example.com.", ("Oct", "31", "00:00:00", "2001")),
    ),
    (
        "failover-pair examplepair set failover=false",
        Command("set", "failover-pair", "examplepair", values=(("failover", "false"),)),
    ),
    (
        "failover-pair examplepair set main=cluster-B backup=cluster-A",
        Command("set", "failover-pair", "examplepair", values=(("main", "cluster-B"), ("backup", "cluster-A"))),
    ),
    ("save", Command("save")),
    ("dhcp reload", Command("reload", "server")),
    ("dhcp stop", Command("stop", "server")),
    ("dhcp set failover-recover=0", Command("set", "server", values=(("failover-recover", "0"),))),
    ("dhcp getRelatedservers", Command("getRelatedServers", "server")),
    (
        "scope lab set backup-pct=20",
        Command("set", "scope", "lab", values=(("backup-pct", "20"),)),
    ),
]


@pytest.mark.parametrize(("line", "command"), DOCUMENTED)
def test_command_lines_of_the_documentation(line: str, command: Command) -> None:
    """R-109, R-075 and the tutorial of R-219: word for word."""
    assert parse(line) == command
    assert parse(f"  {line}   # as in the documentation") == command


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("SCOPE Lab GET Backup-Pct", Command("get", "scope", "Lab", ("backup-pct",))),
        ("scope lab set backup-pct 20", Command("set", "scope", "lab", values=(("backup-pct", "20"),))),
        ("scope lab unset backup-pct", Command("set", "scope", "lab", values=(("backup-pct", None),))),
        ("scope lab enable deactivated", Command("set", "scope", "lab", values=(("deactivated", "true"),))),
        ("scope lab disable deactivated", Command("set", "scope", "lab", values=(("deactivated", "false"),))),
        ('scope "lab 2" show', Command("show", "scope", "lab 2")),
        ('scope "list" show', Command("show", "scope", "list")),
        ("scope list", Command("list", "scope")),
        (
            'policy p create domain-name="example.org"',
            Command("create", "policy", "p", values=(("domain-name", "example.org"),)),
        ),
        ("scope lab delete -yes", Command("delete", "scope", "lab", confirmed=True)),
        ("failover-pair p setPartnerDown -force", Command("setPartnerDown", "failover-pair", "p", force=True)),
        ("failover-pair p sync update -report", Command("sync", "failover-pair", "p", ("update",), report=True)),
        ("quit", Command("exit")),
        ("# a comment", None),
        ("", None),
    ],
)
def test_other_lines(line: str, command: Command | None) -> None:
    assert parse(line) == command


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("scop lab show", "did you mean scope?"),
        ("scope lab", "needs a name and a verb"),
        ("scope lab sho", "did you mean show?"),
        ("scope lab set backup-ptc=3", "did you mean backup-pct?"),
        ("scope lab set backup-pct", "ATTRIBUTE=VALUE"),
        ("scope lab set backup-pct 20 30", "ATTRIBUTE=VALUE"),
        ("scope lab enable backup-pct", "is not true or false"),
        ("scope lab delete now", "has no arguments"),
        ("scope list all", "has no arguments"),
        ("scope lab get", "one attribute"),
        ("scope lab show -report", "belongs to sync"),
        ('scope "lab show', "a quote is open"),
        ("dhcp", "needs a verb"),
        ("-force", "begins with a class or a verb"),
    ],
)
def test_a_wrong_line_is_refused_with_what_is_expected(line: str, text: str) -> None:
    with pytest.raises(GrammarError, match=text.replace("?", r"\?")):
        parse(line)


@given(st.lists(st.text(alphabet=string.printable, min_size=1, max_size=9), min_size=1, max_size=6))
def test_quoted_words_are_read_as_they_were(texts: list[str]) -> None:
    line = " ".join('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts)
    assert words(line) == [Word(text, quoted=True) for text in texts]


@given(st.text(max_size=60))
def test_any_line_is_a_command_or_is_refused(line: str) -> None:
    with suppress(GrammarError):
        parse(line)
