"""A number as it is read now: its words, and how bad it is."""

from dataclasses import dataclass

from console.model.picture import Severity

UNSAID = "server does not say"


@dataclass(frozen=True, slots=True)
class Reading:
    """`words` is the value; `severity` is ok, warning (amber), critical (red) or unknown where nothing can be said.

    `details` are lines for whoever looks closer.
    """

    words: str
    severity: Severity = Severity.OK
    details: tuple[str, ...] = ()


NOT_SAID = Reading(UNSAID, Severity.UNKNOWN)


def below(value: float, amber: float, red: float) -> Severity:
    """How bad a number is that is bad when it is small."""
    return Severity.CRITICAL if value < red else Severity.WARNING if value < amber else Severity.OK


def above(value: float, amber: float, red: float = float("inf")) -> Severity:
    """How bad a number is that is bad when it is large."""
    return Severity.CRITICAL if value > red else Severity.WARNING if value > amber else Severity.OK
