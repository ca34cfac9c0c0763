"""The places of the console: the screens that are one key away from every other one, as data.

The keymap, the palette and the help read this table; `place_screens` has the screen of each place.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One place. `shown`: whether the footer has it at 80 columns."""

    name: str
    key: str
    title: str
    help: str
    shown: bool = True


PLACES: tuple[Place, ...] = (
    Place("fleet", "f", "Fleet", "every pair, the worst first", shown=False),
    Place(
        "alarms",
        "a",
        "Alarms",
        "every alarm: owner, set aside, close, filter",
    ),
    Place(
        "diagnosis",
        "w",
        "Wrong?",
        "what is wrong, how sure, what to do",
    ),
    Place("actions", "o", "Actions", "what may be done on the pair"),
    Place("runbooks", "r", "Runbooks", "what to do, step by step"),
    Place(
        "logs",
        "l",
        "Logs",
        "both partners' logs by time: filter, search, follow",
    ),
    Place(
        "timeline",
        "t",
        "Timeline",
        "what happened to both partners, on one axis of time",
    ),
    Place(
        "numbers",
        "n",
        "Numbers",
        "the numbers that decide, each explained",
        shown=False,
    ),
    Place(
        "lease",
        "i",
        "Lease",
        "one lease at both servers, explained",
        shown=False,
    ),
)
"""In the order of the footer, which has room for eighty columns: the rest is in the palette and in the help."""
