"""Text, octets in hexadecimal, and text with a length before it."""

import re

from dhcpserver.wire.optiontypes.basetype import OptionType, OptionValueError, Value, quoted

HEX_PREFIX = "hex:"
TEXT_PREFIX = "text:"
_DIGITS = re.compile(r"[0-9a-fA-F]{2}(?:[:. -]?[0-9a-fA-F]{2})*")


def read_hex(text: str) -> bytes:
    """Return the octets of `01:02`, `01 02` or `0102`; empty for no digits. Raises OptionValueError."""
    digits = text.strip()
    if not digits:
        return b""
    if _DIGITS.fullmatch(digits) is None:
        plain = re.sub(r"[:. -]", "", digits)
        if re.fullmatch(r"[0-9a-fA-F]+", plain) and len(plain) % 2:
            raise OptionValueError(f"{len(plain)} hexadecimal digits; octets need two digits each")
        raise OptionValueError(f"{quoted(digits)} is not octets in hexadecimal, such as 01:0a:ff")
    return bytes.fromhex(re.sub(r"[:. -]", "", digits))


class String(OptionType):
    """Text in UTF-8 that is the rest of the option, without a NUL (RFC 2132 section 2)."""

    name = "string"
    accepts = "text of at least one character"
    example = "example"

    def encode(self, value: object) -> bytes:
        """Return the octets of the text."""
        if not isinstance(value, str) or not value or "\0" in value:
            raise self.refused(value)
        return value.encode()

    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return the text from a position to the end. A NUL at the end, which some senders add, is not part of it."""
        raw = octets[at:].rstrip(b"\0")
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            raise OptionValueError("its octets are not text in UTF-8") from None
        if not text or "\0" in text:
            raise self.refused(text)
        return text, len(octets)


class Opaque(OptionType):
    """Octets whose form this server does not check; `text:` before a text gives the octets of the text."""

    name = "hex"
    accepts = "octets in hexadecimal such as 01:0a:ff, or text after text:"
    example = "01:0a:ff"

    def encode(self, value: object) -> bytes:
        """Return the octets."""
        if not isinstance(value, str):
            raise self.refused(value)
        if value.startswith(TEXT_PREFIX):
            return value.removeprefix(TEXT_PREFIX).encode()
        return read_hex(value.removeprefix(HEX_PREFIX))

    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return the octets from a position to the end."""
        return octets[at:].hex(":"), len(octets)


class Counted(OptionType):
    """Text with its length before it, in one octet (RFC 3004) or two (RFC 8415)."""

    accepts = "text of at least one character, or octets after hex:"
    example = "example"

    def __init__(self, width: int) -> None:
        self.width = width
        self.name = f"counted{width * 8}"

    def encode(self, value: object) -> bytes:
        """Return the length and the octets."""
        if not isinstance(value, str):
            raise self.refused(value)
        octets = read_hex(value.removeprefix(HEX_PREFIX)) if value.startswith(HEX_PREFIX) else value.encode()
        if not octets or len(octets) >= 1 << self.width * 8:
            raise self.refused(value)
        return len(octets).to_bytes(self.width, "big") + octets

    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return the text at a position, or its octets if it is not text."""
        length = int.from_bytes(self.piece(octets, at, self.width), "big")
        start = at + self.width
        raw = self.piece(octets, start, length)
        if not raw:
            raise OptionValueError("a length of 0; it needs at least one octet")
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = ""
        if not text.isprintable() or not text or "," in text or text != text.strip() or text.startswith(HEX_PREFIX):
            return HEX_PREFIX + raw.hex(":"), start + length
        return text, start + length
