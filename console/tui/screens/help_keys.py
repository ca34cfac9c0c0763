"""The keys in the help. A row has the names of its bindings, so that it shows the keys that the user has set."""

from collections.abc import Mapping
from typing import Any

from textual.keys import format_key
from textual.screen import Screen

from console.tui.keys.catalogue import catalogue, named_bindings
from console.tui.keys.check import format_keys
from console.tui.keys.keymap import PLACES

ROWS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("pair.set-partner-down",),
        "Set Partner Down: offered where a server is COMM-INTERRUPTED. It asks both servers again, "
        "shows the consequences, and asks for the typed name of the pair.",
    ),
    (("go.actions",), "the actions on the pair, and why one is not offered."),
    (("go.runbooks",), "what to do, step by step; a step is ticked when the servers report that it is done."),
    (
        ("go.diagnosis",),
        "what is wrong: findings with their evidence, the prospect, and remedies that Enter opens.",
    ),
    (("go.numbers",), "numbers: each with its formula, its meaning, and what to do."),
    (("go.lease",), "a lease by address, MAC or client-id: the records of both servers, explained."),
    (("go.alarms",), "alarms and their owners: acknowledge, silence for a time, close."),
    (
        ("go.logs",),
        "logs of both partners by time. A filter takes words, level:warning id:18101 client: address: and re:/.../; "
        "1 to 5 filter by a field of the line.",
    ),
    (("go.timeline",), "the events of both; times from a marked event; the logs of that time."),
    (("go.fleet",), "all pairs, the worst first."),
    (("app.save-incident",), "save the recording to one file, with a page for the post-mortem."),
    (("app.copy",), "copy the pair as text, for a ticket; over SSH if the terminal supports OSC 52."),
    (("app.utc",), "times in UTC, or in the local zone again."),
    (("pair.expert",), "expert mode for 15 minutes: dates before the last contact."),
    (("pair.next", "app.theme", "app.quit"), "next pair, next theme, quit."),
    (
        ("replay.play", "replay.back", "replay.forward"),
        "in a replay: play or pause, half a minute back, half a minute forward.",
    ),
    (("replay.event-before", "replay.event-next"), "in a replay: previous event, next event."),
    (("replay.slower", "replay.faster"), "in a replay: slower, faster."),
)


def key_rows(changed: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Each key with its description; `changed` are the keys that the user has changed, by name.

    A place without a row of its own has the help text of its entry in PLACES.
    """
    now = {key.name: format_keys(changed.get(key.name, ",".join(key.keys))) for key in catalogue()}
    rows = [("ctrl+p", "the palette: find a command, place, pair or theme by its name.")]
    rows += [(", ".join(now[name] for name in names), words) for names, words in ROWS]
    explained_names = {name for names, _ in ROWS for name in names}
    new = [place for place in PLACES if f"go.{place.name}" not in explained_names]
    rows += [(now[f"go.{place.name}"], f"{place.help}.") for place in new]
    return tuple(rows)


def screen_key_rows(shown_screen: Screen[Any]) -> tuple[tuple[str, str], ...]:
    """The own keys of a screen that are active now."""
    names = {each.name for each in named_bindings()}
    found: dict[str, list[str]] = {}
    for key, active in shown_screen.active_bindings.items():
        binding = active.binding
        if (
            binding.id in names
            and active.node is shown_screen
            and binding.description
            and active.enabled
            and not binding.action.startswith("app.go")
        ):
            found.setdefault(binding.description, []).append(format_key(key))
    return tuple((" or ".join(keys), f"{words}.") for words, keys in found.items())
