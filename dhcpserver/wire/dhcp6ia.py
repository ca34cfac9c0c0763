"""Identity associations (RFC 8415 sections 21.4, 21.5, 21.21) with the addresses and prefixes in them.

Three kinds: IA_NA has addresses, IA_TA has temporary addresses and no T1 and T2, IA_PD has delegated prefixes. An
address and a prefix are both an `IALease`: an address is one with the length 128. Addresses are unsigned integers of
128 bits, here and in all layers above.

Lifetimes are seconds; INFINITE_SECONDS (`dhcpserver.limits`) means for ever.
"""

import struct
from collections.abc import Iterable
from enum import IntEnum
from typing import Final

from dhcpserver.wire.dhcp6options import (
    IA_ADDRESS,
    IA_NA,
    IA_PD,
    IA_PREFIX,
    IA_TA,
    STATUS_CODE,
    Option,
    Options,
    Status,
    pack_option,
    pack_options,
    pack_status,
    read_options,
    status_of,
)
from dhcpserver.wire.errors import TruncatedError, WireError

ADDRESS_BITS: Final = 128


class IAKind(IntEnum):
    """The kinds of identity associations; the numbers are their option codes."""

    NA = IA_NA
    TA = IA_TA
    PD = IA_PD


_LONG = struct.Struct("!III")
_ADDRESS = struct.Struct("!QQII")
_PREFIX = struct.Struct("!IIBQQ")
_ADDRESS_LENGTH: Final = 24
_PREFIX_LENGTH: Final = 25
_KINDS: Final = {IA_NA: IAKind.NA, IA_TA: IAKind.TA, IA_PD: IAKind.PD}
_HALF: Final = 0xFFFFFFFFFFFFFFFF


class IALease:
    """One address (IAADDR) or prefix (IAPREFIX) in an identity association.

    Attributes:
        address: the address, or the prefix with zeros after its length.
        length: bits of the prefix; 128 for an address.
        preferred, valid: lifetimes in seconds.
        options: the options inside, in their order.
    """

    __slots__ = ("address", "length", "options", "preferred", "valid")

    def __init__(
        self, address: int, preferred: int = 0, valid: int = 0, length: int = ADDRESS_BITS, options: Options = ()
    ) -> None:
        self.address = address
        self.length = length
        self.preferred = preferred
        self.valid = valid
        self.options = options

    @property
    def status(self) -> Status | None:
        """The status inside, None without one."""
        return status_of(self.options)

    @property
    def is_length_hint(self) -> bool:
        """Whether a client names only the length of the prefix that it requests (::/56; RFC 8415 section 18.2.1)."""
        return not self.address

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IALease) and _fields(self) == _fields(other)

    __hash__ = None  # type: ignore[assignment]  # The class is mutable.

    def __repr__(self) -> str:
        return f"IALease({self.address:#x}/{self.length}, {self.preferred}, {self.valid}, {self.options})"


def _fields(lease: IALease) -> tuple[int, int, int, int, Options]:
    return lease.address, lease.length, lease.preferred, lease.valid, lease.options


class IA:
    """One identity association.

    Attributes:
        kind: NA, TA or PD.
        iaid: the client's number of it, unique among those of its kind.
        t1, t2: when the client renews and rebinds, in seconds from the message; 0 in an IA_TA.
        leases: its addresses or prefixes, in their order.
        options: its other options, in their order.
    """

    __slots__ = ("iaid", "kind", "leases", "options", "t1", "t2")

    def __init__(
        self,
        kind: IAKind,
        iaid: int,
        t1: int = 0,
        t2: int = 0,
        leases: Iterable[IALease] = (),
        options: Options = (),
    ) -> None:
        self.kind = kind
        self.iaid = iaid
        self.t1 = t1
        self.t2 = t2
        self.leases = list(leases)
        self.options = options

    @property
    def status(self) -> Status | None:
        """The status of the whole association, None without one."""
        return status_of(self.options)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, IA)
            and (self.kind, self.iaid, self.t1, self.t2) == (other.kind, other.iaid, other.t1, other.t2)
            and self.leases == other.leases
            and self.options == other.options
        )

    __hash__ = None  # type: ignore[assignment]  # The class is mutable.

    def __repr__(self) -> str:
        return f"IA({self.kind.name} {self.iaid:#010x}, {self.t1}, {self.t2}, {self.leases}, {self.options})"


