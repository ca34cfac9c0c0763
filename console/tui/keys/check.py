"""Checks of the keys that a user has changed ([keys] in pairwatch.toml), and the notation of keys."""

from collections.abc import Mapping

from textual.keys import _character_to_key, format_key

from console.tui.keys.catalogue import bindings_of, named_bindings
from console.tui.keys.keymap import APP, SCREENS

NAMED = frozenset(
    {"up", "down", "left", "right", "enter", "escape", "tab", "backspace", "delete", "insert", "home", "end"}
    | {"pageup", "pagedown", "space"}
    | {f"f{number}" for number in range(1, 25)}
)
MODIFIERS = ("ctrl", "shift", "alt")


def find_faults(wanted: Mapping[str, str]) -> list[str]:
    """The faults of the requested keys by name, one line for each; empty if all can be bound."""
    names = {key.name for key in named_bindings()}
    found = []
    for name, keys in wanted.items():
        if name not in names:
            found.append(f"keys: unknown binding {name!r}: 'pairwatch config --keys' lists them")
        found += [
            f"keys: {name} = {keys!r}: {each!r} is not a valid key: write a, A, f5, ctrl+d, pagedown ..."
            for each in keys.split(",")
            if not is_key(each.strip())
        ]
    return found or [words for _, words in sorted(_find_clashes(wanted).items())]


def is_key(text: str) -> bool:
    """Whether a terminal can send the key."""
    *modifiers, key = text.split("+")
    if text == "+" or (len(text) == 1 and text.isprintable()):
        return True
    named = key in NAMED or (len(key) == 1 and key.isprintable()) or _is_name_of_a_character(key)
    return named and all(each in MODIFIERS for each in modifiers)


def normalize(keys: str) -> str:
    """The keys in the toolkit's notation."""
    return ",".join(_character_to_key(each) if len(each) == 1 else each for each in map(str.strip, keys.split(",")))


def format_keys(keys: str) -> str:
    """The keys as they are shown to the user."""
    return " or ".join(format_key(each) for each in normalize(keys).split(","))


def _is_name_of_a_character(key: str) -> bool:
    return any(_character_to_key(chr(code)) == key for code in range(33, 127))


def _find_clashes(wanted: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Requested keys that another binding of the same screen has too: the fault by both names."""
    found: dict[tuple[str, str], str] = {}
    for scope in (APP, *SCREENS):
        bindings = {**bindings_of(APP), **bindings_of(scope)}
        now = {name: normalize(wanted.get(name, ",".join(key.keys))).split(",") for name, key in bindings.items()}
        for name in wanted.keys() & now.keys():
            for other, keys in now.items():
                both = sorted(set(now[name]) & set(keys))
                if other != name and both:
                    where = scope.owner.removesuffix("Screen")
                    words = (
                        f"keys: {name} = {format_keys(both[0])!r} is the key of {other} ({where}): change that one too"
                    )
                    found.setdefault((name, other), words)
    return found
