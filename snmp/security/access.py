"""Access rules: communities and users, and the networks that each may send from, as an operator configures them.

No `repr` shows a secret.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Literal

AuthProtocol = Literal["md5", "sha", "sha-224", "sha-256", "sha-384", "sha-512"]
PrivProtocol = Literal["des", "3des", "aes-128", "aes-192", "aes-256", "aes-192-blumenthal", "aes-256-blumenthal"]
"""aes-192 and aes-256 extend the key as most vendors do; net-snmp does it by Blumenthal's draft."""

MINIMUM_KEY_CHARACTERS = 8
"""RFC 3414 section 11.2."""
MAXIMUM_USER_OCTETS = 32
"""RFC 3414 section 2.4, usmUserName."""
MINIMUM_ENGINE_ID_OCTETS, MAXIMUM_ENGINE_ID_OCTETS = 5, 32
"""RFC 3411 section 5, SnmpEngineID."""


class SecurityLevel(IntEnum):
    """RFC 3411 section 3.4.3; a higher level includes the lower ones."""

    NO_AUTH_NO_PRIV = 1
    AUTH_NO_PRIV = 2
    AUTH_PRIV = 3

    @property
    def word(self) -> str:
        return ("noAuthNoPriv", "authNoPriv", "authPriv")[self - 1]


@dataclass(frozen=True, slots=True)
class Community:
    """A community of SNMPv1 and SNMPv2c."""

    name: str = field(repr=False)
    networks: tuple[str, ...] = ()
    """Addresses or networks that may use it; empty: all."""


@dataclass(frozen=True, slots=True)
class User:
    """A user of SNMPv3. Its keys define its security level; messages with a lower level are rejected."""

    name: str
    auth: AuthProtocol | None = None
    auth_key: str = field(default="", repr=False)
    priv: PrivProtocol | None = None
    priv_key: str = field(default="", repr=False)
    engine_ids: tuple[str, ...] = ()
    """Engine IDs of the accepted senders, in hexadecimal; empty: every sender with the right keys."""
    networks: tuple[str, ...] = ()

    @property
    def level(self) -> SecurityLevel:
        if self.auth is None:
            return SecurityLevel.NO_AUTH_NO_PRIV
        return SecurityLevel.AUTH_NO_PRIV if self.priv is None else SecurityLevel.AUTH_PRIV


def fault_of(user: User) -> tuple[str, str] | None:
    """Return the first wrong field of a user and the reason; None if the user is valid."""
    if not 1 <= len(user.name.encode()) <= MAXIMUM_USER_OCTETS:
        return "name", f"a user's name has 1 to {MAXIMUM_USER_OCTETS} octets"
    if user.priv is not None and user.auth is None:
        return "priv", "privacy needs authentication as well: set auth and its key"
    for what, protocol, key in (("auth", user.auth, user.auth_key), ("priv", user.priv, user.priv_key)):
        if protocol is None and key:
            return f"{what}_key", f"there is a key but no protocol: set {what}"
        if protocol is not None and len(key) < MINIMUM_KEY_CHARACTERS:
            have = f"it has {len(key)}" if key else "there is none"
            return f"{what}_key", f"a key has at least {MINIMUM_KEY_CHARACTERS} characters, {have}"
    for text in user.engine_ids:
        if engine_id(text) is None:
            least, most = MINIMUM_ENGINE_ID_OCTETS, MAXIMUM_ENGINE_ID_OCTETS
            return "engine_ids", f"{text!r} is not a valid engine ID: {least} to {most} octets in hexadecimal"
    return None


def engine_id(text: str) -> bytes | None:
    """Return the octets of an engine ID in hexadecimal, with or without 0x and colons; None if it is not valid."""
    try:
        octets = bytes.fromhex(text.removeprefix("0x").replace(":", ""))
    except ValueError:
        return None
    return octets if MINIMUM_ENGINE_ID_OCTETS <= len(octets) <= MAXIMUM_ENGINE_ID_OCTETS else None


class Networks:
    """The allowed addresses. Without any network, all addresses are allowed."""

    def __init__(self, networks: Iterable[str]) -> None:
        found = tuple(ip_network(network, strict=False) for network in networks)
        self._holds = lru_cache(maxsize=4096)(lambda host: _is_in(host, found))

    def __contains__(self, host: str) -> bool:
        return self._holds(host)


def _is_in(host: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    if not networks:
        return True
    address = ip_address(host.partition("%")[0])  # A link-local address ends in % and its link.
    return any(address in network for network in networks)
