"""The configuration of DHCPv6: a link with the servers on it and one behind relays, with addresses and prefixes.

The ranges are small, so that some of them become full; one of several kinds is the whole /64.
"""

from dataclasses import dataclass, replace
from functools import cache
from ipaddress import IPv6Address, IPv6Network
from typing import Any

from dhcpserver.config.classes.prefix import Link, Prefix
from dhcpserver.leases import keys
from dhcpserver.service.v6.query import Arrival6
from dhcpserver.wire.dhcp6duid import from_uuid, link_layer

NEAR6 = int(IPv6Address("2001:db8:1::"))
SECOND6 = int(IPv6Address("2001:db8:3::"))
FAR6 = int(IPv6Address("2001:db8:2::"))
"""The /64 networks: two of the near link, one of the far link."""
NEAR_PD = int(IPv6Address("2001:db8:8000::"))
FAR_PD = int(IPv6Address("2001:db8:9000::"))
"""The /56 networks from which prefixes of 64 and of 60 bits are delegated."""
RELAY6 = FAR6 + 1
SECOND_RELAY6 = int(IPv6Address("2001:db8:ff::2"))
LINK_LOCAL = int(IPv6Address("fe80::"))
WHOLE = 64
"""Bits of a range that is the whole prefix."""
_SMALL_RANGE = 64
"""Where a small range begins."""


def hardware6(number: int) -> bytes:
    """Return the Ethernet address of a client; those of even numbers are universal."""
    return bytes((2 * (number % 2),)) + b"\x60\x00\x00\x00" + bytes((number,))


def duid_of(number: int) -> bytes:
    """Return the DUID of a client; every third has no hardware address in it."""
    return from_uuid(bytes(15) + bytes((number,))) if number % 3 == 2 else link_layer(1, hardware6(number))


def arrivals6(far: bool, number: int) -> Arrival6:
    """Return how a client's packets arrive: from the servers' own link, or from a relay."""
    if far:
        return Arrival6(1, SECOND_RELAY6 if behind_two_relays(number) else RELAY6, 547, multicast=False)
    return Arrival6(0, LINK_LOCAL + 0x100 + number, 546, scope_id=2, link="near")


def behind_two_relays(number: int) -> bool:
    """Return whether there are two relays between a far client and the servers."""
    return number % 4 == 3


