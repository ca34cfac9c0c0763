"""One option: its number, name and type, how many values it has, its RFC, and whether an operator may set it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dhcpserver.wire.optiontypes.basetype import OptionType, OptionValueError, Value
from dhcpserver.wire.optiontypes.named import HEX
from dhcpserver.wire.optiontypes.texts import HEX_PREFIX, read_hex


@dataclass(frozen=True, slots=True)
class Cardinality:
    """How many values an option has: one, or a list of at least `minimum`."""

    minimum: int = 1
    many: bool = False

    def __str__(self) -> str:
        if not self.many:
            return "one"
        return "list" if self.minimum else "list, can be empty"

    def check(self, count: int) -> None:
        """Raise OptionValueError if an option cannot have so many values."""
        if count < self.minimum:
            raise OptionValueError(f"it needs at least {self.minimum} value, and has {count}")


ONE = Cardinality()
LIST = Cardinality(many=True)
ANY_NUMBER = Cardinality(0, many=True)


@dataclass(frozen=True, slots=True)
class OptionDefinition:
    """One row of a registry, or a definition of an operator.

    Attributes:
        code: the number of the option.
        name: lower case, with hyphens.
        also: further names, of other servers, that are accepted.
        reference: the RFC; empty for a definition of an operator.
        set_by_protocol: the server or the client sets it in the exchange; a configuration cannot.
        redefinable: the registry permits several meanings, so an operator can define it.
    """

    code: int
    name: str
    type: OptionType
    cardinality: Cardinality = ONE
    reference: str = ""
    family: Literal[4, 6] = 4
    set_by_protocol: bool = False
    redefinable: bool = False
    also: tuple[str, ...] = ()

    @property
    def accepts(self) -> str:
        """What the option accepts, for messages."""
        return f"a list of values, each {self.type.accepts}" if self.cardinality.many else self.type.accepts

    @property
    def example(self) -> str:
        """A value as it is written in a configuration."""
        word = self.type.example
        plain = word in ("true", "false") or word.removeprefix("-").isdecimal()
        one = word if plain else f'"{word}"'
        if not self.cardinality.many:
            return one
        return f"[{', '.join([one] * max(self.cardinality.minimum, 1))}]"

    def encode(self, value: object) -> bytes:
        """Return the octets of a configured value: one value, a list, or octets after `hex:`.

        A list can be one text with commas. Octets after `hex:` must have the form of the option. Raises
        OptionValueError.
        """
        if isinstance(value, str) and value.startswith(HEX_PREFIX):
            octets = read_hex(value.removeprefix(HEX_PREFIX))
            self.decode(octets)
            return octets
        if not self.cardinality.many:
            if isinstance(value, list | tuple):
                raise OptionValueError(f"it needs one value, {self.type.accepts}, and not a list")
            return self.type.encode(value)
        values: Sequence[object] = _several(value)
        self.cardinality.check(len(values))
        return self.type.encode_all(values)

    def decode(self, octets: bytes) -> Value | list[Value]:
        """Return the value that the octets have, or the list of values. Raises OptionValueError."""
        if not self.cardinality.many:
            return self.type.decode(octets)
        values = self.type.decode_all(octets)
        self.cardinality.check(len(values))
        return values

    def text(self, octets: bytes) -> str:
        """Return the data as text: values separated by commas. Raises OptionValueError."""
        value = self.decode(octets)
        values = value if isinstance(value, list) else [value]
        return ", ".join(str(each).lower() if isinstance(each, bool) else str(each) for each in values)


def _several(value: object) -> Sequence[object]:
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")] if value.strip() else []
    return [value]


def unknown_option(code: int, family: Literal[4, 6] = 4) -> OptionDefinition:
    """Return the definition of a code that no registry row and no operator defines: octets."""
    return OptionDefinition(code, f"option-{code}", HEX, family=family)
