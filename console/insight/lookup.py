"""A parser for the text that an operator types to find a lease: an address, or a hardware address or client-id."""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address, IPv6Network

from console.model.leases import LeaseQuery

ACCEPTED = "an address (192.0.2.7), a MAC (02:00:00:00:00:01), hardware (1,6,02:..:01) or a client-id in hex"
HARDWARE = re.compile(r"(?P<htype>\d{1,3}),(?P<length>\d{1,3}),(?P<octets>[0-9a-f:.-]+)", re.IGNORECASE)
OCTETS = re.compile(r"[0-9a-f]{2}([:.-]?[0-9a-f]{2})+", re.IGNORECASE)
DOTTED = re.compile(r"[\d.]+")


class LookupRefused(ValueError):
    """The text is not a valid query. The message has the accepted forms."""


def read_lookup(text: str) -> LeaseQuery:
    """Returns the query of the text. Raises LookupRefused."""
    word = text.strip()
    if not word:
        raise LookupRefused(f"type {ACCEPTED}")
    if DOTTED.fullmatch(word) and word.count(".") == 3:
        try:
            return LeaseQuery(str(IPv4Address(word)), by_address=True)
        except AddressValueError:
            raise LookupRefused(f"{word!r} is not a valid IPv4 address: each number is 0 to 255") from None
    found = _address6(word)
    if found is not None:
        return LeaseQuery(found, by_address=True)
    hardware = HARDWARE.fullmatch(word)
    octets = hardware["octets"] if hardware else word
    if not OCTETS.fullmatch(octets):
        raise LookupRefused(f"{word!r} is not a valid query: type {ACCEPTED}")
    if hardware and int(hardware["length"]) != len(bytes.fromhex(re.sub("[:.-]", "", octets))):
        raise LookupRefused(f"the {hardware['length']} in {word!r} is not the number of octets of the address")
    return LeaseQuery(word.lower(), by_address=False)


def _address6(word: str) -> str | None:
    """An IPv6 address or prefix in its usual form; None for any other text."""
    # Octets with single colons are a client. An address is compressed, or has eight groups of up to four digits.
    if "::" not in word and word.count(":") != 7:
        return None
    try:
        found = str(IPv6Network(word) if "/" in word else IPv6Address(word))
    except ValueError:
        return None
    return None if all(len(group) == 2 for group in word.split(":")) else found
