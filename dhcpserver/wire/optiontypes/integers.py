"""Integers, booleans, and options without data."""

from dhcpserver.wire.optiontypes.basetype import OptionType, OptionValueError, Value

_WORDS = {"true": 1, "on": 1, "yes": 1, "1": 1, "false": 0, "off": 0, "no": 0, "0": 0}


class Integer(OptionType):
    """An integer of one, two or four octets, with the range or the values that its RFC permits."""

    def __init__(
        self, octets: int, *, signed: bool = False, low: int | None = None, among: tuple[int, ...] = ()
    ) -> None:
        bits = octets * 8
        self.octets = octets
        self.signed = signed
        self.low = low if low is not None else -(1 << bits - 1) if signed else 0
        self.high = (1 << bits - 1) - 1 if signed else (1 << bits) - 1
        self.among = among
        self.name = f"{'i' if signed else 'u'}{bits}"
        self.accepts = f"an integer from {self.low} to {self.high}"
        if among:
            self.accepts = f"one of {', '.join(map(str, among))}"
        self.example = str(among[0] if among else max(self.low, 1))

    def encode(self, value: object) -> bytes:
        """Return the octets of an integer, which can be written as text."""
        if isinstance(value, str) and value.strip().removeprefix("-").isdecimal() and value.isascii():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not self._permits(value):
            raise self.refused(value)
        return value.to_bytes(self.octets, "big", signed=self.signed)

    def _permits(self, value: int) -> bool:
        return self.low <= value <= self.high and (not self.among or value in self.among)

    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return the integer at a position."""
        value = int.from_bytes(self.piece(octets, at, self.octets), "big", signed=self.signed)
        if not self._permits(value):
            raise self.refused(value)
        return value, at + self.octets


class Boolean(OptionType):
    """One octet, 0 or 1 (RFC 2132 section 4)."""

    name = "boolean"
    accepts = "true or false"
    example = "true"

    def encode(self, value: object) -> bytes:
        """Return the octet of true or false, of the same words as text, or of 1 and 0."""
        found = _WORDS.get(str(value).strip().lower()) if isinstance(value, str | int) else None
        if found is None:
            raise self.refused(value)
        return bytes((found,))

    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return the boolean at a position."""
        octet = self.piece(octets, at, 1)[0]
        if octet > 1:
            raise self.refused(octet)
        return octet == 1, at + 1


class Empty(OptionType):
    """No data: the option itself is the value, such as rapid commit."""

    name = "empty"
    accepts = "true, because the option has no data"
    example = "true"

    def encode(self, value: object) -> bytes:
        """Return no octets, for true only: without the option there is nothing to send."""
        if value is not True and value != "true":
            raise self.refused(value)
        return b""

    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return true."""
        return True, at

    def decode(self, octets: bytes) -> Value:
        """Return true if there are no octets."""
        if octets:
            raise OptionValueError(f"it has no data, and {len(octets)} octets are there")
        return True
