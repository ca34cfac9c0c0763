"""`ModuleTables`: the notifications and objects of loaded MIB modules, found by OID; and their form as JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class IndexPart:
    """One object of a table's INDEX, and how an instance has it (RFC 2578 section 7.7)."""

    name: str
    kind: str
    """`integer`, `octets`, `oid` or `address`."""
    length: int | None = None
    """Sub-identifiers, if their number is fixed."""
    implied: bool = False
    """Whether it is the rest of the instance, without a length."""
    hint: str = ""
    words: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModuleObject:
    """An object of a module, with everything that its textual conventions add."""

    name: str
    hint: str = ""
    words: Mapping[int, str] = field(default_factory=dict)
    bits: bool = False
    """Whether `words` are those of BITS."""
    index: tuple[IndexPart, ...] = ()
    """For a column: the INDEX of its table."""


class ModuleTables:
    """What the loaded modules define. Without modules it is empty. Instances are compared by identity, for caches."""

    def __init__(self, notifications: Mapping[str, str], objects: Mapping[str, ModuleObject]) -> None:
        self._notifications = dict(notifications)
        self._objects = dict(objects)

    def __len__(self) -> int:
        return len(self._notifications) + len(self._objects)

    def notification(self, oid: str) -> str | None:
        """Return the name of a notification; None if no module defines it.

        A notification of SNMPv1 has `.0.` before its number, which older modules for SNMPv2 leave out.
        """
        found = self._notifications.get(oid)
        if found is None:
            head, _, last = oid.rpartition(".")
            found = self._notifications.get(f"{head.removesuffix('.0')}.{last}" if head.endswith(".0") else "")
        return found

    def object_of(self, oid: str) -> tuple[ModuleObject, str] | None:
        """Return the object of a varbind's OID and its instance (`0`, `3.1`, empty); None if no module defines it."""
        prefix, instance = oid, ""
        while prefix:
            found = self._objects.get(prefix)
            if found is not None:
                return found, instance
            prefix, _, last = prefix.rpartition(".")
            instance = f"{last}.{instance}" if instance else last
        return None

    def as_json(self) -> dict[str, Any]:
        """Return the tables ready for JSON."""
        return {
            "notifications": self._notifications,
            "objects": {oid: asdict(each) for oid, each in self._objects.items()},
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "ModuleTables":
        """Return the tables of `as_json`. Raises ValueError, KeyError or TypeError for anything else."""
        objects = {str(oid): _object(each) for oid, each in content["objects"].items()}
        return cls({str(oid): str(name) for oid, name in content["notifications"].items()}, objects)


NO_TABLES = ModuleTables({}, {})


def merged(tables: Iterable[ModuleTables]) -> ModuleTables:
    """Return everything of all; of two definitions of one OID the first."""
    notifications: dict[str, str] = {}
    objects: dict[str, ModuleObject] = {}
    for each in tables:
        notifications = each._notifications | notifications
        objects = each._objects | objects
    return ModuleTables(notifications, objects)


def _object(content: Mapping[str, Any]) -> ModuleObject:
    index = tuple(IndexPart(**{**part, "words": _words(part["words"])}) for part in content["index"])
    return ModuleObject(**{**content, "words": _words(content["words"]), "index": index})


def _words(content: Mapping[Any, Any]) -> dict[int, str]:
    return {int(number): str(word) for number, word in content.items()}
