"""What is different between two documents, as the entries of a synchronisation report, in the order of the file."""

from collections.abc import Iterator, Mapping
from typing import Any

from dhcpserver.config.catalogue import Attribute, attributes_of
from dhcpserver.config.editing import texts
from dhcpserver.config.registry import CLASSES, ObjectClass
from dhcpserver.config.sync.change import Change, Document, name_of
from dhcpserver.config.syncrows import SyncRow


def difference(one: Document, two: Document) -> tuple[Change, ...]:
    """Return what leads from one document to the other. The order of objects does not count."""
    return tuple(_changes(one, two))


def _changes(one: Document, two: Document) -> Iterator[Change]:
    for known in CLASSES.values():
        if known.parent or one.get(known.name) is two.get(known.name):
            continue
        if known.single:
            yield from _attributes(known, "", one.get(known.name, {}), two.get(known.name, {}))
            continue
        old, new = _named(known, one.get(known.name, [])), _named(known, two.get(known.name, []))
        for key, (name, raw) in new.items():
            if key not in old:
                yield Change(known.name, name, (), None, raw, known.sync)
            elif old[key][1] is not raw:
                yield from _attributes(known, name, old[key][1], raw)
        for key, (name, raw) in old.items():
            if key not in new:
                yield Change(known.name, name, (), raw, None, known.sync)


def _named(known: ObjectClass, found: list[Document]) -> Mapping[tuple[str, int], tuple[str, Document]]:
    """Return objects by their names as they are compared; those with the same name are counted."""
    named: dict[tuple[str, int], tuple[str, Document]] = {}
    for raw in found:
        name = name_of(known, raw)
        number = 0
        while (name.casefold(), number) in named:
            number += 1
        named[name.casefold(), number] = (name, raw)
    return named


def _attributes(known: ObjectClass, name: str, old: Document, new: Document) -> Iterator[Change]:
    for attribute in attributes_of(known.model):
        one, two = old.get(attribute.name), new.get(attribute.name)
        row = attribute.about.sync or known.sync
        inner = CLASSES.get(f"{known.name}.{attribute.name}")
        if inner is not None:
            yield from _inside(inner, name, attribute, one or [], two or [])
        elif isinstance(one, dict) and isinstance(two, dict):
            yield from _tables((attribute.name,), known.name, name, one, two, row)
        elif not _equal(attribute, one, two):
            yield Change(known.name, name, (attribute.name,), one, two, row, attribute.secret)


def _equal(attribute: Attribute, one: object, two: object) -> bool:
    """Whether two values are read as the same."""
    if one == two or one is None or two is None:
        return one == two
    try:
        return bool(texts.parsed(attribute, one) == texts.parsed(attribute, two))
    except ValueError:
        return False


def _inside(
    inner: ObjectClass, name: str, attribute: Attribute, one: list[Document], two: list[Document]
) -> Iterator[Change]:
    old, new = _named(inner, one), _named(inner, two)
    for key in [*new, *(key for key in old if key not in new)]:
        before, after = old.get(key), new.get(key)
        if before is None or after is None or before[1] != after[1]:
            shown = (after or before or ("", {}))[0]
            values = (before and before[1], after and after[1])
            yield Change(inner.parent, name, (attribute.name, shown), *values, attribute.about.sync or inner.sync)


def _tables(
    path: tuple[str, ...], of: str, name: str, one: Mapping[str, Any], two: Mapping[str, Any], row: SyncRow
) -> Iterator[Change]:
    """Compare tables of options, one by one."""
    for key in [*two, *(key for key in one if key not in two)]:
        old, new = one.get(key), two.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _tables((*path, str(key)), of, name, old, new, row)
        elif old != new:
            yield Change(of, name, (*path, str(key)), old, new, row)
