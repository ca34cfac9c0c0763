"""Edits of the staged configuration. An edit is made as a whole or not at all, and its error has all its faults.

A document is never changed in place: an edit makes a new one, which shares what it does not change with the old one. So
another thread can read a document while edits go on.
"""

import copy
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dhcpserver.config.catalogue import Attribute
from dhcpserver.config.editing import names, texts
from dhcpserver.config.editing.errors import ConflictError, EditError, EditFault, NotThereError
from dhcpserver.config.editing.templates import with_template
from dhcpserver.config.registry import CLASSES, ObjectClass
from dhcpserver.config.sync.change import Document, name_of

ONE = "-"
"""The name of the object of a class that has one; "" is the same."""
IMPLIED = {"policy": ("default",)}
"""Objects that exist without being in the file."""

FILE_ONLY = "it is set in config.toml only, by hand"


@dataclass(frozen=True, slots=True)
class Edit:
    """Changes of one object, in the order of these fields.

    Attributes:
        set: values by attribute, as text or as the file has them; None unsets.
        unset: attributes that lose their value.
        add, remove: entries of lists by attribute; objects inside the object are removed by their names.
        version: that of the object which the edit is based on; None if it does not matter.
    """

    set: Mapping[str, object] = field(default_factory=dict)
    unset: Iterable[str] = ()
    add: Mapping[str, Iterable[object]] = field(default_factory=dict)
    remove: Mapping[str, Iterable[object]] = field(default_factory=dict)
    version: str | None = None


def version_of(raw: Document) -> str:
    """Return the version of an object: a digest of what is set in it."""
    return hashlib.sha256(json.dumps(raw, sort_keys=True, default=str).encode()).hexdigest()[:16]


