"""`GET /api/v1/log`: pages of the server's log."""

from dhcpserver.contract.fields import Count, Document


class LogLine(Document):
    """One line, without its line end; `cursor` is its position in the log."""

    cursor: Count
    text: str


class LogPage(Document):
    """Lines at or after the requested cursor; `next` is the cursor for the next request."""

    lines: tuple[LogLine, ...]
    next: Count
