"""Completion of a line: classes, names of objects, verbs, attributes and their values."""

from collections.abc import Callable, Iterable, Sequence

from dhcpserver.config.editing.texts import words
from dhcpserver.config.registry import CLASSES
from dhcpserver.nrcmd.grammar import ACTIONS, DHCP, EDITS, GLOBAL, LISTS, SINGLES
from dhcpserver.nrcmd.synchronise import DIRECTIONS, OPERATIONS

NamesOf = Callable[[str], Sequence[str]]
"""Returns the names of the objects of a class, as far as they are known."""

_WITH_ATTRIBUTES = ("create", "set", "get", "unset", "enable", "disable")


def candidates(typed: Sequence[str], names_of: NamesOf) -> list[str]:
    """Return what the last word can be, given those before it; it may be empty or begun."""
    *before, begun = typed or [""]
    return sorted(each for each in _next(before, begun, names_of) if each.lower().startswith(begun.lower()))


def _next(before: Sequence[str], begun: str, names_of: NamesOf) -> Iterable[str]:
    if not before:
        return [*GLOBAL, *SINGLES, *(name for name, each in CLASSES.items() if not each.parent)]
    first = before[0].lower()
    if first == "help":
        return [name for name, each in CLASSES.items() if not each.parent] if len(before) == 1 else ()
    of = SINGLES.get(first, first)
    if of not in CLASSES or CLASSES[of].parent:
        return ()
    single = CLASSES[of].single
    if not single and len(before) == 1:
        return [*LISTS, *names_of(of)]
    rest = before[1:] if single else before[2:]
    if not rest:
        return DHCP if first in SINGLES else EDITS if single else [*EDITS, *ACTIONS.get(of, ())]
    return _arguments(of, rest[0].lower(), rest[1:], begun, names_of)


def _arguments(of: str, verb: str, given: Sequence[str], begun: str, names_of: NamesOf) -> Iterable[str]:
    if verb == "sync":
        return [OPERATIONS, DIRECTIONS, ("-report", "-yes")][min(len(given), 2)]
    if verb not in _WITH_ATTRIBUTES:
        return ()
    name, equals, _ = begun.partition("=")
    if equals:
        return [f"{name}={value}" for value in _values(of, name.lower(), names_of)]
    switches = verb in ("enable", "disable")
    attributes = [each for each in CLASSES[of].attributes if not switches or each.info.annotation is bool]
    form = "{}=" if verb in ("create", "set") else "{}"
    return [form.format(each.name) for each in attributes]


def _values(of: str, name: str, names_of: NamesOf) -> Sequence[str]:
    attribute = next((each for each in CLASSES[of].attributes if each.name == name), None)
    if attribute is None:
        return ()
    if attribute.about.refers_to:
        return names_of(attribute.about.refers_to)
    return words(attribute)
