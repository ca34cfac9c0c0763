"""The configuration document of the HTTP API as objects to compare.

What belongs to one server is left out, and so are attributes that count on the main alone (R-047).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from console.model.configs import Concern, ConfigObject

OWN = frozenset({"server", "listener", "api", "user", "trap-recipient"})
"""Classes that belong to a server and not to the pair."""
MAIN_ONLY = frozenset({"backup-pct", "dynamic-bootp-backup-pct"})
"""Attributes of a pair that are ignored on the backup, so that configurations can be copied."""
PAIR = "failover-pair"
SERVICE = frozenset({"policy", "client-class", "client-class-policy", "extension", "dhcp-option", "option"})
"""Classes that decide what a client gets: where they differ, it depends on which server answers (R-243)."""
SCOPE = frozenset({"scope", "prefix", "link", "reservation"})
DEFAULT = "(default)"


def config_objects(raw: Mapping[str, Any]) -> tuple[ConfigObject, ...]:
    """Every object that both partners should have alike, by class and name."""
    return tuple(each for kind in sorted(raw.keys() - OWN) for each in _of_class(kind, raw[kind]))


def _of_class(kind: str, raw: Any) -> Iterator[ConfigObject]:
    concern = Concern.SERVICE if kind in SERVICE else Concern.SCOPE if kind in SCOPE else Concern.OTHER
    for name, values in _named(raw):
        kept = {
            attribute: _words(value)
            for attribute, value in values.items()
            if not (kind == PAIR and attribute in MAIN_ONLY)
        }
        yield ConfigObject(kind, name, concern, kept)


def _named(raw: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects of a class with their names; a class with one object that has no name is one without a name."""
    if isinstance(raw, Mapping):
        yield str(raw.get("name", "")), raw
    elif isinstance(raw, Sequence) and not isinstance(raw, str):
        for number, each in enumerate(raw):
            if isinstance(each, Mapping):
                yield str(each.get("name", number)), each


def _words(value: Any) -> str:
    if value is None:
        return DEFAULT
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_words(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_words(each) for each in value) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
