"""A registry with an operator's own definitions: options by number and by name."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Literal

from dhcpserver.wire.optiontypes.basetype import OptionValueError
from dhcpserver.wire.optiontypes.definition import OptionDefinition, unknown_option


class OptionTable:
    """Definitions by number and name; those given later replace those given before."""

    __slots__ = ("_codes", "_family", "_names", "last_code")

    def __init__(self, definitions: Iterable[OptionDefinition], family: Literal[4, 6] = 4) -> None:
        self._family: Literal[4, 6] = family
        self._codes: dict[int, OptionDefinition] = {}
        for definition in definitions:
            self._codes[definition.code] = definition
        self._names: dict[str, OptionDefinition] = {}
        for definition in self._codes.values():
            for name in definition.also:
                self._names.setdefault(name, definition)
        self._names.update({definition.name: definition for definition in self._codes.values()})
        self.last_code = 254 if family == 4 else 65_535

    def find(self, key: str | int) -> OptionDefinition:
        """Return the definition of a number or a name.

        A number without a definition is an option of octets. Raises OptionValueError for an unknown name, with the most
        similar one, and for a number that is not one of an option.
        """
        text = str(key).strip().lower()
        if text.isdecimal() and text.isascii():
            code = int(text)
            if not 1 <= code <= self.last_code:
                raise OptionValueError(f"{code} is not the number of an option; they are 1 to {self.last_code}")
            return self._codes.get(code) or unknown_option(code, self._family)
        found = self._names.get(text)
        if found is None:
            close = difflib.get_close_matches(text, self._names, n=1)
            hint = f"; did you mean {close[0]}?" if close else "; use its number, or define it"
            raise OptionValueError(f"there is no option {key!r}{hint}")
        return found

    def defines(self, code: int) -> bool:
        """Whether a number has a definition."""
        return code in self._codes

    def get(self, code: int) -> OptionDefinition:
        """Return the definition of a number, of octets if there is none."""
        return self._codes.get(code) or unknown_option(code, self._family)

    def encode(self, values: Mapping[str, object]) -> dict[int, bytes]:
        """Return the data of options by number. Raises OptionValueError for the first that does not fit."""
        found: dict[int, bytes] = {}
        for key, value in values.items():
            definition = self.find(key)
            found[definition.code] = definition.encode(value)
        return found
