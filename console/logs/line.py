"""The fields of one log line, and what its message means."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from console.dialects.reading import read_record
from console.makes.pairwatch.messages import MEANINGS
from console.model.plain_text import plain

CLIENT = re.compile(r"(?<![0-9a-fA-F:])(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}(?![0-9a-fA-F:])")
ADDRESS = re.compile(r"[0-9A-Fa-f]*[:.][0-9A-Fa-f:.]*[0-9A-Fa-f]")


@dataclass(frozen=True, slots=True)
class LineParts:
    """The fields of a log line. A line of an unknown form is all `text`."""

    level: str
    category: str
    id: str
    text: str
    client: str | None
    address: str | None
    stamped: bool = False
    """Whether it begins with a time of its own."""
    meaning: str | None = None
    """What the message means; None where neither its dialect nor MEANINGS has that."""


def parse_line(line: str) -> LineParts:
    """Split a line into its fields. Its client and its address are the first ones in its text."""
    record = read_record(line)
    text = line if record is None else record.text
    client = CLIENT.search(text)
    rest = text if client is None else text[: client.start()] + " " + text[client.end() :]
    return LineParts(
        level="" if record is None else record.level,
        category="" if record is None else record.category,
        id="" if record is None else record.id,
        text=text,
        client=None if client is None else client[0],
        address=_address(rest),
        stamped=record is not None and bool(record.stamp),
        meaning=None if record is None else record.meaning or MEANINGS.get(record.id),
    )


def _address(text: str) -> str | None:
    for match in ADDRESS.finditer(text):
        written = match[0]
        # An identifier of eight octets has the form of an address, and almost no address is written that way.
        if written.count(":") == 7 and all(len(group) <= 2 for group in written.split(":")):
            continue
        try:
            return str(ip_address(written))
        except ValueError:
            continue
    return None


def decode_line(line: bytes) -> str:
    """The text of a line without its line end. Bytes that are not UTF-8 become replacement characters, so that the rest
    of the line stays readable, and so do characters that a terminal would obey."""
    return plain(line.rstrip(b"\r\n").decode("utf-8", errors="replace"))
