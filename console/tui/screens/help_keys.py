"""The keys in the help: those that work on the screen below, each with what it does."""

from typing import Any

from textual.screen import Screen

from console.tui.keys.catalogue import EVERYWHERE, ActiveKey, active_keys
from console.tui.keys.check import format_keys
from console.tui.keys.keymap import PLACES
from console.tui.place_screens import SCREENS

Rows = tuple[tuple[str, str], ...]


def screen_title(shown: Screen[Any]) -> str:
    """The name of the screen, as its place has it."""
    owner = type(shown).__name__
    for place in PLACES:
        if SCREENS[place.name].endswith(f":{owner}"):
            return f"{place.title}, {place.help}"
    return owner.removesuffix("Screen")


def own_keys(shown: Screen[Any]) -> Rows:
    """The keys of the screen and of its focused widget."""
    return _rows([each for each in active_keys(shown) if each.level < EVERYWHERE and not _goes(each)])


def general_keys(shown: Screen[Any]) -> Rows:
    """The keys of all places, of a replay and of the console."""
    found = active_keys(shown)
    places = [each for each in found if _goes(each)]
    return _rows([*places, *(each for each in found if each.level >= EVERYWHERE and not _goes(each))])


def _goes(each: ActiveKey) -> bool:
    """Whether the key opens a place."""
    return each.key.name.startswith("go.")


def _rows(keys: list[ActiveKey]) -> Rows:
    """A row for each action, with all its keys."""
    found: dict[str, tuple[list[str], str]] = {}
    for each in keys:
        known, does = found.setdefault(each.key.action, ([], f"{each.key.title}: {each.does}."))
        known += [format_keys(key) for key in each.keys]
        found[each.key.action] = (known, does)
    return tuple((" or ".join(dict.fromkeys(names)), does) for names, does in found.values())
