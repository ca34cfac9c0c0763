"""The classes and attributes that an edit names, without regard to case, and the references between objects."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from dhcpserver.config.catalogue import Attribute, attributes_of
from dhcpserver.config.editing.errors import EditFault, NotThereError
from dhcpserver.config.registry import CLASSES, ObjectClass
from dhcpserver.config.sync.change import Document, name_of

LONGEST_SHOWN = 100
"""Characters of a wrong name in an error."""

_ATTRIBUTES: dict[str, dict[str, Attribute]] = {
    name: {each.name: each for each in attributes_of(known.model)} for name, known in CLASSES.items()
}

REFERENCES: dict[str, tuple[tuple[ObjectClass, str], ...]] = {
    name: tuple(
        (known, attribute.name)
        for known in CLASSES.values()
        for attribute in known.attributes
        if attribute.about.refers_to == name and not known.parent
    )
    for name in CLASSES
}
"""By class: the attributes whose values are names of its objects."""


def class_of(text: str) -> ObjectClass:
    """Return a class. Raises NotThereError."""
    known = CLASSES.get(text.lower())
    if known is None or known.parent:
        names = [name for name, each in CLASSES.items() if not each.parent]
        raise NotThereError(text, "", EditFault("", f"unknown class{_hint(text.lower(), names)}"))
    return known


def attributes(known: ObjectClass) -> Mapping[str, Attribute]:
    """Return all attributes of a class by their names, with those that contain objects."""
    return _ATTRIBUTES[known.name]


def unknown(known: ObjectClass, text: str) -> EditFault:
    """Return the fault of an attribute that the class does not have."""
    return EditFault(text[:LONGEST_SHOWN], f"unknown attribute{_hint(text.lower(), list(attributes(known)))}")


def _hint(text: str, names: list[str]) -> str:
    close = difflib.get_close_matches(text, names, n=1)
    return f"; did you mean {close[0]}?" if close else f" (there are: {', '.join(sorted(names))})"


def key_of(known: ObjectClass, raw: Document) -> str:
    """Return the name of an object as names are compared."""
    return name_of(known, raw).casefold()


def objects(document: Document, known: ObjectClass) -> list[Document]:
    """Return the objects of a class in a document."""
    found: Any = document.get(known.name, {} if known.single else [])
    return [found] if known.single else found


def has_tables(document: Document) -> bool:
    """Return whether everything that should be a table, or a list of tables, is one: what an edit depends on."""
    return all(_is(known, document[known.name]) for known in CLASSES.values() if known.name in document)


def _is(known: ObjectClass, value: object) -> bool:
    found = [value] if known.single else value
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        return False
    inside = [(each, each.name.rpartition(".")[2]) for each in CLASSES.values() if each.parent == known.name]
    return all(_is(inner, each[name]) for inner, name in inside for each in found if name in each)


def referring(document: Document, of: str, name: str) -> Iterator[tuple[ObjectClass, Document, str]]:
    """Yield the objects that name an object, and the attribute that does."""
    for known, attribute in REFERENCES[of]:
        for raw in objects(document, known):
            if any(_is_name(each, name) for each in _listed(raw.get(attribute, ""))):
                yield known, raw, attribute


def renamed(value: object, old: object, new: object) -> object:
    """Return the value of an attribute that names objects, after one of them has got a new name."""
    if isinstance(value, list):
        return [new if _is_name(each, old) else each for each in value]
    return new


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _is_name(value: object, name: object) -> bool:
    return str(value).casefold() == str(name).casefold()
