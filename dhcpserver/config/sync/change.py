"""One entry of the report of a synchronisation, and how entries change a document."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from dhcpserver.config.registry import CLASSES, ObjectClass
from dhcpserver.config.syncrows import SyncRow

Document = dict[str, Any]
"""The tables of a `config.toml`, with values as the file has them."""


class Action(Enum):
    """What happens to an object, an attribute or an entry of one at the target."""

    ADD = "add"
    REPLACE = "replace"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry.

    Attributes:
        of: the class, `scope`.
        name: the object's name as the file has it: that of the target, for a new object that of the source; "" of a
            class with one object.
        path: the attribute that changes, and the option or the reservation inside it; () if the whole object does.
        old, new: the values, None where there is none.
        row: the row of Table 2 that leads to it.
        secret: whether the values must not be shown.
    """

    of: str
    name: str
    path: tuple[str, ...]
    old: Any
    new: Any
    row: SyncRow
    secret: bool = False

    @property
    def action(self) -> Action:
        """What happens."""
        if self.old is None:
            return Action.ADD
        return Action.REMOVE if self.new is None else Action.REPLACE

    @property
    def text(self) -> str:
        """The line of the report: `scope lab: replace backup-pct: 10 -> 50 (Scopes)`."""
        return f"{self.edit} ({self.row.value.label})"

    @property
    def edit(self) -> str:
        """The same without the row: `scope lab: replace backup-pct: 10 -> 50`."""
        line = f"{self.of} {self.name}".rstrip() + f": {self.action.value}"
        if self.path:
            values = "a secret" if self.secret else " -> ".join(shown(each) for each in self._values())
            line += f" {' '.join(self.path)}: {values}"
        return line

    def _values(self) -> list[object]:
        return [each for each in (self.old, self.new) if each is not None]


def shown(value: object) -> str:
    """Return a value of a document as the report has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {shown(each)}" for key, each in value.items()) + "}"
    return str(value)


def name_of(known: ObjectClass, raw: Document) -> str:
    """Return the name of an object as a document has it; "" for one without a name."""
    return " ".join(str(raw[key]) for key in known.keys if key in raw)


class Target:
    """A document that entries change."""

    def __init__(self, document: Document) -> None:
        """`document` is changed in place."""
        self.document = document
        self._indexes: dict[str, dict[str, Document]] = {}

    def apply(self, change: Change) -> None:
        """Change the document by one entry."""
        known = CLASSES[change.of]
        if not change.path:
            self._apply_object(known, change)
            return
        place: Any = self.document.setdefault(change.of, {}) if known.single else self._objects(known)[change.name]
        inner = CLASSES.get(f"{change.of}.{change.path[0]}")
        if inner is not None and len(change.path) > 1:
            _apply_inside(inner, place.setdefault(change.path[0], []), change)
            return
        for part in change.path[:-1]:
            place = place.setdefault(part, {})
        key = next((each for each in place if str(each) == change.path[-1]), change.path[-1])
        if change.new is None:
            del place[key]
        else:
            place[key] = change.new

    def _objects(self, known: ObjectClass) -> dict[str, Document]:
        index = self._indexes.get(known.name)
        if index is None:
            index = {name_of(known, each): each for each in self.document.get(known.name, [])}
            self._indexes[known.name] = index
        return index

    def _apply_object(self, known: ObjectClass, change: Change) -> None:
        objects: list[Document] = self.document.setdefault(known.name, [])
        index = self._objects(known)
        if change.old is None:
            objects.append(change.new)
            index[change.name] = change.new
        else:
            removed = index.pop(change.name)
            objects[:] = [each for each in objects if each is not removed]


def _apply_inside(inner: ObjectClass, entries: list[Document], change: Change) -> None:
    """Change a list of objects inside an object."""
    name = change.path[1]
    if change.old is None:
        entries.append(change.new)
        return
    position = next(place for place, each in enumerate(entries) if name_of(inner, each) == name)
    if change.new is None:
        del entries[position]
    else:
        entries[position] = change.new
