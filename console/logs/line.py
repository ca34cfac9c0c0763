"""The fields of one log line, and what its message means."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from console.insight.log_format import LINE
from console.model.plain_text import plain

CLIENT = re.compile(r"(?<![0-9a-fA-F:])(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}(?![0-9a-fA-F:])")
ADDRESS = re.compile(r"[0-9A-Fa-f]*[:.][0-9A-Fa-f:.]*[0-9A-Fa-f]")

MEANINGS = {
    "04092": "the failover configuration of the server: compare it between the partners",
    "18100": "the failover state changed",
    "18101": "contact with the partner was lost: the safe period starts, if it is used",
    "18102": "contact with the partner was restored",
    "18103": "the partners are configured differently: run a failover sync",
    "18104": "the safe period ended: the server entered PARTNER-DOWN automatically",
    "18105": "an operator set PARTNER-DOWN",
    "18106": "a binding update was sent to the partner",
    "18107": "the partner acknowledged or refused a binding update",
    "18108": "a binding update was received from the partner",
    "18109": "the partners had leased one address to two clients",
    "18110": "a client's message was dropped because the partner answers that client",
    "18111": "free addresses were moved between the partners",
    "18113": "the progress of a recovery",
    "18114": "RECOVER-WAIT: the server waits for the end of leases that it may not have received",
    "18115": "the partner's connection was refused or dropped",
    "18116": "a lease was shorter than configured: the partner has not acknowledged it yet",
    "18122": "failover is off on a server that was part of a pair",
    "18123": "one client holds two addresses of a scope",
    "18120": "an operator switched the safe period on or off",
    "18121": "the server was stopped during a recovery",
    "18200": "the server started",
    "18201": "stored leases belong to no scope",
    "18202": "the server stopped",
    "18203": "a configuration was not loaded",
    "18204": "the API accepts connections from other hosts without TLS",
    "18206": "an operator stopped the server",
    "18301": "the server does not serve clients: its lease store cannot be used",
    "18302": "the server serves clients again",
}
"""The meaning of each message, for a reader who sees it for the first time."""


@dataclass(frozen=True, slots=True)
class LineParts:
    """The fields of a log line. A line of an unknown form is all `text`."""

    level: str
    category: str
    id: str
    text: str
    client: str | None
    address: str | None

    @property
    def meaning(self) -> str | None:
        """The meaning of the message; None if MEANINGS has none."""
        return MEANINGS.get(self.id)


def parse_line(line: str) -> LineParts:
    """Split a line into its fields. Its client and its address are the first ones in its text."""
    match = LINE.match(line)
    text = line if match is None else match["text"]
    client = CLIENT.search(text)
    rest = text if client is None else text[: client.start()] + " " + text[client.end() :]
    return LineParts(
        level="" if match is None else match["level"],
        category="" if match is None else match["category"],
        id="" if match is None else match["id"],
        text=text,
        client=None if client is None else client[0],
        address=_address(rest),
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
