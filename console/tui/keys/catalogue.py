"""Every key binding: those that a user can change, for `config --keys` and the palette, and those that work on a screen
now, for the footer and the help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Protocol, runtime_checkable

from textual.binding import ActiveBinding
from textual.screen import Screen

from console.actions.access import Access
from console.tui.keys.descriptions import DESCRIPTIONS
from console.tui.keys.keymap import APP, PLACE, SCREENS
from console.tui.keys.scope import Key, Scope
from console.tui.keys.widget_keymap import WIDGETS


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


@dataclass(frozen=True, slots=True)
class ActiveKey:
    """A key of the keymap that works now. `keys`: as the user has set them. `active`: the binding of the first one.

    `level`: 0 for the focused widget, 1 for the screen itself, 2 for its base, 3 for the app.
    """

    key: Key
    keys: tuple[str, ...]
    active: ActiveBinding
    level: int

    @property
    def does(self) -> str:
        return DESCRIPTIONS.get(self.key.name, self.key.title)


EVERYWHERE = 2
"""Keys of this level and above it are the same on every place."""


@runtime_checkable
class HasAccess(Protocol):
    """What is read from the app: whether the console may change anything."""

    @property
    def access(self) -> Access: ...


def active_keys(screen: Screen[Any]) -> list[ActiveKey]:
    """The keys that work on a screen now, the widget's and the screen's own first, each in the order of the keymap."""
    found: dict[tuple[int, int], ActiveKey] = {}
    known = _scopes()
    app = screen.app
    watches = isinstance(app, HasAccess) and app.access is Access.WATCH_ONLY
    for pressed, active in screen.active_bindings.items():
        if not active.enabled:
            continue
        place = _find(known, active, screen)
        if place is None:
            continue
        level, number, key = place
        if watches and key.changes:
            continue
        earlier = found.get((level, number))
        if earlier is None:
            found[level, number] = ActiveKey(key, (pressed,), active, level)
        else:
            found[level, number] = replace(earlier, keys=(*earlier.keys, pressed))
    return [found[place] for place in sorted(found)]


def _find(known: Mapping[str, Scope], active: ActiveBinding, screen: Screen[Any]) -> tuple[int, int, Key] | None:
    """The level, the position and the key of a binding; None for one of the toolkit."""
    binding, owner = active.binding, active.node
    for depth, scope in enumerate(_scopes_of(known, type(owner))):
        for number, key in enumerate(scope.keys):
            if key.name and key.name == binding.id and key.action == binding.action:
                level = min(1 + depth, 2) if owner is screen else 3 if scope is APP else 0
                return level, number, key
    return None


@cache
def _scopes() -> Mapping[str, Scope]:
    return {scope.owner: scope for scope in (APP, *SCREENS, *WIDGETS)}


def _scopes_of(known: Mapping[str, Scope], owner: type) -> Sequence[Scope]:
    """The scopes of a class and of its bases, its own first."""
    return [known[each.__name__] for each in owner.__mro__ if each.__name__ in known]


def leads_to_a_change(owner: type, action: str) -> bool:
    """Whether an action of that class is the action of a key that leads to a change."""
    return any(key.changes and key.action == action for scope in _scopes_of(_scopes(), owner) for key in scope.keys)
