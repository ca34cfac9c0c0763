"""Lines of a server's log for tests, and functions that read a log book to its end."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from console.logs.book import LogBook
from console.logs.line import decode_line

BEGIN = datetime(2026, 7, 15, 3, 0, 0, tzinfo=UTC).timestamp()


def line(second: float, text: str = "words", level: str = "Info", number: str = "18100") -> str:
    """A line of that second after BEGIN, in UTC."""
    at = datetime.fromtimestamp(BEGIN + second, UTC)
    return f"{at:%m/%d/%Y} {at.hour}:{at:%M:%S} name/dhcp/1 {level} Failover 0 {number} {text}"


def write(path: Path, lines: Iterable[str], mode: str = "w") -> Path:
    """Write lines to a file."""
    with path.open(mode, encoding="utf-8", errors="surrogateescape") as file:
        file.writelines(f"{each}\n" for each in lines)
    return path


def read_all(book: LogBook) -> None:
    """Work until everything is read, filtered and published."""
    while True:
        book.work()
        book.publish()
        if not book.busy:
            return


def texts(book: LogBook) -> list[str]:
    """The shown lines, each with its server."""
    found = []
    for position in range(len(book.shown.merged)):
        lane, number = book.shown.merged.line(position)
        source = book.shown.sources[lane]
        data = source.line(number)
        found.append(f"{source.server} {'(gone)' if data is None else decode_line(data).split(' ')[-1]}")
    return found
