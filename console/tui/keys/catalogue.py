"""Every key binding that a user can change, for `config --keys`, the help and the palette."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from console.tui.keys.keymap import APP, PLACE, SCREENS
from console.tui.keys.scope import Key, Scope


@dataclass(frozen=True, slots=True)
class Bound:
    """One binding: its name, where it applies (a screen's class, or the app), its keys and what it does."""

    name: str
    where: str
    keys: tuple[str, ...]
    does: str


@cache
def known() -> tuple[Bound, ...]:
    """Every binding that has a name, those of the app first, then screen by screen."""
    return tuple(each for scope in (APP, *SCREENS) for each in bound(scope).values())


def bound(scope: Scope) -> Mapping[str, Bound]:
    """The named bindings of a scope and its bases: a key that the scope binds replaces the base's."""
    by_key: dict[str, Key] = {}
    for each in reversed(list(scope.lineage())):
        by_key.update({name.strip(): key for key in each.keys for name in key.keys.split(",")})
    found: dict[str, Bound] = {}
    for name, key in by_key.items():
        if key.name:
            keys = found[key.name].keys if key.name in found else ()
            found[key.name] = Bound(key.name, scope.owner, (*keys, name), key.title)
    return found


def catalogue() -> list[Bound]:
    """Each name once, with the place where it applies in words."""
    found: dict[str, Bound] = {}
    for key in known():
        held = [each.where for each in known() if each.name == key.name]
        everywhere = key.where == APP.owner
        where = "everywhere" if everywhere else "every place" if PLACE.owner in held else held[0].removesuffix("Screen")
        found.setdefault(key.name, Bound(key.name, where, key.keys, key.does))
    return list(found.values())
