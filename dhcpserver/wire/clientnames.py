"""The names that a client sends: host name (option 12, RFC 2132) and fully qualified name (option 81, RFC 4702).

Both come from the network: what is kept of them is text without control characters. The answer to option 81 reports
which DNS records the server makes.
"""

from typing import NamedTuple

from dhcpserver.wire import options4
from dhcpserver.wire.optiontypes.basetype import OptionValueError
from dhcpserver.wire.optiontypes.domains import labels_of, packed

LONGEST_NAME = 252
"""Octets of a stored name; with the header of option 81 it fits into one option."""

_HEADER = 3
"""Flags and the two result codes before the name."""
_S, _O, _E, _N = 1, 2, 4, 8
_NO_RESULT = 255
"""RFC 4702 section 2.2: both result codes of a server."""
_ROOM = 255 - _HEADER


class ClientNames(NamedTuple):
    """Names as text; empty if the client sent none."""

    host_name: str = ""
    fqdn: str = ""


NO_NAMES = ClientNames()


def is_fqdn(fqdn: bytes) -> bool:
    """Return whether octets have the form of option 81: flags, two result codes, and a name, which can be empty."""
    return len(fqdn) >= _HEADER


def read_names(host_name: bytes | None, fqdn: bytes | None) -> ClientNames:
    """Return the names in options 12 and 81. Any octets give names."""
    if host_name is None and fqdn is None:
        return NO_NAMES
    qualified = b"" if fqdn is None or not is_fqdn(fqdn) else _name_octets(fqdn)[0]
    return ClientNames(_readable(host_name or b""), _readable(qualified).rstrip("."))


def pack_names(names: ClientNames) -> bytes:
    """Return the names as options 12 and 81, which `read_names` reads: the qualified name is text there."""
    found: list[tuple[int, bytes]] = []
    if names.host_name:
        found.append((options4.HOST_NAME, names.host_name.encode()))
    if names.fqdn:
        found.append((options4.CLIENT_FQDN, bytes(_HEADER) + names.fqdn.encode()))
    return options4.pack(found)


def _readable(octets: bytes) -> str:
    text = octets.rstrip(b"\0").decode("utf-8", "replace")
    kept = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    while len(kept.encode()) > LONGEST_NAME:
        kept = kept[:-1]
    return kept


def _name_octets(fqdn: bytes) -> tuple[bytes, bool]:
    """Return the name in option 81 with dots, and whether it is complete (RFC 4702 section 2.3)."""
    raw = fqdn[_HEADER:]
    if not fqdn[0] & _E:
        name = raw.rstrip(b"\0")
        return name.rstrip(b"."), b"." in name
    labels = []
    at = 0
    while at < len(raw) and raw[at]:
        length = raw[at]
        if length > 63 or at + 1 + length > len(raw):
            return b"", False
        labels.append(raw[at + 1 : at + 1 + length])
        at += 1 + length
    return b".".join(labels), at < len(raw)


class Records(NamedTuple):
    """Which records a server makes: those of names, those of addresses, and the qualified name ("" for none)."""

    forward: bool = False
    reverse: bool = False
    name: str = ""


NO_RECORDS = Records()


def left_to_server(flags: int, s: int, n: int) -> tuple[bool, bool]:
    """Return whether a client leaves the records of its name to the server, and those of its address.

    `s`, `n`: the flags S and N in their family. N: none; S: both; neither: the client makes those of its name itself.
    """
    return (bool(flags & s) and not flags & n, not flags & n)


def fqdn_wishes(fqdn: bytes | None) -> tuple[bool, bool]:
    """Return the same for option 81; without it, a client leaves both to the server."""
    return (True, True) if fqdn is None or not is_fqdn(fqdn) else left_to_server(fqdn[0], _S, _N)


def answer_flags(flags: int, records: Records, s: int, o: int, n: int) -> int:
    """Return the flags of the answer (RFC 4702 section 4, RFC 4704 section 6).

    S: the server makes the records of the name; O: differently than asked; N: it makes none at all.
    """
    if flags & n or not (records.forward or records.reverse):
        return n | (o if flags & s else 0)
    if flags & s:
        return s if records.forward else o
    return 0 if records.reverse else n


def answer_fqdn(
    fqdn: bytes, domain_name: bytes | None, host_name: bytes | None, records: Records = NO_RECORDS
) -> bytes | None:
    """Return the data of option 81 in the reply, None if the client's has no valid form.

    The name is that of the records, or the client's, completed with the domain name. A client that sends no name gets
    the configured host name.
    """
    if not is_fqdn(fqdn):
        return None
    flags = fqdn[0]
    answer = flags & _E | answer_flags(flags, records, _S, _O, _N)
    if records.name and not flags & _N:
        octets = _encoded(records.name.encode(), True, wire=bool(flags & _E))
        return bytes((answer, _NO_RESULT, _NO_RESULT)) + octets
    name, complete = _name_octets(fqdn)
    if not name and host_name:
        name, complete = host_name, b"." in host_name
    if name and not complete and domain_name:
        name = name + b"." + domain_name
        complete = True
    return bytes((answer, _NO_RESULT, _NO_RESULT)) + _encoded(name, complete, wire=bool(flags & _E))


def _encoded(name: bytes, complete: bool, *, wire: bool) -> bytes:
    """Return a name in the client's encoding; empty for one that is not a domain name."""
    try:
        labels = labels_of(name.decode("ascii"))
    except (OptionValueError, UnicodeDecodeError):
        labels = []
    if not labels:
        return b""
    octets = packed(labels)
    octets = (octets if complete else octets[:-1]) if wire else b".".join(labels)
    return octets if len(octets) <= _ROOM else b""
