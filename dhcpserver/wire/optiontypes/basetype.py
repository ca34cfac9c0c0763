"""What a type of option data is: values of a configuration to octets, and octets to values.

A value is what TOML has: text, an integer, a boolean; `Values` is a list or a table of them. A type has a name, which
`[[option-definition]]` uses too, and a phrase that states what it accepts, which every error has.

    OptionValueError    a value that does not fit its option, or octets that do not have the form of their option
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

Value = str | int | bool

_SHOWN = 60


class OptionValueError(ValueError):
    """A value does not fit its option; the text states what is accepted."""


def quoted(value: object) -> str:
    """Return a value for a message, cut if it is long."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


class OptionType(ABC):
    """One type of option data.

    Attributes:
        name: one word, unique among the types of that name in `named.TYPES`.
        accepts: a noun phrase for messages: `an integer from 0 to 255`.
        example: a value as it is written in a configuration.
    """

    name: str
    accepts: str
    example: str

    @abstractmethod
    def encode(self, value: object) -> bytes:
        """Return the octets of one value. Raises OptionValueError."""

    @abstractmethod
    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return the value at a position and the position after it. Raises OptionValueError."""

    def encode_all(self, values: Sequence[object]) -> bytes:
        """Return the octets of several values."""
        return b"".join([self.encode(value) for value in values])

    def decode(self, octets: bytes) -> Value:
        """Return the one value that the octets are. Raises OptionValueError."""
        value, end = self.take(octets, 0)
        if end != len(octets):
            raise OptionValueError(f"{len(octets) - end} octets too many for {self.accepts}")
        return value

    def decode_all(self, octets: bytes) -> list[Value]:
        """Return the values that the octets are. Raises OptionValueError."""
        found: list[Value] = []
        at = 0
        while at < len(octets):
            value, at = self.take(octets, at)
            found.append(value)
        return found

    def refused(self, value: object) -> OptionValueError:
        """Return the error for a value that is not of this type."""
        return OptionValueError(f"it needs {self.accepts}, not {quoted(value)}")

    def piece(self, octets: bytes, at: int, length: int) -> bytes:
        """Return `length` octets from a position. Raises OptionValueError if there are fewer."""
        found = octets[at : at + length]
        if len(found) < length:
            raise OptionValueError(f"it needs {self.accepts}, {length} octets, and {len(found)} are there")
        return found