def read_ia(code: int, data: bytes) -> IA:
    """Return the identity association of an option IA_NA, IA_TA or IA_PD. Raises WireError."""
    kind = _KINDS[code]
    if kind is IAKind.TA:
        if len(data) < 4:
            raise TruncatedError(f"IA_TA of {len(data)} octets; at least 4")
        iaid, t1, t2, start = int.from_bytes(data[:4], "big"), 0, 0, 4
    else:
        if len(data) < 12:
            raise TruncatedError(f"IA_{kind.name} of {len(data)} octets; at least 12")
        iaid, t1, t2 = _LONG.unpack_from(data)
        start = 12
    ia = IA(kind, iaid, t1, t2)
    if start == len(data):
        return ia
    wanted = IA_PREFIX if kind is IAKind.PD else IA_ADDRESS
    read = read_prefix if kind is IAKind.PD else read_address
    rest: list[Option] = []
    for option in read_options(data, start):
        if option[0] == wanted:
            ia.leases.append(read(option[1]))
        else:
            rest.append(option)
    if rest:
        ia.options = tuple(rest)
    return ia


def read_address(data: bytes) -> IALease:
    """Return the address of an option IAADDR. Raises WireError."""
    if len(data) < _ADDRESS_LENGTH:
        raise TruncatedError(f"IAADDR of {len(data)} octets; at least {_ADDRESS_LENGTH}")
    high, low, preferred, valid = _ADDRESS.unpack_from(data)
    options = tuple(read_options(data, _ADDRESS_LENGTH)) if len(data) > _ADDRESS_LENGTH else ()
    return IALease(high << 64 | low, preferred, valid, ADDRESS_BITS, options)


def read_prefix(data: bytes) -> IALease:
    """Return the prefix of an option IAPREFIX, with zeros after its length. Raises WireError."""
    if len(data) < _PREFIX_LENGTH:
        raise TruncatedError(f"IAPREFIX of {len(data)} octets; at least {_PREFIX_LENGTH}")
    preferred, valid, length, high, low = _PREFIX.unpack_from(data)
    if length > ADDRESS_BITS:
        raise WireError(f"prefix length {length}; at most {ADDRESS_BITS}")
    options = tuple(read_options(data, _PREFIX_LENGTH)) if len(data) > _PREFIX_LENGTH else ()
    host = ADDRESS_BITS - length
    return IALease((high << 64 | low) >> host << host, preferred, valid, length, options)


def pack_address(lease: IALease) -> bytes:
    """Return the octets of an option IAADDR."""
    address = lease.address
    octets = _ADDRESS.pack(address >> 64, address & _HALF, lease.preferred, lease.valid)
    return pack_option(IA_ADDRESS, octets + pack_options(lease.options) if lease.options else octets)


def pack_prefix(lease: IALease) -> bytes:
    """Return the octets of an option IAPREFIX."""
    address = lease.address
    octets = _PREFIX.pack(lease.preferred, lease.valid, lease.length, address >> 64, address & _HALF)
    return pack_option(IA_PREFIX, octets + pack_options(lease.options) if lease.options else octets)


def pack_ia(ia: IA) -> bytes:
    """Return the octets of an option IA_NA, IA_TA or IA_PD: the leases first, then the other options."""
    head = ia.iaid.to_bytes(4, "big") if ia.kind is IAKind.TA else _LONG.pack(ia.iaid, ia.t1, ia.t2)
    pack_lease = pack_prefix if ia.kind is IAKind.PD else pack_address
    parts = [head, *[pack_lease(lease) for lease in ia.leases]]
    if ia.options:
        parts.append(pack_options(ia.options))
    return pack_option(ia.kind, b"".join(parts))


def pack_refused_ia(kind: IAKind, iaid: int, code: int, message: str = "") -> bytes:
    """Return an identity association without leases, with T1 and T2 0 and a status."""
    head = iaid.to_bytes(4, "big") if kind is IAKind.TA else _LONG.pack(iaid, 0, 0)
    return pack_option(kind, head + pack_status(code, message))


def with_status(lease: IALease, code: int, message: str = "") -> IALease:
    """Return the lease with a status in place of the one that it has."""
    value = code.to_bytes(2, "big") + message.encode("utf-8")
    others = tuple(option for option in lease.options if option[0] != STATUS_CODE)
    return IALease(lease.address, lease.preferred, lease.valid, lease.length, (*others, (STATUS_CODE, value)))