class Draft:
    """The staged configuration. `document` is the present one, which is replaced by each edit."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._indexes: dict[str, dict[str, int]] = {}

    def replace(self, document: Document) -> None:
        """Continue with another document."""
        self.document = document
        self._indexes.clear()

    # Reading

    def objects(self, of: str) -> list[Document]:
        """Return the objects of a class in the order of the file. Raises NotThereError."""
        return names.objects(self.document, names.class_of(of))

    def get(self, of: str, name: str) -> Document:
        """Return an object. Raises NotThereError."""
        known = names.class_of(of)
        return self.objects(of)[self._position(known, name)]

    def _position(self, known: ObjectClass, name: str) -> int:
        found = 0 if name in ("", ONE) else None
        if not known.single:
            found = self._index(known).get(name.casefold())
        if found is None:
            raise NotThereError(known.name, name, EditFault("", f"there is no {known.name} with this name"))
        return found

    def _index(self, known: ObjectClass) -> dict[str, int]:
        index = self._indexes.get(known.name)
        if index is None:
            found = names.objects(self.document, known)
            # The first of several with one name is found by it.
            index = {names.key_of(known, raw): at for at, raw in reversed(list(enumerate(found)))}
            self._indexes[known.name] = index
        return index

    # Edits

    def create(self, of: str, name: str, values: Mapping[str, object]) -> Document:
        """Add an object, and return it. Raises EditError."""
        known = names.class_of(of)
        if known.single:
            raise ConflictError(known.name, name, EditFault("", "there is one already: change its attributes"))
        given = dict(with_template(self.document, known.name, values))
        if name:
            given = {_key_for(known, name): name} | given
        faults: list[EditFault] = []
        raw = self._built(known, {}, given, faults)
        faults += [
            EditFault(each.name, "it is required")
            for each in names.attributes(known).values()
            if each.required and each.name not in raw and not any(fault.attribute == each.name for fault in faults)
        ]
        if faults:
            raise EditError(known.name, name, *faults)
        full = name_of(known, raw)
        if full.casefold() in self._index(known):
            raise ConflictError(known.name, full, EditFault("", "there is one with this name already"))
        self._index(known)[full.casefold()] = len(names.objects(self.document, known))
        self.document = self.document | {known.name: [*names.objects(self.document, known), raw]}
        return raw

    def delete(self, of: str, name: str, version: str | None = None) -> Document:
        """Remove an object, and return it. Raises EditError, also if another object names it."""
        known = names.class_of(of)
        if known.single:
            raise ConflictError(known.name, name, EditFault("", "there is always one: unset its attributes"))
        at = self._position(known, name)
        raw = names.objects(self.document, known)[at]
        _check_version(known, name, raw, version)
        by = [f"{each.name} {name_of(each, other)}".strip() for each, other, _ in self._referring(known, raw)]
        if by:
            raise ConflictError(known.name, name, EditFault("", f"it is named by {_some(by)}"))
        self._put(known, [each for each in names.objects(self.document, known) if each is not raw])
        return raw

    def edit(self, of: str, name: str, edit: Edit) -> Document:
        """Change an object, and return it. A new name is followed by the objects that name it. Raises EditError."""
        known = names.class_of(of)
        at = self._position(known, name)
        before = names.objects(self.document, known)[at]
        _check_version(known, name, before, edit.version)
        faults: list[EditFault] = []
        raw = self._built(known, before, edit.set, faults)
        for attribute in edit.unset:
            self._unset(known, raw, attribute, faults)
        self._entries(known, raw, edit, faults)
        if faults:
            raise EditError(known.name, name, *faults)
        key = names.key_of(known, raw)
        if not known.single and key != names.key_of(known, before) and key in self._index(known):
            raise ConflictError(known.name, name, EditFault("", f"there is a {known.name} {key!r} already"))
        renamed = list(self._referring(known, before)) if raw.get("name") != before.get("name") else []
        found = list(names.objects(self.document, known))
        found[at] = raw
        self._put(known, found, keep=key == names.key_of(known, before))
        for each, other, attribute in renamed:
            self._follow(each, raw if other is before else other, attribute, before["name"], raw["name"])
        return raw

    def _put(self, known: ObjectClass, found: list[Document], keep: bool = False) -> None:
        """Replace the objects of a class; `keep`: they have the names that they had."""
        content: Any = found[0] if known.single else found
        self.document = self.document | {known.name: content}
        if not content:
            del self.document[known.name]
        if not keep:
            self._indexes.pop(known.name, None)

    def _referring(self, known: ObjectClass, raw: Document) -> list[tuple[ObjectClass, Document, str]]:
        if not names.REFERENCES[known.name] or "name" not in raw:
            return []
        return list(names.referring(self.document, known.name, str(raw["name"])))

    def _follow(self, known: ObjectClass, raw: Document, attribute: str, old: object, new: object) -> None:
        """Change one reference to an object that has a new name."""
        found = list(names.objects(self.document, known))
        at = next(place for place, each in enumerate(found) if each is raw)
        found[at] = raw | {attribute: names.renamed(raw[attribute], old, new)}
        self._put(known, found)

    # Values

    def _built(
        self, known: ObjectClass, before: Document, given: Mapping[str, object], faults: list[EditFault]
    ) -> Document:
        """Return an object with the given values; add what is wrong to the faults."""
        raw = copy.deepcopy(before)
        for text, value in given.items():
            attribute = names.attributes(known).get(text.lower())
            if attribute is None:
                faults.append(names.unknown(known, text))
            elif attribute.about.file_only:
                faults.append(EditFault(attribute.name, FILE_ONLY))
            elif value is None:
                self._unset(known, raw, attribute.name, faults)
            else:
                try:
                    raw[attribute.name] = self._value(known, attribute, value)
                except ValueError as error:
                    faults.append(EditFault(attribute.name, str(error), _seen(attribute, value)))
        return raw

    def _value(self, known: ObjectClass, attribute: Attribute, value: object) -> Any:
        """Return a value as the file has it. Raises ValueError."""
        inner = CLASSES.get(f"{known.name}.{attribute.name}")
        if inner is not None and isinstance(value, list | tuple):
            value = [self._inner(inner, each) for each in value]
        found = texts.read(attribute, value)
        of = attribute.about.refers_to
        if of and isinstance(found, list):
            return [self._reference(of, each) for each in found]
        return self._reference(of, found) if of else found

    def _inner(self, inner: ObjectClass, value: object) -> Document:
        """Return an object inside an object as the file has it. Raises ValueError."""
        if not isinstance(value, dict):
            raise ValueError(f"a {inner.name} is an object with its attributes")
        faults: list[EditFault] = []
        raw = self._built(inner, {}, {str(key): each for key, each in value.items()}, faults)
        faults += [
            EditFault(each.name, "it is required")
            for each in inner.attributes
            if each.required and each.name not in raw and not faults
        ]
        if faults:
            raise ValueError("; ".join(f"{each.attribute}: {each.text}" for each in faults))
        return raw

    def _reference(self, of: str, value: object) -> object:
        """Return the name of an object as that object has it. Raises ValueError if there is none."""
        known = CLASSES[of]
        index = self._index(known)
        at = index.get(str(value).casefold())
        if at is not None:
            return names.objects(self.document, known)[at]["name"]
        if value in IMPLIED.get(of, ()):
            return value
        there = [str(raw.get("name")) for raw in names.objects(self.document, known)]
        raise ValueError(f"there is no {of} {value!r} (there are: {_some(there) or 'none'})")

    @staticmethod
    def _unset(known: ObjectClass, raw: Document, text: str, faults: list[EditFault]) -> None:
        attribute = names.attributes(known).get(text.lower())
        if attribute is None:
            faults.append(names.unknown(known, text))
        elif attribute.about.file_only:
            faults.append(EditFault(attribute.name, FILE_ONLY))
        elif attribute.required:
            faults.append(EditFault(attribute.name, "it is required"))
        else:
            raw.pop(attribute.name, None)

    def _entries(self, known: ObjectClass, raw: Document, edit: Edit, faults: list[EditFault]) -> None:
        """Add and remove entries of lists."""
        for adding, table in ((True, edit.add), (False, edit.remove)):
            for text, entries in table.items():
                attribute = names.attributes(known).get(text.lower())
                if attribute is None:
                    faults.append(names.unknown(known, text))
                elif not texts.is_list(attribute):
                    faults.append(EditFault(attribute.name, "it is not a list: set it"))
                else:
                    for each in entries:
                        self._entry(known, raw, attribute, each, adding, faults)

    def _entry(
        self,
        known: ObjectClass,
        raw: Document,
        attribute: Attribute,
        entry: object,
        adding: bool,
        faults: list[EditFault],
    ) -> None:
        inner = CLASSES.get(f"{known.name}.{attribute.name}")
        present = list(raw.get(attribute.name, _default(attribute)))
        try:
            if inner is not None:
                value: Any = self._inner(inner, entry) if adding else None
                key = names.key_of(inner, value) if adding else str(entry).casefold()
                at = [place for place, each in enumerate(present) if names.key_of(inner, each) == key]
            else:
                value = texts.read(attribute, [entry] if not isinstance(entry, str) else entry)[0]
                read = texts.parsed(attribute, [value])
                at = [place for place, each in enumerate(present) if texts.parsed(attribute, [each]) == read]
            if adding and at:
                raise ValueError("it is there already")
            if not adding and not at:
                raise ValueError("it is not there")
        except (ValueError, IndexError) as error:
            faults.append(EditFault(attribute.name, str(error) or "it is empty", _seen(attribute, entry)))
            return
        raw[attribute.name] = [*present, value] if adding else [*present[: at[0]], *present[at[0] + 1 :]]


def _default(attribute: Attribute) -> list[Any]:
    """Return the entries that a list has which is not set."""
    return [] if attribute.required else list(attribute.info.get_default(call_default_factory=True) or ())


def _key_for(known: ObjectClass, name: str) -> str:
    """Return the attribute that a name of a new object is for: the first key that can have it as a value."""
    for key in known.keys:
        try:
            texts.read(names.attributes(known)[key], name)
        except ValueError:
            continue
        return key
    return known.keys[0]


def _check_version(known: ObjectClass, name: str, raw: Document, version: str | None) -> None:
    if version is not None and version != version_of(raw):
        text = "it was changed by another edit: read it again, and repeat the edit if it is still right"
        raise ConflictError(known.name, name, EditFault("", text))


def _seen(attribute: Attribute, value: object) -> str | None:
    """Return a value as an error shows it; None for a secret and for what can contain one."""
    if attribute.secret or isinstance(value, dict | list | tuple):
        return None
    return str(value)[:100]


def _some(found: list[str]) -> str:
    """Return the first names of a list, and how many more there are."""
    return ", ".join(found[:10]) + (f" and {len(found) - 10} more" if len(found) > 10 else "")
