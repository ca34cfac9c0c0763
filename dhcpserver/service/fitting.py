"""Which options fit into a reply: the options field, then `file` and `sname` (option 52), then by priority.

Options longer than 255 octets are split (RFC 3396). The parts of a split option are in the order in which a client
reads the fields: options, `file`, `sname`. When not everything fits, what a client cannot work without stays, and the
rest is left out from the least important one.
"""

from collections.abc import Sequence
from typing import NamedTuple

from dhcpserver.service.optionset import Part
from dhcpserver.wire import options4

_FIRST = (
    options4.LEASE_TIME,
    options4.RENEWAL_TIME,
    options4.REBINDING_TIME,
    options4.RELAY_AGENT_INFORMATION,
    options4.CLIENT_IDENTIFIER,
    options4.CLIENT_LAST_TRANSACTION_TIME,
    options4.ASSOCIATED_IP,
    options4.RAPID_COMMIT,
    options4.SUBNET_MASK,
    options4.ROUTERS,
    options4.CLASSLESS_ROUTES,
    options4.MS_CLASSLESS_ROUTES,
    options4.DOMAIN_NAME_SERVERS,
    options4.V6_ONLY_PREFERRED,
    options4.INTERFACE_MTU,
    options4.DOMAIN_NAME,
    options4.TFTP_SERVER_NAME,
    options4.BOOT_FILE_NAME,
    options4.VENDOR_SPECIFIC,
    options4.VENDOR_CLASS,
    options4.CLIENT_FQDN,
    options4.HOST_NAME,
    options4.DOMAIN_SEARCH,
)
_PRIORITY = {code: index for index, code in enumerate(_FIRST)}

_JOINED_BY_CLIENTS = frozenset(
    {options4.DOMAIN_SEARCH, options4.CLASSLESS_ROUTES, options4.VENDOR_CLASSES, options4.VENDOR_OPTIONS}
)
"""Options of which every client that requests them joins several instances (RFC 3397, RFC 3442, RFC 3925)."""

_FILE = 128
_SNAME = 64
OVERLOAD_LENGTH = 3


class Fitted(NamedTuple):
    """What a reply has.

    Attributes:
        packed: the options for the options field, with option 52 if the other fields are used.
        boot: `sname` and `file` together if they have options, else None.
        missing: the numbers of the options that are left out.
    """

    packed: bytes
    boot: bytes | None
    missing: tuple[int, ...]


class _Field:
    """One field of the message with the options in it."""

    __slots__ = ("packed", "room")

    def __init__(self, room: int) -> None:
        self.room = room
        self.packed: list[tuple[int, bytes]] = []

    def fits(self, value: bytes) -> bool:
        return len(value) + 2 * max(-(-len(value) // 255), 1) <= self.room

    def add(self, order: int, code: int, value: bytes) -> None:
        octets = options4.pack([(code, value)])
        self.packed.append((order, octets))
        self.room -= len(octets)

    def octets(self) -> bytes:
        return b"".join(octets for _, octets in sorted(self.packed))


def fit(parts: Sequence[Part], room: int, *, overload: bool) -> Fitted:
    """Return the options that fit into `room` octets of the options field, and into `file` and `sname` if `overload`.

    The options keep their order within a field.
    """
    packed = options4.pack(parts)
    if len(packed) <= room:
        return Fitted(packed, None, ())
    fields = [_Field(max(room, 0))]
    if overload and room >= OVERLOAD_LENGTH:
        fields = [_Field(room - OVERLOAD_LENGTH), _Field(_FILE - 1), _Field(_SNAME - 1)]
    missing: list[int] = []
    ranked = sorted(enumerate(parts), key=lambda each: (_PRIORITY.get(each[1][0], len(_FIRST)), each[0]))
    for order, (code, value) in ranked:
        field = next((field for field in fields if field.fits(value)), None)
        if field is not None:
            field.add(order, code, value)
        elif not ((len(value) > 255 or code in _JOINED_BY_CLIENTS) and _spread(fields, order, code, value)):
            missing.append(code)
    main = fields[0].octets()
    used = sum(1 << index for index, field in enumerate(fields[1:]) if field.packed)
    if not used:
        return Fitted(main, None, tuple(missing))
    file, sname = (field.octets() for field in fields[1:])
    boot = _filled(sname, _SNAME) + _filled(file, _FILE)
    return Fitted(options4.pack([(options4.OVERLOAD, bytes((used,)))]) + main, boot, tuple(missing))


def _spread(fields: Sequence[_Field], order: int, code: int, value: bytes) -> bool:
    """Put the parts of an option into the rest of several fields; whether they fit."""
    pieces: list[tuple[_Field, bytes]] = []
    rest = value
    for field in fields:
        room = field.room
        while rest and room > 2:
            size = min(room - 2, 255)
            pieces.append((field, rest[:size]))
            rest = rest[size:]
            room -= size + 2
    if rest:
        return False
    for field, piece in pieces:
        field.add(order, code, piece)
    return True


def _filled(octets: bytes, length: int) -> bytes:
    """Return a field with its options and END, filled with zeros; without options it is empty."""
    return (octets + b"\xff" if octets else b"").ljust(length, b"\0")
