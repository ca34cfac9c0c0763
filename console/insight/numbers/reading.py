"""The current value of a number: its words and its severity."""

from dataclasses import dataclass

from console.model.fact_table import Missing, look_up
from console.model.picture import ServerPicture, Severity
from console.model.profiles import Fact

UNKNOWN = "unknown"
NOT_REPORTED = "not reported by this make"


@dataclass(frozen=True, slots=True)
class Reading:
    """A value. `words` is its text; `severity` is ok, warning (amber), critical (red), or unknown.

    `details` are further lines.
    """

    words: str
    severity: Severity = Severity.OK
    details: tuple[str, ...] = ()


NOT_KNOWN = Reading(UNKNOWN, Severity.UNKNOWN)


def missing(server: ServerPicture, *facts: Fact) -> Reading | None:
    """The reading to show when one of these facts is missing (the first of them); None when all are known."""
    for fact in facts:
        match look_up(server, fact):
            case Missing.UNKNOWN:
                return NOT_KNOWN
            case Missing.NOT_REPORTED:
                return Reading(NOT_REPORTED, Severity.UNKNOWN)
    return None


def below(value: float, amber: float, red: float) -> Severity:
    """The severity of a number that is bad when it is small."""
    return Severity.CRITICAL if value < red else Severity.WARNING if value < amber else Severity.OK


def above(value: float, amber: float, red: float = float("inf")) -> Severity:
    """The severity of a number that is bad when it is large."""
    return Severity.CRITICAL if value > red else Severity.WARNING if value > amber else Severity.OK
