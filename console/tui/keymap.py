"""Every key of the console by the name under which a user can bind it anew, and what is wrong with a wish.

    [keys]
    "go.alarms" = "A"                       the name of a binding, and one key or several: "A,ctrl+a"
    "pair.set-partner-down" = "ctrl+d"

Names are the ids of the bindings in the screens. A name holds for every screen that has the binding.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import _character_to_key, format_key
from textual.screen import Screen

NAMED = frozenset(
    {"up", "down", "left", "right", "enter", "escape", "tab", "backspace", "delete", "insert", "home", "end"}
    | {"pageup", "pagedown", "space"}
    | {f"f{number}" for number in range(1, 25)}
)
APP, BASE = "PairwatchApp", "PlaceScreen"
MODIFIERS = ("ctrl", "shift", "alt")


@dataclass(frozen=True, slots=True)
class Key:
    """One binding: its name, where it holds (a screen's class, or the app), its keys and what it does."""

    name: str
    where: str
    keys: tuple[str, ...]
    does: str


@cache
def known() -> tuple[Key, ...]:
    """Every binding that has a name, those of the app first, then screen by screen."""
    found: dict[tuple[str, str], Key] = {}
    for holder in _holders():
        for name, (keys, does) in _of(holder).items():
            found.setdefault((holder.__name__, name), Key(name, holder.__name__, keys, does))
    return tuple(found.values())


def faults(wanted: Mapping[str, str]) -> list[str]:
    """What is wrong with the wishes, a line for each; empty when they can be had."""
    names = {key.name for key in known()}
    found = []
    for name, keys in wanted.items():
        if name not in names:
            found.append(f"keys: no binding is called {name!r}: 'pairwatch config --keys' lists them")
        found += [
            f"keys: {name} = {keys!r}: {each!r} is no key: write a, A, f5, ctrl+d, pagedown ..."
            for each in keys.split(",")
            if not is_key(each.strip())
        ]
    return found or [words for _, words in sorted(_clashes(wanted).items())]


def catalogue() -> list[Key]:
    """Each name once, with the place where it holds in words."""
    found: dict[str, Key] = {}
    for key in known():
        held = [each.where for each in known() if each.name == key.name]
        where = "everywhere" if key.where == APP else "every place" if BASE in held else held[0].removesuffix("Screen")
        found.setdefault(key.name, Key(key.name, where, key.keys, key.does))
    return list(found.values())


def is_key(text: str) -> bool:
    """Whether a terminal can send it."""
    *modifiers, key = text.split("+")
    if text == "+" or (len(text) == 1 and text.isprintable()):
        return True
    named = key in NAMED or (len(key) == 1 and key.isprintable()) or _is_name_of_a_character(key)
    return named and all(each in MODIFIERS for each in modifiers)


def normal(keys: str) -> str:
    """The keys as the toolkit names them."""
    return ",".join(_character_to_key(each) if len(each) == 1 else each for each in map(str.strip, keys.split(",")))


def shown(keys: str) -> str:
    """The keys as a person reads them."""
    return " or ".join(format_key(each) for each in normal(keys).split(","))


def _is_name_of_a_character(key: str) -> bool:
    return any(_character_to_key(chr(code)) == key for code in range(33, 127))


def _clashes(wanted: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Where a wish takes a key that something else has on the same screen and keeps, by both names."""
    app = _of(_app())
    found: dict[tuple[str, str], str] = {}
    for holder in _holders():
        bindings = {**app, **_of(holder)}
        now = {name: normal(wanted.get(name, ",".join(keys))).split(",") for name, (keys, _) in bindings.items()}
        for name in wanted.keys() & now.keys():
            for other, keys in now.items():
                both = sorted(set(now[name]) & set(keys))
                if other != name and both:
                    where = holder.__name__.removesuffix("Screen")
                    words = f"keys: {name} takes {shown(both[0])}, which {other} has ({where}): bind that anew too"
                    found.setdefault((name, other), words)
    return found


def _of(holder: type[DOMNode]) -> dict[str, tuple[tuple[str, ...], str]]:
    """Names with keys and words, those of base classes included: what a class binds replaces its base's key."""
    by_key: dict[str, Binding] = {}
    # What the toolkit binds itself is its own.
    for base in (each for each in reversed(holder.__mro__) if each.__module__.startswith("console.")):
        own = [each for each in base.__dict__.get("BINDINGS", ()) if isinstance(each, Binding)]
        by_key.update({binding.key: binding for binding in Binding.make_bindings(own)})
    found: dict[str, tuple[tuple[str, ...], str]] = {}
    for binding in by_key.values():
        if binding.id is not None:
            keys, does = found.get(binding.id, ((), ""))
            found[binding.id] = ((*keys, binding.key), does or binding.description)
    return found


def _app() -> type[App[None]]:
    module = importlib.import_module("console.tui.app")
    app: type[App[None]] = module.PairwatchApp
    return app


@cache
def _holders() -> tuple[type[DOMNode], ...]:
    """The app and every screen of ours, by name."""
    package = importlib.import_module("console.tui.screens")
    screens: set[type[DOMNode]] = set()
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        for _, thing in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(thing, Screen) and thing.__module__.startswith(package.__name__):
                screens.add(thing)
    return (_app(), *sorted(screens, key=lambda each: each.__name__))
