"""Encrypted DNS resolvers (DNR, RFC 9463): priority, authentication domain name, addresses, service parameters.

    10 dns.example.org 192.0.2.53 192.0.2.54 alpn=h2 alpn=dot port=8853 dohpath=/dns-query{?dns}

A resolver with its name alone is in ADN-only mode: the client resolves the name.
"""

import re
from ipaddress import IPv4Address, IPv6Address
from itertools import groupby

from dhcpserver.wire.optiontypes.basetype import OptionType, OptionValueError, Value
from dhcpserver.wire.optiontypes.domains import labels_of, packed, read_name, shown

ALPN, PORT, DOHPATH = 1, 3, 7
"""Keys of service parameters (RFC 9460, RFC 9461)."""
HIGHEST_PRIORITY = 0xFFFF
_NAMES = {"alpn": ALPN, "port": PORT, "dohpath": DOHPATH}
_OTHER_KEY = re.compile(r"key(\d{1,5})")
_TEXT = re.compile(r"[!-~]+")


class Resolver(OptionType):
    """One resolver. The lengths of name and addresses have an octet in DHCPv4 and two in DHCPv6; an instance of DHCPv4
    begins with its own length, so that one option can have several."""

    def __init__(self, family: int) -> None:
        self.family = family
        self.name = "resolver4" if family == 4 else "resolver6"
        address = "192.0.2.53" if family == 4 else "2001:db8::53"
        self.example = f"1 dns.example.org {address} alpn=dot"
        self.accepts = f"a priority, a name, addresses and parameters such as {self.example}"
        self._size = 1 if family == 4 else 2
        self._octets = 4 if family == 4 else 16

    def encode(self, value: object) -> bytes:
        """Return the octets of a resolver."""
        parts = value.split() if isinstance(value, str) else []
        if len(parts) < 2 or not parts[0].isascii() or not parts[0].isdecimal() or int(parts[0]) > HIGHEST_PRIORITY:
            raise self.refused(value)
        name = packed(labels_of(parts[1]))
        if len(name) == 1:
            raise self.refused(value)
        out = int(parts[0]).to_bytes(2) + len(name).to_bytes(self._size) + name
        rest = parts[2:]
        if rest:
            addresses = b"".join(self._packed(part) for part in rest if "=" not in part)
            if not addresses or len(addresses) >= 1 << 8 * self._size:
                raise self.refused(value)
            out += len(addresses).to_bytes(self._size) + addresses
            out += _parameters([part for part in rest if "=" in part])
        return len(out).to_bytes(2) + out if self.family == 4 else out

    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return the resolver at a position; of DHCPv6 it reaches to the end of the option."""
        end = len(octets)
        if self.family == 4:
            end = at + 2 + int.from_bytes(self.piece(octets, at, 2))
            self.piece(octets, at, end - at)
            at += 2
        whole = octets[:end]
        priority = int.from_bytes(self.piece(whole, at, 2))
        length = int.from_bytes(self.piece(whole, at + 2, self._size))
        at += 2 + self._size
        field = self.piece(whole, at, length)
        labels, _ = read_name(field, 0)
        if not labels or packed(labels) != field:
            raise OptionValueError("the name of a resolver is empty, compressed, or not as long as stated")
        found = [str(priority), shown(labels)]
        at += length
        if at < end:
            length = int.from_bytes(self.piece(whole, at, self._size))
            at += self._size
            addresses = self.piece(whole, at, length)
            if not length or length % self._octets:
                raise OptionValueError(f"{length} octets of addresses; each has {self._octets}")
            found += [
                str(self._address(addresses[place : place + self._octets])) for place in range(0, length, self._octets)
            ]
            found += _shown_parameters(whole[at + length :])
        return " ".join(found), end

    def _address(self, octets: bytes) -> IPv4Address | IPv6Address:
        return IPv4Address(octets) if self.family == 4 else IPv6Address(octets)

    def _packed(self, text: str) -> bytes:
        try:
            return IPv4Address(text).packed if self.family == 4 else IPv6Address(text).packed
        except ValueError:
            raise self.refused(text) from None


def _parameters(parts: list[str]) -> bytes:
    """Return the parameters in the order of their keys. Raises OptionValueError."""
    given = sorted(((_key(part), part.partition("=")[2]) for part in parts), key=lambda pair: pair[0])
    out = b""
    for key, pairs in groupby(given, key=lambda pair: pair[0]):
        values = [value for _, value in pairs]
        if key != ALPN and len(values) > 1:
            raise OptionValueError(f"the parameter {_word(key)} is there twice")
        octets = b"".join(_encoded(key, value) for value in values)
        out += key.to_bytes(2) + len(octets).to_bytes(2) + octets
    return out


def _key(part: str) -> int:
    name = part.partition("=")[0]
    other = _OTHER_KEY.fullmatch(name)
    key = int(other[1]) if other else _NAMES.get(name, -1)
    if not 0 <= key <= 0xFFFF or (other and key in _NAMES.values()):
        raise OptionValueError(
            f"{name!r} is not a service parameter: alpn, port, dohpath, or keyNUMBER with hex octets"
        )
    return key


def _encoded(key: int, value: str) -> bytes:
    """Return the octets of one value. Raises OptionValueError."""
    try:
        if key == PORT:
            if not value.isascii() or not value.isdecimal():
                raise ValueError
            return int(value).to_bytes(2)
        if key in (ALPN, DOHPATH):
            if not _TEXT.fullmatch(value):
                raise ValueError
            text = value.encode()
            return bytes((len(text),)) + text if key == ALPN else text
        return bytes.fromhex(value)
    except (ValueError, OverflowError):
        raise OptionValueError(f"{value!r} does not fit the parameter {_word(key)}") from None


def _word(key: int) -> str:
    return next((name for name, number in _NAMES.items() if number == key), f"key{key}")


def _shown_parameters(octets: bytes) -> list[str]:
    """Return the parameters as text. Raises OptionValueError."""
    found: list[str] = []
    at, last = 0, -1
    while at < len(octets):
        key, length = int.from_bytes(octets[at : at + 2]), int.from_bytes(octets[at + 2 : at + 4])
        value = octets[at + 4 : at + 4 + length]
        if at + 4 > len(octets) or len(value) < length or key <= last:
            raise OptionValueError("service parameters are cut off, or not in the order of their keys")
        found += _shown_values(key, value)
        at, last = at + 4 + length, key
    return found


def _shown_values(key: int, value: bytes) -> list[str]:
    if key == PORT and len(value) == 2:
        return [f"port={int.from_bytes(value)}"]
    if key == DOHPATH and _TEXT.fullmatch(value.decode("latin-1")):
        return [f"dohpath={value.decode('ascii')}"]
    if key == ALPN and value:
        found = []
        at = 0
        while at < len(value):
            piece = value[at + 1 : at + 1 + value[at]]
            if not piece or len(piece) < value[at] or not _TEXT.fullmatch(piece.decode("latin-1")):
                raise OptionValueError("an alpn of a resolver is empty, cut off, or no text")
            found.append(f"alpn={piece.decode('ascii')}")
            at += 1 + value[at]
        return found
    if key in _NAMES.values():
        raise OptionValueError(f"the parameter {_word(key)} has {len(value)} octets that do not fit it")
    return [f"key{key}={value.hex()}"]
