"""What a synchronisation would change at the target: the report (R-071). Applying it executes exactly its entries.

The functions of Table 2 are applied to each class in the order of the file, and inside a class to each attribute with a
row of its own. What identifies the target stays: its name, addresses, ports, certificates and users. Values are
compared as they are read, so that "4h" and 14400 are equal.
"""

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from dhcpserver.config.catalogue import Attribute, attributes_of
from dhcpserver.config.objects import Configuration
from dhcpserver.config.options import option_table
from dhcpserver.config.prefixes import TABLE6
from dhcpserver.config.registry import CLASSES, ObjectClass
from dhcpserver.config.sync.change import Action, Change, Document, Target, name_of
from dhcpserver.config.syncrows import Function, Operation, SyncRow
from dhcpserver.wire.optiontypes.basetype import OptionValueError
from dhcpserver.wire.optiontypes.table import OptionTable

EXTENSION_FILES = "the files of extensions are not transferred: copy them by hand"
"""R-096."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The report.

    Attributes:
        operation: what was requested.
        changes: the entries, in the order in which they are applied.
        notes: what has to be done by hand.
        target: the digest of the configuration that the report is about.
    """

    operation: Operation
    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    target: bytes

    def counts(self) -> dict[Action, int]:
        """Return how many entries each action has."""
        return {action: sum(each.action is action for each in self.changes) for action in Action}


class StaleReportError(Exception):
    """The target's configuration has changed since the report was made."""


def fingerprint(document: Document) -> bytes:
    """Return a digest of a document."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).digest()


def plan(source: Document, target: Document, operation: Operation) -> Plan:
    """Return what the operation would change at the target. Both documents have been read without errors."""
    theirs, ours = Configuration.model_validate(source), Configuration.model_validate(target)
    report = _Report(operation, {"options": option_table(ours), "v6-options": TABLE6})
    for known in CLASSES.values():
        if not known.parent and known.sync is not SyncRow.OWN:
            report.compare(known, _items(known, source, theirs), _items(known, target, ours))
    if any(each.row in (SyncRow.EXTENSIONS, SyncRow.EXTENSION_POINT) for each in report.changes) or any(
        note.startswith("extension ") for note in report.notes
    ):
        report.notes.append(EXTENSION_FILES)
    report.compare_pair(_items(_PAIR, source, theirs), _items(_PAIR, target, ours))
    return Plan(operation, tuple(report.changes), tuple(report.notes), fingerprint(target))


def apply(made: Plan, target: Document) -> Document:
    """Return the target's document after the changes. Raises StaleReportError if it is not that of the report."""
    if fingerprint(target) != made.target:
        raise StaleReportError("the configuration has changed since the report: make a new one")
    result = Target(copy.deepcopy(target))
    for change in copy.deepcopy(made.changes):
        result.apply(change)
    return result.document


_PAIR = CLASSES["failover-pair"]


@dataclass(frozen=True, slots=True)
class _Item:
    """One object: its name and itself as the file has them, and as it is read."""

    name: str
    raw: Document
    read: BaseModel


_Items = Mapping[tuple[str, ...], _Item]
"""Objects by their names, as names are compared."""


def _items(known: ObjectClass, holder: Document, read: BaseModel) -> _Items:
    """Return the objects of a class in a document, or in an object of one."""
    name = known.name.rpartition(".")[2]
    value = getattr(read, name.replace("-", "_"))
    if known.single:
        return {(): _Item("", holder.get(name, {}), value)}
    found: dict[tuple[str, ...], _Item] = {}
    for raw, each in zip(holder.get(name, []), value, strict=True):
        key = tuple(str(getattr(each, part.replace("-", "_"))).casefold() for part in known.keys if part in raw)
        if key:
            found[key] = _Item(name_of(known, raw), raw, each)
    return found


