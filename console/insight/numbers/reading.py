"""A number as it is read now: its words, and how bad it is."""

from dataclasses import dataclass

from console.model.fact_table import Missing, look_up
from console.model.picture import ServerPicture, Severity
from console.model.profiles import Fact

UNSAID = "server does not say"
NOT_REPORTED = "not reported by this make"


@dataclass(frozen=True, slots=True)
class Reading:
    """`words` is the value; `severity` is ok, warning (amber), critical (red) or unknown where nothing can be said.

    `details` are lines for whoever looks closer.
    """

    words: str
    severity: Severity = Severity.OK
    details: tuple[str, ...] = ()


NOT_SAID = Reading(UNSAID, Severity.UNKNOWN)


def missing(server: ServerPicture, *facts: Fact) -> Reading | None:
    """What to show when one of these facts is missing, the first of them; None when all are known."""
    for fact in facts:
        match look_up(server, fact):
            case Missing.UNKNOWN:
                return NOT_SAID
            case Missing.NOT_REPORTED:
                return Reading(NOT_REPORTED, Severity.UNKNOWN)
    return None


def below(value: float, amber: float, red: float) -> Severity:
    """How bad a number is that is bad when it is small."""
    return Severity.CRITICAL if value < red else Severity.WARNING if value < amber else Severity.OK


def above(value: float, amber: float, red: float = float("inf")) -> Severity:
    """How bad a number is that is bad when it is large."""
    return Severity.CRITICAL if value > red else Severity.WARNING if value > amber else Severity.OK
