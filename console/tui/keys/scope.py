"""A key binding, the scope in which it applies, and a place that a key opens."""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Key:
    """One binding. `keys`: in the toolkit's notation, separated by commas. `shown`: whether it is in the footer.

    `priority`: it is handled before the focused widget. A key without a name cannot be changed.
    """

    name: str
    keys: str
    action: str
    title: str
    shown: bool = True
    priority: bool = False

    @property
    def binding(self) -> Binding:
        return Binding(
            self.keys, self.action, self.title, show=self.shown, priority=self.priority, id=self.name or None
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
    """A screen that one key opens from every other one. `shown`: whether it is in the footer at 80 columns."""

    name: str
    key: str
    title: str
    help: str
    shown: bool = True