@dataclass(frozen=True, slots=True)
class Site6:
    """The DHCPv6 settings of a pair. Lifetimes are in seconds; those of the far link are shorter.

    Attributes:
        near_bits, far_bits: the size of the ranges of addresses, in bits; WHOLE for the whole prefix.
        second: whether the near link has a second prefix with addresses.
        near_prefixes, far_prefixes: how many prefixes are delegated on each link; powers of two.
        algorithms: `allocation-algorithms` of all prefixes.
        reservations: whether two addresses and a prefix are reserved.
        max_leases: of each range of addresses.
        at: the servers that have DHCPv6.
    """

    valid: int = 300
    preferred: int = 200
    near_bits: int = 4
    far_bits: int = 3
    second: bool = False
    near_prefixes: int = 4
    far_prefixes: int = 8
    algorithms: tuple[str, ...] = ("reservation", "random", "best-fit")
    reservations: bool = True
    rapid_commit: bool = True
    max_leases: int = 64
    at: tuple[str, ...] = ("main", "backup")

    @property
    def shared(self) -> bool:
        """Whether both servers have DHCPv6."""
        return len(self.at) == 2

    def larger(self) -> "Site6":
        """Return the same with larger ranges, as far as there is room."""
        return replace(
            self,
            near_bits=_one_more(self.near_bits),
            far_bits=_one_more(self.far_bits),
            near_prefixes=min(self.near_prefixes * 2, 16),
            far_prefixes=min(self.far_prefixes * 2, 16),
        )

    def policy(self, *, far: bool) -> dict[str, Any]:
        """Return what the policy of a link has for DHCPv6."""
        return {
            "valid_lifetime": self.valid // 2 if far else self.valid,
            "preferred_lifetime": self.preferred // 2 if far else self.preferred,
            "default_prefix_length": 60 if far else 64,
            "allow_rapid_commit": self.rapid_commit,
        }

    def lifetimes(self, key: int) -> tuple[int, int]:
        """Return the configured preferred and valid lifetimes of an address or prefix."""
        value = keys.value_of(key)
        networks = (IPv6Network((FAR6, 64)), IPv6Network((FAR_PD, 56)))
        policy = self.policy(far=any(IPv6Address(value) in network for network in networks))
        return policy["preferred_lifetime"], policy["valid_lifetime"]

    def objects(self) -> tuple[tuple[Link, ...], tuple[Prefix, ...]]:
        """Return the links and prefixes of the configuration."""
        prefixes = [
            self._addresses("near6", NEAR6, self.near_bits, far=False),
            *([self._addresses("second6", SECOND6, 3, far=False)] if self.second else []),
            self._addresses("far6", FAR6, self.far_bits, far=True),
            self._delegations("near-pd", NEAR_PD, self.near_prefixes, 64, far=False),
            self._delegations("far-pd", FAR_PD, self.far_prefixes, 60, far=True),
        ]
        return (Link(name="near"), Link(name="far")), tuple(Prefix.model_validate(each) for each in prefixes)

    def _addresses(self, name: str, network: int, bits: int, *, far: bool) -> dict[str, Any]:
        found = self._prefix(name, f"{IPv6Address(network)}/64", far=far)
        if bits != WHOLE:
            found["range"] = f"{IPv6Address(network + _SMALL_RANGE)}/{128 - bits}"
        return found

    def _delegations(self, name: str, network: int, count: int, length: int, *, far: bool) -> dict[str, Any]:
        found = self._prefix(name, f"{IPv6Address(network)}/56", far=far)
        found["dhcp_type"] = "prefix-delegation"
        found["range"] = f"{IPv6Address(network)}/{length - count.bit_length() + 1}"
        return found

    def _prefix(self, name: str, address: str, *, far: bool) -> dict[str, Any]:
        network = IPv6Network(address)
        reservations = [
            {"duid": duid_of(client).hex(":"), _RESERVED_AS[keys.kind_of(key)]: keys.text_of(key)}
            for key, client in reserved6(self).items()
            if IPv6Address(keys.value_of(key)) in network
        ]
        return {
            "name": name,
            "address": address,
            "link": "far" if far else "near",
            "policy": "other" if far else "default",
            "allocation_algorithms": self.algorithms,
            "reservations": reservations,
            "max_leases": self.max_leases,
        }


def _one_more(bits: int) -> int:
    return bits if bits == WHOLE else min(bits + 1, 6)


_RESERVED_AS = {keys.Kind.ADDRESS6: "ip6address", keys.Kind.PREFIX: "prefix"}


@cache
def reserved6(site: Site6) -> dict[int, int]:
    """Return the client of each reserved address or prefix: an even address, an odd one, and prefixes of the ranges."""
    if not site.reservations:
        return {}
    return {
        keys.address6(NEAR6 + _SMALL_RANGE + 2): 0,
        keys.address6(FAR6 + 201): 1,
        keys.prefix(NEAR_PD + (1 << 64), 64): 2,
        keys.prefix(FAR_PD + (1 << 68), 60): 3,
    }


@cache
def balanced6(site: Site6) -> tuple[int, ...]:
    """Return all prefixes that are delegated, without the reserved ones."""
    near = [keys.prefix(NEAR_PD + (number << 64), 64) for number in range(site.near_prefixes)]
    far = [keys.prefix(FAR_PD + (number << 68), 60) for number in range(site.far_prefixes)]
    return tuple(key for key in (*near, *far) if key not in reserved6(site))
