"""What the console can fail at, as a person reads it.

    ConsoleError            exit status 1
      ConfigError           the configuration is missing or wrong
      SourceError           a server, a log or a trap port cannot be read
        Unanswered          no answer at all: refused, timed out, no route
        Refused             an answer that says no, with the HTTP status
        Unreadable          an answer that is not what it should be
          NoSuchPair        an answer of a server that takes no part in the pair
      JournalError          the journal cannot be opened or read
      AuditError            the audit record cannot be written, so nothing may be done
      GuardRefusal          exit status 4: a guard refused the action

Each text says what is wrong, then, after a colon, what to do.
"""


class ConsoleError(Exception):
    """Something went wrong that a person can act on. `lines` holds one text for each fault."""

    exit_status = 1

    def __init__(self, *lines: str) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


class ConfigError(ConsoleError):
    """The configuration is missing or wrong: one line for each place."""


class SourceError(ConsoleError):
    """Something that is watched cannot be read."""


class Unanswered(SourceError):
    """No answer came."""


class Refused(SourceError):
    """The server answered that it will not. `status` is the HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Unreadable(SourceError):
    """The server answered something that is not what it should be."""


class NoSuchPair(Unreadable):
    """The server answered, and takes no part in that pair."""


class JournalError(ConsoleError):
    """The journal cannot be opened, read or written."""


class AuditError(ConsoleError):
    """The audit record cannot be written. `reason` is why, without what follows from it."""

    def __init__(self, text: str, reason: str = "") -> None:
        super().__init__(text)
        self.reason = reason or text


class GuardRefusal(ConsoleError):
    """A guard refused: one line for each reason."""

    exit_status = 4
