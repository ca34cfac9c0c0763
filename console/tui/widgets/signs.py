"""The appearance of a state and a severity: a symbol, a word and a colour. Each of them alone identifies it.

Colours are names of theme variables (themes/*.toml).
"""

from dataclasses import dataclass

from console.model.picture import Severity
from console.model.states import State


@dataclass(frozen=True, slots=True)
class Sign:
    """A symbol and the theme variable of its colour."""

    glyph: str
    colour: str


STATES: dict[State, Sign] = {
    State.NORMAL: Sign("●", "$state-serving"),
    State.COMMUNICATIONS_INTERRUPTED: Sign("◐", "$state-alone"),
    State.RESOLUTION_INTERRUPTED: Sign("◐", "$state-alone"),
    State.PARTNER_DOWN: Sign("▲", "$state-danger"),
    State.POTENTIAL_CONFLICT: Sign("✖", "$state-danger"),
    State.CONFLICT_DONE: Sign("◑", "$state-waiting"),
    State.STARTUP: Sign("◌", "$state-waiting"),
    State.RECOVER: Sign("◌", "$state-waiting"),
    State.RECOVER_WAIT: Sign("◌", "$state-waiting"),
    State.RECOVER_DONE: Sign("◑", "$state-waiting"),
    State.PAUSED: Sign("■", "$state-silent"),
    State.SHUTDOWN: Sign("■", "$state-silent"),
    State.UNKNOWN: Sign("?", "$state-unseen"),
}

UNSEEN = Sign("○", "$state-unseen")

SEVERITIES: dict[Severity, Sign] = {
    Severity.CRITICAL: Sign("▲", "$error"),
    Severity.MAJOR: Sign("▼", "$warning"),
    Severity.WARNING: Sign("◆", "$warning"),
    Severity.UNKNOWN: Sign("?", "$state-unseen"),
    Severity.INFO: Sign("i", "$accent"),
    Severity.OK: Sign("●", "$success"),
}

SERVING_WORDS: dict[State, str] = {
    State.NORMAL: "serves",
    State.COMMUNICATIONS_INTERRUPTED: "serves own pool",
    State.RESOLUTION_INTERRUPTED: "serves own pool",
    State.PARTNER_DOWN: "serves everyone",
    State.CONFLICT_DONE: "serves",
    State.RECOVER_DONE: "renews only",
}
"""What a state means for clients. In every other state the server answers no client."""