class _Report:
    """Collects the entries."""

    def __init__(self, operation: Operation, tables: Mapping[str, OptionTable]) -> None:
        """`tables`: the options that an attribute has values of, by its name."""
        self._operation = operation
        self._tables = tables
        self.changes: list[Change] = []
        self.notes: list[str] = []

    def compare(self, known: ObjectClass, source: _Items, target: _Items) -> None:
        """Add the entries of one class."""
        function = self._function(known.sync)
        for key, theirs in source.items():
            ours = target.get(key)
            if ours is not None:
                self._compare_object(known, theirs, ours)
            elif function is not Function.NO_CHANGE:
                self._add(known, theirs)
        if function is Function.EXACT:
            for key, ours in target.items():
                if key not in source:
                    self.changes.append(Change(known.name, ours.name, (), ours.raw, None, known.sync))

    def compare_pair(self, source: _Items, target: _Items) -> None:
        """Add the entries of the failover pair, which names both servers and is never created or removed."""
        for key, theirs in source.items():
            if key in target:
                self._compare_object(_PAIR, theirs, target[key])
            else:
                self.notes.append(f"failover-pair {theirs.name} is not at the target: create it there")

    def _function(self, row: SyncRow) -> Function:
        return row.value.function(self._operation)

    def _add(self, known: ObjectClass, item: _Item) -> None:
        own = [each for each in attributes_of(known.model) if each.about.sync is SyncRow.OWN]
        missing = [each.name for each in own if each.required]
        if missing:
            self.notes.append(f"{known.name} {item.name} is not at the target: it needs its own {', '.join(missing)}")
            return
        names = {each.name for each in own}
        raw = {key: copy.deepcopy(value) for key, value in item.raw.items() if key not in names}
        self.changes.append(Change(known.name, item.name, (), None, raw, known.sync))

    def _compare_object(self, known: ObjectClass, source: _Item, target: _Item) -> None:
        for attribute in attributes_of(known.model):
            row = attribute.about.sync or known.sync
            function = self._function(row)
            if attribute.name in known.keys or function is Function.NO_CHANGE:
                continue
            if function is Function.ENSURE and not row.value.properties:
                continue  # An object of this name is there.
            inner = CLASSES.get(f"{known.name}.{attribute.name}")
            if inner is not None:
                self._compare_inside(inner, attribute, source, target, row)
            elif row is SyncRow.POLICY_OPTIONS:
                self._merge(known, attribute, source, target, row)
            elif function is not Function.ENSURE or attribute.name not in target.raw:
                self._compare_values(known, attribute, source, target, row)

    def _compare_values(
        self, known: ObjectClass, attribute: Attribute, source: _Item, target: _Item, row: SyncRow
    ) -> None:
        theirs, ours = source.raw.get(attribute.name), target.raw.get(attribute.name)
        if theirs == ours or getattr(source.read, attribute.field) == getattr(target.read, attribute.field):
            return
        if theirs is None and row.value.properties:
            return  # What only the target has stays.
        new = copy.deepcopy(theirs)
        self.changes.append(Change(known.name, target.name, (attribute.name,), ours, new, row, attribute.secret))

    def _compare_inside(
        self, inner: ObjectClass, attribute: Attribute, source: _Item, target: _Item, row: SyncRow
    ) -> None:
        """Compare the objects inside an object, one by one."""
        theirs, ours = _items(inner, source.raw, source.read), _items(inner, target.raw, target.read)
        for key in [*theirs, *(key for key in ours if key not in theirs)]:
            new, old = theirs.get(key), ours.get(key)
            if new is None and self._function(row) is not Function.EXACT:
                continue
            if new is not None and old is not None and new.read == old.read:
                continue
            item = old or new
            assert item is not None, "the key is of one of them"
            path = (attribute.name, item.name)
            values = (old.raw if old else None, copy.deepcopy(new.raw) if new else None)
            self.changes.append(Change(inner.parent, target.name, path, *values, row))

    def _merge(self, known: ObjectClass, attribute: Attribute, source: _Item, target: _Item, row: SyncRow) -> None:
        """Compare options one by one. An option that only the target has stays (R-068)."""
        name, function = attribute.name, self._function(row)
        for path, new in _options((name,), source.raw.get(name), _DEPTHS.get(name, 0)):
            there, old = self._at(target.raw, path)
            if old is None or (function is not Function.ENSURE and old != new):
                self.changes.append(Change(known.name, target.name, there, old, copy.deepcopy(new), row))

    def _at(self, table: Document, path: tuple[str, ...]) -> tuple[tuple[str, ...], object]:
        """Return the path and the value of an option in a table: the same option may be there by another name."""
        place: object = table
        found: list[str] = []
        for part in path:
            entries = place if isinstance(place, dict) else {}
            codes = self._tables.get(found[0]) if len(found) == 1 else None
            key = next((str(each) for each in entries if _same_option(str(each), part, codes)), part)
            place = next((value for each, value in entries.items() if str(each) == key), None)
            found.append(key)
        return tuple(found), place


_DEPTHS = {"options": 1, "v6-options": 1, "vendor-options": 2}
"""Attributes that are tables of options, and how deep the options are in them."""


def _options(path: tuple[str, ...], value: object, depth: int) -> list[tuple[tuple[str, ...], object]]:
    """Return the options in an attribute with their paths; the attribute itself if it has none."""
    if depth and isinstance(value, dict):
        return [each for key, inner in value.items() for each in _options((*path, str(key)), inner, depth - 1)]
    return [] if value is None else [(path, value)]


def _same_option(one: str, other: str, table: OptionTable | None) -> bool:
    if one == other or table is None:
        return one == other
    try:
        return table.find(one).code == table.find(other).code
    except OptionValueError:
        return False
