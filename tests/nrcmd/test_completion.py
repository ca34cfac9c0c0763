"""Completion of the command language, from the catalogue."""

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from dhcpserver.config.catalogue import attributes_of
from dhcpserver.config.registry import CLASSES
from dhcpserver.nrcmd.completion import candidates
from dhcpserver.nrcmd.prompt import LineCompleter

NAMES = {"scope": ["lab", "guest wifi"], "policy": ["default"], "cluster": ["a", "b"]}


def names_of(of: str) -> list[str]:
    return NAMES.get(of, [])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["sc"], ["scope", "scope-template"]),
        (["failover-p"], ["failover-pair"]),
        (["scope", ""], ["guest wifi", "lab", "list", "listbrief", "listnames"]),
        (["scope", "lab", "se"], ["set"]),
        (["scope", "lab", "addR"], ["addRange", "addReservation"]),
        (["scope", "lab", "set", "backup-p"], ["backup-pct="]),
        (["scope", "lab", "get", "backup-p"], ["backup-pct"]),
        (["scope", "lab", "enable", "dy"], ["dynamic-bootp"]),
        (["scope", "lab", "set", "policy="], ["policy=default"]),
        (["scope", "lab", "set", "bootp="], ["bootp=false", "bootp=true"]),
        (["trap-recipient", "x", "set", "version="], ["version=v1", "version=v2c", "version=v3"]),
        (["failover-pair", "p", "sync", "e"], ["exact"]),
        (["failover-pair", "p", "sync", "exact", ""], ["backup-to-main", "main-to-backup"]),
        (["failover-pair", "p", "sync", "exact", "main-to-backup", ""], ["-report", "-yes"]),
        (["dhcp", "getR"], ["getRelatedServers"]),
        (["dhcp", "set", "failover-r"], ["failover-recover="]),
        (["help", "pre"], ["prefix"]),
        (["no-such", ""], []),
        (["scope", "lab", "delete", ""], []),
    ],
)
def test_what_a_word_can_be(words: list[str], expected: list[str]) -> None:
    assert candidates(words, names_of) == expected


@pytest.mark.parametrize("of", [name for name, each in CLASSES.items() if not each.parent])
def test_every_attribute_is_completed(of: str) -> None:
    """An attribute is added to the catalogue alone."""
    line = ["dhcp", "set", ""] if of == "server" else [of, "set", ""] if CLASSES[of].single else [of, "x", "set", ""]
    plain = {f"{each.name}=" for each in attributes_of(CLASSES[of].model) if each.contains is None}
    assert set(candidates(line, names_of)) == plain


def test_a_name_with_a_space_is_completed_in_quotes() -> None:
    completer = LineCompleter(names_of)
    found = list(completer.get_completions(Document("scope gu"), CompleteEvent()))
    assert [(each.text, each.start_position) for each in found] == [('"guest wifi" ', -2)]
    assert [each.text for each in completer.get_completions(Document("scope "), CompleteEvent())][1] == "lab "
    assert [each.text for each in completer.get_completions(Document("scope lab set backup-p"), CompleteEvent())] == [
        "backup-pct="
    ]
