"""Where an operator can go: one table for the keys, the command palette, the help page and the wiring.

A screen is named by its module and class and imported when it is first opened, so that a start pays for what it shows.
Every screen of a place is made with the desk and the name of the pair that is looked at.
"""

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.binding import Binding

if TYPE_CHECKING:
    from textual.screen import Screen

    from console.tui.session import Session


@dataclass(frozen=True, slots=True)
class Place:
    """A screen that is opened by a key from every screen of the picture.

    `shown`: whether the footer names it at 80 columns.
    """

    name: str
    key: str
    title: str
    help: str
    screen: str
    shown: bool = True

    def open(self, session: "Session", pair: str) -> "Screen[Any]":
        """Its screen, on that pair."""
        module, _, name = self.screen.partition(":")
        made: Screen[Any] = getattr(importlib.import_module(module), name)(session, pair)
        return made

    def binding(self, shown: bool) -> Binding:
        """Its key, which a user can bind anew by the id `go.NAME`; `shown`: whether the footer names it here."""
        show = shown and self.shown
        return Binding(self.key, f"app.go('{self.name}')", self.title, id=f"go.{self.name}", show=show)


PLACES: tuple[Place, ...] = (
    Place("fleet", "f", "Fleet", "every pair, the worst first", "console.tui.screens.fleet:FleetScreen", shown=False),
    Place(
        "alarms",
        "a",
        "Alarms",
        "every alarm: owner, set aside, close, filter",
        "console.tui.screens.alarms:AlarmsScreen",
    ),
    Place(
        "diagnosis",
        "w",
        "Wrong?",
        "what is wrong, how sure, what to do",
        "console.tui.screens.diagnosis:DiagnosisScreen",
    ),
    Place("actions", "o", "Actions", "what may be done on the pair", "console.tui.screens.actions:ActionsScreen"),
    Place("runbooks", "r", "Runbooks", "what to do, step by step", "console.tui.screens.runbook:RunbookScreen"),
    Place(
        "logs",
        "l",
        "Logs",
        "both partners' logs by time: filter, search, follow",
        "console.tui.screens.logs:LogsScreen",
    ),
    Place(
        "timeline",
        "t",
        "Timeline",
        "what happened to both partners, on one axis of time",
        "console.tui.screens.timeline:TimelineScreen",
    ),
    Place(
        "numbers",
        "n",
        "Numbers",
        "the numbers that decide, each explained",
        "console.tui.screens.numbers:NumbersScreen",
        shown=False,
    ),
    Place(
        "lease",
        "i",
        "Lease",
        "one lease at both servers, explained",
        "console.tui.screens.lease:LeaseScreen",
        shown=False,
    ),
)
"""In the order of the footer, which has room for eighty columns: the rest is in the palette and in the help."""


def place(name: str) -> Place:
    """The place of that name. Raises KeyError."""
    return next((each for each in PLACES if each.name == name), None) or _unknown(name)


def _unknown(name: str) -> Place:
    raise KeyError(name)
