"""What a command answers: a status line, then its lines of output."""

from dataclasses import dataclass
from enum import IntEnum


class Status(IntEnum):
    """The codes of the status line. Those below 200 are successes."""

    OK = 100
    WARNINGS = 101
    NOT_FOUND = 302
    INVALID_NAME = 305
    INVALID = 306
    EXISTS = 314
    REFUSED = 361
    CHANGED = 362
    UNREACHABLE = 401
    NOT_ALLOWED = 402

    @property
    def text(self) -> str:
        """The words of the code."""
        return _TEXTS[self]


_TEXTS = {
    Status.OK: "Ok",
    Status.WARNINGS: "Ok, with warnings",
    Status.NOT_FOUND: "Not Found",
    Status.INVALID_NAME: "Invalid name",
    Status.INVALID: "Invalid command",
    Status.EXISTS: "Exists already",
    Status.REFUSED: "Refused",
    Status.CHANGED: "Changed by another administrator",
    Status.UNREACHABLE: "Server not reachable",
    Status.NOT_ALLOWED: "Not allowed",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, what happened in a few words, and the output."""

    status: Status = Status.OK
    detail: str = ""
    lines: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether the exit status of a program is 0."""
        return self.status < 200

    def text(self) -> str:
        """The answer as it is printed."""
        head = f"{int(self.status)} {self.status.text}" + (f": {self.detail}" if self.detail else "")
        return "\n".join([head, *self.lines])
