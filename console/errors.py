"""The errors of the console.

    ConsoleError            exit status 1
      ConfigError           the configuration is missing or not valid
        CertificateError    a file with certificates or a key that the configuration names cannot be used
      SourceError           a server, a log or a trap port cannot be read
        Unanswered          no answer: refused connection, timeout, no route
          Untrusted         no TLS connection, with the way to get one
        Refused             an answer that refuses the request, with its HTTP status
        Unreadable          an answer that does not have the expected form
          NoSuchPair        an answer of a server that takes no part in the pair
      JournalError          the journal cannot be opened or read
      AuditError            the audit record cannot be written, so no action may run
        WatchOnlyError      the console may not change anything (a JournalError as well: it may not write files)
      GuardRefusal          exit status 4: a guard refused the action

Each text is one line for the operator: what happened, a colon, and what to do.
"""


class ConsoleError(Exception):
    """An error that the operator can act on. `lines` holds one text for each fault."""

    exit_status = 1

    def __init__(self, *lines: str) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


class ConfigError(ConsoleError):
    """The configuration is missing or not valid: one line for each fault."""


class CertificateError(ConfigError):
    """A file with certificates or a key cannot be used."""


class SourceError(ConsoleError):
    """A server, a log or a trap port cannot be read."""


class Unanswered(SourceError):
    """The server sent no answer."""


class Untrusted(Unanswered):
    """There is no TLS connection that both trust. `remedy` is what to do."""

    def __init__(self, text: str, remedy: str) -> None:
        super().__init__(text)
        self.remedy = remedy


class Refused(SourceError):
    """The server refused the request. `status` is the HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Unreadable(SourceError):
    """The answer of the server does not have the expected form."""


class NoSuchPair(Unreadable):
    """The server answered, and takes no part in that pair."""


class JournalError(ConsoleError):
    """The journal cannot be opened, read or written."""


class AuditError(ConsoleError):
    """The audit record cannot be written. `reason` is the cause alone, without its consequence."""

    def __init__(self, text: str, reason: str = "") -> None:
        super().__init__(text)
        self.reason = reason or text


class WatchOnlyError(AuditError, JournalError):
    """This console may not change anything. Whatever reports a failed record or a failed file reports it."""


class GuardRefusal(ConsoleError):
    """A guard refused the action: one line for each reason."""

    exit_status = 4
