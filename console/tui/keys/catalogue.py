"""Every key binding that a user can change, for `config --keys`, the help and the palette."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from console.tui.keys.keymap import APP, PLACE, SCREENS
from console.tui.keys.scope import Key, Scope


@dataclass(frozen=True, slots=True)
class BindingEntry:
    """One binding: its name, where it applies (a screen's class, or the app), its keys and what it does."""

    name: str
    where: str
    keys: tuple[str, ...]
    does: str


@cache
def named_bindings() -> tuple[BindingEntry, ...]:
    """Every named binding, those of the app first, then those of each screen."""
    return tuple(each for scope in (APP, *SCREENS) for each in bindings_of(scope).values())


def bindings_of(scope: Scope) -> Mapping[str, BindingEntry]:
    """The named bindings of a scope and its bases. A key of the scope replaces the same key of a base."""
    by_key: dict[str, Key] = {}
    for each in reversed(list(scope.lineage())):
        by_key.update({name.strip(): key for key in each.keys for name in key.keys.split(",")})
    found: dict[str, BindingEntry] = {}
    for name, key in by_key.items():
        if key.name:
            keys = found[key.name].keys if key.name in found else ()
            found[key.name] = BindingEntry(key.name, scope.owner, (*keys, name), key.title)
    return found


def catalogue() -> list[BindingEntry]:
    """Each name once, with a description of where it applies."""
    found: dict[str, BindingEntry] = {}
    for key in named_bindings():
        held = [each.where for each in named_bindings() if each.name == key.name]
        everywhere = key.where == APP.owner
        where = "everywhere" if everywhere else "every place" if PLACE.owner in held else held[0].removesuffix("Screen")
        found.setdefault(key.name, BindingEntry(key.name, where, key.keys, key.does))
    return list(found.values())
