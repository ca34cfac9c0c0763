"""A key binding, the scope in which it applies, and a place that a key opens."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from textual.binding import Binding, BindingType


class Footing(IntEnum):
    """When a key is in the footer: before all others, if the width allows it, or never."""

    FIRST = 0
    LATER = 1
    NEVER = 2


FIRST, LATER, NEVER = Footing


@dataclass(frozen=True, slots=True)
class Key:
    """One binding. `keys`: in the toolkit's notation, separated by commas. `footer`: when it is in the footer.

    `priority`: it is handled before the focused widget. `changes`: it leads to a change of a server, the journal or a
    file, so that a console which only watches does not have it. A user cannot change a key without a name. What a key
    does is in console.tui.keys.descriptions, by its name.
    """

    name: str
    keys: str
    action: str
    title: str
    footer: Footing = FIRST
    priority: bool = False
    changes: bool = False

    @property
    def binding(self) -> Binding:
        return Binding(
            self.keys,
            self.action,
            self.title,
            show=self.footer is not NEVER,
            priority=self.priority,
            id=self.name or None,
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """The keys of one class. `owner` is the name of the class, `base` the scope of its base class.

    A key of the scope replaces the same key of the base.
    """

    owner: str
    base: "Scope | None"
    keys: tuple[Key, ...]

    def bindings(self) -> list[BindingType]:
        """The value of BINDINGS in the class."""
        return [key.binding for key in self.keys]

    def lineage(self) -> Iterator["Scope"]:
        """The scope itself, then its bases."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.base


@dataclass(frozen=True, slots=True)
class Place:
    """A screen that one key opens from every other one. `footer`: when it is in the footer of a pair and the fleet."""

    name: str
    key: str
    title: str
    help: str
    footer: Footing = FIRST
