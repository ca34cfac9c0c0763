"""The appearance of a state and a severity: a symbol, a word and a colour. Each of them alone identifies it.

Colours are names of theme variables (themes/*.toml).
"""

from dataclasses import dataclass

from console.model.phases import Phase
from console.model.picture import Severity


@dataclass(frozen=True, slots=True)
class Sign:
    """A symbol and the theme variable of its colour."""

    glyph: str
    colour: str


STATES: dict[Phase, Sign] = {
    Phase.NORMAL: Sign("●", "$state-serving"),
    Phase.ALONE: Sign("◐", "$state-alone"),
    Phase.CONFLICT_ALONE: Sign("◐", "$state-alone"),
    Phase.TAKEN_OVER: Sign("▲", "$state-danger"),
    Phase.CONFLICT: Sign("✖", "$state-danger"),
    Phase.CONFLICT_RESOLVED: Sign("◑", "$state-waiting"),
    Phase.STARTING: Sign("◌", "$state-waiting"),
    Phase.RETURNING: Sign("◌", "$state-waiting"),
    Phase.RETURN_WAIT: Sign("◌", "$state-waiting"),
    Phase.RETURNED: Sign("◑", "$state-waiting"),
    Phase.PAUSED: Sign("■", "$state-silent"),
    Phase.LEFT: Sign("■", "$state-silent"),
    Phase.STANDBY: Sign("◒", "$state-serving"),
    Phase.TERMINATED: Sign("✖", "$state-danger"),
    Phase.UNKNOWN: Sign("?", "$state-unseen"),
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

SERVING_WORDS: dict[Phase, str] = {
    Phase.NORMAL: "serves",
    Phase.ALONE: "serves own pool",
    Phase.CONFLICT_ALONE: "serves own pool",
    Phase.TAKEN_OVER: "serves all clients",
    Phase.CONFLICT_RESOLVED: "serves",
    Phase.RETURNED: "renews only",
    Phase.STANDBY: "stands by",
    Phase.TERMINATED: "serves, not in step",
}
"""What a state means for clients. In every other state the server answers no client."""
