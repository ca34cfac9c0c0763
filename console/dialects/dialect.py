"""What a dialect of log lines is, and what is read from a line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from console.model.phases import Phase, phase_of_term

LEVELS = ("Debug", "Activity", "Info", "Notice", "Warning", "Error", "Critical")
"""The levels of log lines, the least severe first."""


class Contact(StrEnum):
    """What a message reports about the contact between the partners."""

    LOST = "lost"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a dialect. `pattern` finds its typed fields in the text, as named groups; `level` is for a dialect
    whose lines have none; `contact` what it reports about the partners; `meaning` explains it to a person."""

    pattern: re.Pattern[str] | None = None
    level: str = ""
    contact: Contact | None = None
    meaning: str = ""


NO_MESSAGE = Message()


@dataclass(frozen=True, slots=True)
class Dialect:
    """The lines of one program.

    `stamp` is the regular expression of the time at the beginning of its own lines, empty if they have none. `body` is
    that of the rest, with the groups `level`, `category`, `id` and `text` as far as the lines have them. `levels` are
    its words for levels, by that word. `phases` are its words for states.
    """

    name: str
    stamp: str
    body: str
    levels: Mapping[str, str]
    messages: Mapping[str, Message]
    phases: Mapping[str, Phase] | None = None

    def phase(self, word: str) -> Phase:
        """What its word for a state means; UNKNOWN for any other word."""
        if self.phases is None:
            return phase_of_term(word.upper())
        return self.phases.get(word.lower(), Phase.UNKNOWN)


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A line that a dialect reads.

    `stamp` is its time as written, empty if it has none. `level` is one of LEVELS, empty for a line without one; `id`
    is the id of its message, empty for one without. `fields` are the typed fields of the message; `phase` what the new
    state means if it reports a change of state.
    """

    dialect: str
    stamp: str
    level: str
    category: str
    id: str
    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    phase: Phase | None = None
    contact: Contact | None = None
    meaning: str = ""
