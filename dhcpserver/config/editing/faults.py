"""All faults of a document, by object and attribute."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from dhcpserver.config.check import find_faults
from dhcpserver.config.document import explained
from dhcpserver.config.lines import Location
from dhcpserver.config.objects import Configuration
from dhcpserver.config.registry import CLASSES
from dhcpserver.config.sync.change import Document, name_of


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: the class and the name of the object, its attribute ("" for the whole object), and what is wrong."""

    of: str
    name: str
    attribute: str
    text: str

    def __str__(self) -> str:
        parts = (f"{self.of} {self.name}".strip(), self.attribute, self.text)
        return ": ".join(part for part in parts if part)


def faults(document: Document) -> tuple[Fault, ...]:
    """Return the faults of a document; () if a server can use it."""
    try:
        configuration = Configuration.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False)
        return tuple(_fault(document, tuple(each["loc"]), explained(each)) for each in found)
    return tuple(_fault(document, path, text) for path, text in find_faults(configuration))


def _fault(document: Document, path: Location, text: str) -> Fault:
    of, rest = (path[0] if path else ""), list(path[1:])
    known = CLASSES.get(str(of))
    if known is None:
        return Fault(str(of), "", " ".join(map(str, rest)), text)
    place: Any = document.get(known.name, {})
    name = ""
    if not known.single and rest and isinstance(rest[0], int):
        number = rest.pop(0)
        place = _item(place, number)
        name = name_of(known, place) if isinstance(place, dict) else ""
        name = name or f"number {int(number) + 1}"
    return Fault(known.name, name, _attribute(known.name, place, rest), text)


def _attribute(of: str, place: Any, rest: list[str | int]) -> str:
    """Return the attribute as text, with the name of an object inside the object."""
    words: list[str] = []
    inner = None
    for part in rest:
        if isinstance(part, int):
            place = _item(place, part)
            named = name_of(inner, place) if inner is not None and isinstance(place, dict) else ""
            words.append(named or str(place if isinstance(place, str | int | float) else part + 1))
        else:
            inner = CLASSES.get(f"{of}.{part}")
            place = place.get(part) if isinstance(place, dict) else None
            words.append(part)
    return " ".join(words)


def _item(found: Any, number: str | int) -> Any:
    if isinstance(found, list | tuple) and isinstance(number, int) and number < len(found):
        return found[number]
    return None
