"""Notes that are pinned to a pair, and planned silences: every console that reads the journal shows the same ones.

pin-note       a note for the pair; `subject` is its id, `detail["text"]` the text
unpin-note     the note is removed
plan-silence   a planned silence named `subject`; `detail` is what console.insight.alarms.plan_text reads
remove-plan    the planned silence is removed

A planned silence may concern several pairs, so all of them are with the console's own picture. Both last until an
operator removes them, however long that takes: the journal keeps a copy of them (`PinsKept`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from console.model.observations import OperatorAction, PinsKept
from console.model.picture import Note, PairPicture

PIN, UNPIN, PLAN, UNPLAN = "pin-note", "unpin-note", "plan-silence", "remove-plan"
PINS = (PIN, UNPIN, PLAN, UNPLAN)
NOTES_AT_MOST = 50
"""Notes of one pair; beyond it the oldest is removed."""
LONGEST_NOTE = 1000


def pinned(pair: PairPicture, seen: OperatorAction) -> PairPicture:
    """The pair after an action on its notes or plans."""
    match seen.action:
        case "pin-note":
            text = str(seen.detail.get("text") or "")[:LONGEST_NOTE]
            if not text:
                return pair
            return replace(pair, notes=_newest({**pair.notes, seen.subject: Note(_begun(seen), seen.operator, text)}))
        case "unpin-note":
            return replace(pair, notes={key: each for key, each in pair.notes.items() if key != seen.subject})
        case "plan-silence":
            return replace(pair, plans={**pair.plans, seen.subject: {**seen.detail, "by": seen.operator}})
        case "remove-plan":
            return replace(pair, plans={key: each for key, each in pair.plans.items() if key != seen.subject})
        case _:
            return pair


def kept_pins(at: float, pair: PairPicture) -> PinsKept:
    """The notes and plans of a pair, for the journal."""
    return PinsKept(at, pair.name, {key: asdict(note) for key, note in pair.notes.items()}, dict(pair.plans))


def read_pins(pair: PairPicture, seen: PinsKept) -> PairPicture:
    """The pair with the notes and plans that were kept. What cannot be read is left out."""
    notes: dict[str, Note] = {}
    for key, values in _items(seen.notes):
        text = values.get("text")
        at = values.get("at")
        if isinstance(text, str) and text and isinstance(at, int | float) and not isinstance(at, bool):
            notes[key] = Note(float(at), str(values.get("who") or ""), text[:LONGEST_NOTE])
    plans = dict(_items(seen.plans))
    if notes == dict(pair.notes) and plans == dict(pair.plans):
        return pair
    return replace(pair, notes=_newest(notes), plans=plans)


def _items(kept: object) -> Iterable[tuple[str, Mapping[str, Any]]]:
    if not isinstance(kept, Mapping):
        return []
    return [(str(key), values) for key, values in kept.items() if isinstance(values, Mapping)]


def _newest(notes: Mapping[str, Note]) -> dict[str, Note]:
    return dict(sorted(notes.items(), key=lambda item: item[1].at)[-NOTES_AT_MOST:])


def _begun(seen: OperatorAction) -> float:
    """When the note was pinned; a replay repeats the action at its start."""
    at = seen.detail.get("at")
    return float(at) if isinstance(at, int | float) and not isinstance(at, bool) else seen.at
