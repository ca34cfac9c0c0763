"""What keys do, in the words of the help; each row by the names of the bindings, so that it shows what they are now."""

from collections.abc import Mapping
from typing import Any

from textual.keys import format_key
from textual.screen import Screen

from console.tui.keys.catalogue import catalogue, known
from console.tui.keys.check import shown

ROWS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("pair.set-partner-down",),
        "Set Partner Down: offered where a server is COMM-INTERRUPTED. It asks both servers again, "
        "shows what would follow, and wants the pair's name typed.",
    ),
    (("go.actions",), "everything that may be done on the pair, and why something may not."),
    (("go.runbooks",), "what to do, step by step; steps that the servers show to be done tick themselves."),
    (
        ("go.diagnosis",),
        "what is wrong: findings with their evidence, what follows, and remedies that open with enter.",
    ),
    (("go.numbers",), "numbers: each with its formula, what it means, and what to do."),
    (("go.lease",), "a lease, by address, MAC or client-id: both servers' records, and why it is as it is."),
    (("go.alarms",), "alarms: whose they are; there they are acknowledged, set aside for a time, closed."),
    (
        ("go.logs",),
        "logs of both partners by time: a filter takes words, level:warning id:18101 client: address: and re:/.../; "
        "1 to 5 filter by what the line names.",
    ),
    (("go.timeline",), "what happened to both; times from a marked event; the logs of that time."),
    (("go.fleet",), "every pair, the worst first."),
    (("app.save-incident",), "save what was recorded to one file, with a page for the post-mortem."),
    (("app.copy",), "copy the pair in words, for a ticket; over SSH too, where the terminal takes OSC 52."),
    (("app.utc",), "times in UTC, or in the local zone again."),
    (("pair.expert",), "expert mode for 15 minutes: dates before the last contact."),
    (("pair.next", "app.theme", "app.quit"), "next pair, next theme, quit."),
    (("replay.play", "replay.back", "replay.forward"), "in a replay: play or pause, half a minute back, and on."),
    (("replay.event-before", "replay.event-next"), "in a replay: to the event before, to the next."),
    (("replay.slower", "replay.faster"), "in a replay: slower, faster."),
)


def explained(changed: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Keys with words; `changed` are bindings that the user has bound anew."""
    now = {key.name: shown(changed.get(key.name, ",".join(key.keys))) for key in catalogue()}
    rows = [("ctrl+p", "the palette: every command, place, pair and theme by its words.")]
    rows += [(", ".join(now[name] for name in names), words) for names, words in ROWS]
    return tuple(rows)


def here(beneath: Screen[Any]) -> tuple[tuple[str, str], ...]:
    """The keys of a screen that are its own, as they are bound now."""
    names = {each.name for each in known()}
    found: dict[str, list[str]] = {}
    for key, active in beneath.active_bindings.items():
        binding = active.binding
        if (
            binding.id in names
            and active.node is beneath
            and binding.description
            and active.enabled
            and not binding.action.startswith("app.go")
        ):
            found.setdefault(binding.description, []).append(format_key(key))
    return tuple((" or ".join(keys), f"{words}.") for words, keys in found.items())
