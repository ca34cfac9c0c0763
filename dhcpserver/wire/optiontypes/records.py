"""Several fields one after the other: pairs of addresses, a flag with addresses, SIP servers."""

from collections.abc import Sequence

from dhcpserver.wire.optiontypes.addresses import Address4
from dhcpserver.wire.optiontypes.basetype import OptionType, OptionValueError, Value
from dhcpserver.wire.optiontypes.domains import Domain


class Record(OptionType):
    """Fields of fixed types; `rest` repeats until the end of the option, at least once unless `optional`.

    As text, the fields are separated by spaces.
    """

    def __init__(
        self,
        name: str,
        fields: Sequence[OptionType],
        rest: OptionType | None = None,
        *,
        optional: bool = False,
    ) -> None:
        self.name = name
        self.fields = tuple(fields)
        self.rest = rest
        self.optional = optional
        words = [field.accepts for field in self.fields]
        if rest is not None:
            words.append(f"{'any number of' if optional else 'one or more of'} ({rest.accepts})")
        self.example = " ".join(each.example for each in (*self.fields, *((rest,) if rest else ())))
        self.accepts = f"{', '.join(words)}, separated by spaces ({self.example})"

    def encode(self, value: object) -> bytes:
        """Return the octets of the fields. Raises OptionValueError."""
        parts = value.split() if isinstance(value, str) else []
        count = len(self.fields)
        fits = len(parts) == count if self.rest is None else len(parts) >= count + (not self.optional)
        if not fits:
            raise self.refused(value)
        out = b"".join(field.encode(part) for field, part in zip(self.fields, parts, strict=False))
        return out if self.rest is None else out + self.rest.encode_all(parts[count:])

    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return the fields at a position as one text."""
        found: list[Value] = []
        for field in self.fields:
            value, at = field.take(octets, at)
            found.append(value)
        if self.rest is not None:
            if at >= len(octets) and not self.optional:
                raise OptionValueError(f"it needs {self.accepts}")
            while at < len(octets):
                value, at = self.rest.take(octets, at)
                found.append(value)
        return " ".join(_text(value) for value in found), at


class SipServers(OptionType):
    """SIP servers (RFC 3361): domain names (encoding 0) or addresses (encoding 1), not both."""

    name = "sip-servers"
    accepts = "domain names, or IPv4 addresses, separated by spaces"
    example = "sip.example.org"

    _NAMES = Domain(compress=True)
    _ADDRESSES = Address4()

    def encode(self, value: object) -> bytes:
        """Return the encoding and the servers."""
        parts = value.split() if isinstance(value, str) else []
        if not parts:
            raise self.refused(value)
        try:
            return b"\1" + self._ADDRESSES.encode_all(parts)
        except OptionValueError:
            if any(part.replace(".", "").isdecimal() for part in parts):
                raise self.refused(value) from None
            return b"\0" + self._NAMES.encode_all(parts)

    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return the servers from a position to the end, separated by spaces."""
        encoding = self.piece(octets, at, 1)[0]
        if encoding > 1:
            raise OptionValueError(f"an encoding of {encoding}; it is 0 or 1")
        kind: OptionType = self._ADDRESSES if encoding else self._NAMES
        found = kind.decode_all(octets[at + 1 :])
        if not found:
            raise OptionValueError(f"it needs {self.accepts}")
        return " ".join(map(str, found)), len(octets)


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
