"""Two servers' configurations class by class: only the names and values that differ.

What is a server's own (its name, its addresses, its users) may differ, and backup-pct counts on the main alone (R-047).
An attribute that is not there has its default.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.model.picture import PairPicture

OWN = frozenset({"server", "listener", "api", "user", "trap-recipient"})
"""Classes that belong to a server and not to the pair."""
MAIN_ONLY = frozenset({"backup-pct", "dynamic-bootp-backup-pct"})
"""Attributes of a pair that are ignored on the backup, so that configurations can be copied."""
DEFAULT = "(default)"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs: the class of object, its name, the attribute, and the value on main and backup. An object
    that only one of them has differs as a whole: `attribute` is empty."""

    kind: str
    name: str
    attribute: str
    main: str
    backup: str

    @property
    def words(self) -> str:
        what = f"{self.kind} {self.name}".rstrip() + (f" {self.attribute}" if self.attribute else "")
        return f"{what}: {self.main} / {self.backup}"


def differences(main: Mapping[str, Any], backup: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Every difference, by class and name."""
    kinds = sorted((main.keys() | backup.keys()) - OWN)
    return tuple(each for kind in kinds for each in _of_class(kind, main.get(kind), backup.get(kind)))


def of_pair(pair: PairPicture) -> tuple[Difference, ...] | None:
    """The differences of what both servers last answered; `None` until both have."""
    by_role = {server.role: pair.configs.get(name) for name, server in pair.servers.items()}
    main, backup = by_role.get("main"), by_role.get("backup")
    return None if main is None or backup is None else differences(main.config, backup.config)


def _of_class(kind: str, main: Any, backup: Any) -> Iterator[Difference]:
    ours, theirs = _objects(main), _objects(backup)
    for name in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(name), theirs.get(name)
        if one is None or other is None:
            yield Difference(kind, name, "", *("there" if each is not None else "missing" for each in (one, other)))
            continue
        for attribute in sorted(one.keys() | other.keys()):
            if attribute in MAIN_ONLY and kind == "failover-pair":
                continue
            values = one.get(attribute), other.get(attribute)
            if values[0] != values[1]:
                yield Difference(kind, name, attribute, *(_shown(each) for each in values))


def _objects(raw: Any) -> dict[str, Mapping[str, Any]]:
    """The objects of a class by name; a class with one object that has no name is one without a name."""
    if isinstance(raw, Mapping):
        return {str(raw.get("name", "")): raw}
    if isinstance(raw, Sequence) and not isinstance(raw, str):
        return {str(each.get("name", number)): each for number, each in enumerate(raw) if isinstance(each, Mapping)}
    return {}


def _shown(value: Any) -> str:
    if value is None:
        return DEFAULT
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_shown(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_shown(each) for each in value) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
