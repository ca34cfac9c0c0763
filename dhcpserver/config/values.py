"""Formats of single values of the configuration: durations, percentages, address ranges, hardware addresses."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from dhcpserver.config.catalogue import Kind
from dhcpserver.limits import INFINITE_SECONDS, MAXIMUM_CLIENT_ID, MAXIMUM_DUID

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_DURATION = re.compile(r"(\d+)\s*([smhdwy])", re.IGNORECASE)
_HARDWARE = re.compile(r"(?:(?P<htype>\d{1,3}),(?P<hlen>\d{1,2}),)?(?P<octets>[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){0,15})")


def seconds(value: object) -> object:
    """Return `90`, `"90"`, `"1d6h"` or `"45m"` in seconds. pydantic refuses other types, which stay unchanged."""
    if isinstance(value, str):
        text = value.strip().replace(" ", "")
        if text.isdigit():
            return int(text)
        parts = _DURATION.findall(text)
        if parts and "".join(number + unit for number, unit in parts).lower() == text.lower():
            return sum(int(number) * _UNITS[unit.lower()] for number, unit in parts)
        raise ValueError("a duration is seconds or a number with s, m, h, d, w or y, such as 90 or 1d6h")
    return value


def address_range(value: object) -> object:
    """Return `"192.0.2.10-192.0.2.90"` as a pair of addresses, the lower one first. One address is a range too."""
    if isinstance(value, str):
        first, _, last = value.partition("-")
        begin, end = IPv4Address(first.strip()), IPv4Address((last or first).strip())
        if begin > end:
            raise ValueError(f"the start of a range must not be above its end: {begin} is above {end}")
        return (begin, end)
    raise ValueError('a range is written "FIRST-LAST"')


def hardware(value: object) -> object:
    """Return `"02:00:00:00:00:01"` or `"1,6,02:00:00:00:00:01"` as htype octet and address."""
    if isinstance(value, str):
        match = _HARDWARE.fullmatch(value.strip())
        if match is None:
            raise ValueError('a hardware address is written "02:00:00:00:00:01" or "1,6,02:00:00:00:00:01"')
        octets = bytes.fromhex(match["octets"].replace(":", ""))
        if match["hlen"] and int(match["hlen"]) != len(octets):
            raise ValueError(f"the length is {match['hlen']} octets, but the address has {len(octets)}")
        return bytes([int(match["htype"] or 1)]) + octets
    raise ValueError("a hardware address is a string")


def client_id(value: str) -> str:
    """Check a client identifier: octets in hexadecimal, with or without colons."""
    digits = value.replace(":", "")
    if not re.fullmatch(r"[0-9a-fA-F]+", digits):
        raise ValueError("a client identifier is octets in hexadecimal, such as 01:02:00:00:00:00:01")
    if len(digits) % 2:
        raise ValueError(f"a client identifier of {len(digits)} hexadecimal digits; octets need two digits each")
    if len(digits) // 2 > MAXIMUM_CLIENT_ID:
        raise ValueError(f"a client identifier has at most {MAXIMUM_CLIENT_ID} octets")
    return value


def duid(value: object) -> object:
    """Return a DUID as octets; it is written in hexadecimal, with or without colons."""
    if not isinstance(value, str):
        raise ValueError("a DUID is a string")
    try:
        octets = bytes.fromhex(value.replace(":", "").replace("-", ""))
    except ValueError:
        raise ValueError("a DUID is octets in hexadecimal, such as 00:03:00:01:02:00:00:00:00:01") from None
    if not 3 <= len(octets) <= MAXIMUM_DUID:
        raise ValueError(f"a DUID has 3 to {MAXIMUM_DUID} octets; these are {len(octets)}")
    return octets


def relay_octets(value: object) -> object:
    """Return a circuit ID or a remote ID as octets: text as it is, or octets in hexadecimal after `hex:`."""
    if not isinstance(value, str):
        raise ValueError("a circuit ID or a remote ID is a string")
    octets = value.encode()
    if value.startswith("hex:"):
        try:
            octets = bytes.fromhex(value[4:].replace(":", ""))
        except ValueError:
            raise ValueError("after hex: are octets of two hexadecimal digits each, such as hex:00:04:00:0a") from None
    if not 1 <= len(octets) <= 255:
        raise ValueError(f"a circuit ID or a remote ID has 1 to 255 octets; these are {len(octets)}")
    return octets


def option_name(value: str) -> str:
    """Check a name of an option: lower case, digits and hyphens, with a letter."""
    if not re.fullmatch(r"(?=.*[a-z])[a-z0-9][a-z0-9+-]{0,63}", value):
        raise ValueError("a name of an option has lower-case letters, digits and hyphens, and at least one letter")
    return value


def written_address(value: object) -> object:
    """Refuse a number or a boolean where an address is meant: they would be read as 0.0.0.1."""
    if isinstance(value, int | float | bytes):
        raise ValueError("an address or a network is written as text")
    return value


def boot_name(most: int) -> AfterValidator:
    """Return the check of a name in `sname` or `file`: at most that many octets, without a NUL."""

    def check(value: str) -> str:
        if len(value.encode()) > most or "\0" in value:
            raise ValueError(f"it has at most {most} octets, without a NUL; these are {len(value.encode())}")
        return value

    return AfterValidator(check)


def object_name(value: str) -> str:
    """Check a name of an object: 1 to 255 characters without a slash."""
    if not value.strip() or "/" in value or len(value) > 255:
        raise ValueError("a name has 1 to 255 characters and no slash")
    return value


_CLIENT_HARDWARE = re.compile(
    r"(?:\d{1,3},\d{1,2},)(?:[0-9a-fA-F]{2}:){0,15}[0-9a-fA-F]{2}|(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}"
)


def client_identity(name: str) -> tuple[bytes, bytes]:
    """Return the hardware address (with its type) and the DUID of a client's name; one of them is empty.

    Six octets are a hardware address, more octets a DUID; both are empty for `default`. Raises ValueError.
    """
    if name.casefold() == "default":
        return b"", b""
    if _CLIENT_HARDWARE.fullmatch(name.strip()):
        found = hardware(name)
        assert isinstance(found, bytes)
        return found, b""
    found = duid(name)
    assert isinstance(found, bytes)
    if len(found) <= 6:
        raise ValueError("a client is a hardware address of 6 octets, a DUID of more octets, or default")
    return b"", found


def client_name(value: str) -> str:
    """Check the name of a client."""
    client_identity(value)
    return value


def vpn_identifier(value: str | None) -> str | None:
    """Check an identifier of a VPN (RFC 2685): three octets of the OUI, and four of the index."""
    if value is not None and not re.fullmatch(r"[0-9a-fA-F]{6}:[0-9a-fA-F]{8}", value):
        raise ValueError("an identifier of a VPN has 6 and 8 hexadecimal digits, such as 00a0b1:0000000c")
    return value


def host_range(value: str) -> str:
    """Check a range of numbers of hosts: `10-200`, `10--2`."""
    if not re.fullmatch(r"\d{1,8}-(?:-?\d{1,8})", value):
        raise ValueError("a range of hosts is FIRST-LAST, such as 10-200, or 10--2 for all but the last one")
    return value


def zone_name(value: str | None) -> str | None:
    """Check the name of a zone: labels of letters, digits, hyphens and underscores."""
    if value is not None and not re.fullmatch(
        r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_/-]{0,62})\.)*[A-Za-z0-9_][A-Za-z0-9_/-]{0,62}\.?", value
    ):
        raise ValueError("a zone is a domain name, such as lab.example.org")
    return value


def module_file(value: str) -> str:
    """Check a Python file below a folder: names without `..`, with the ending `.py`."""
    parts = value.split("/")
    if not value.endswith(".py") or not all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", each) for each in parts):
        raise ValueError("a file is NAME.py or FOLDER/NAME.py, inside the folder of the extensions")
    return value


def function_name(value: str | None) -> str | None:
    """Check the name of a Python function."""
    if value is not None and not (value.isascii() and value.isidentifier()):
        raise ValueError("a function has a name of letters, digits and underscores")
    return value


def selection_tag(value: str) -> str:
    """Check a selection tag: 1 to 64 characters without a comma, which separates tags in lists."""
    if not value.strip() or "," in value or len(value) > 64:
        raise ValueError("a selection tag has 1 to 64 characters and no comma")
    return value


Name = Annotated[str, AfterValidator(object_name), Kind("name", "a name, without a slash")]
Address4 = Annotated[IPv4Address, BeforeValidator(written_address), Kind("ipaddr", "an IPv4 address")]
Address6 = Annotated[IPv6Address, BeforeValidator(written_address), Kind("ip6addr", "an IPv6 address")]
Address = Annotated[IPv4Address | IPv6Address, BeforeValidator(written_address), Kind("address", "an address")]
Subnet6 = Annotated[IPv6Network, BeforeValidator(written_address), Kind("prefix", "a prefix, `2001:db8::/64`")]
Subnet4 = Annotated[IPv4Network, BeforeValidator(written_address), Kind("subnet", "a subnet, `192.0.2.0/24`")]
OptionName = Annotated[
    str, AfterValidator(option_name), Kind("option-name", "a name of lower-case letters, digits and hyphens")
]
OptionKey = Annotated[int | str, Kind("option", "an option by number or name")]
"""The number or the name of an option."""
ClientId = Annotated[str, AfterValidator(client_id), Kind("client-id", "octets in hexadecimal")]
RelayOctets = Annotated[bytes, BeforeValidator(relay_octets), Kind("relay-octets", "text, or `hex:` and octets")]
SelectionTag = Annotated[str, AfterValidator(selection_tag), Kind("tag", "a tag, without a comma")]
Seconds = Annotated[
    int,
    BeforeValidator(seconds),
    Field(ge=0, le=INFINITE_SECONDS),
    Kind("time", 'seconds, or a duration like `"1d6h"`'),
]
Percent = Annotated[int, Field(ge=0, le=100), Kind("percent", "percent, 0 to 100")]
Port = Annotated[int, Field(ge=1, le=65535), Kind("port", "a port, 1 to 65535")]
AddressRange = Annotated[
    tuple[IPv4Address, IPv4Address], BeforeValidator(address_range), Kind("range", '`"FIRST-LAST"`, or one address')
]
Duid = Annotated[bytes, BeforeValidator(duid), Kind("duid", "octets in hexadecimal")]
Hardware = Annotated[bytes, BeforeValidator(hardware), Kind("mac", 'a hardware address, `"02:00:00:00:00:01"`')]
