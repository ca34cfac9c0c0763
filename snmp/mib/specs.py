"""The traps that the server sends, as values.

The core of the server returns a `TrapSpec` among its outputs, and `send.sender.TrapSender` encodes and sends it. Each
trap has one constructor with its objects as parameters; an address that is None is left out of the trap.
"""

from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address

FieldValue = int | str | bytes | IPv4Address | IPv6Address


class ConfigError(IntEnum):
    """The difference between the configurations of the partners."""

    MCLT = 1
    HASH_BUCKETS = 2
    BACKUP_PERCENTAGE = 3
    SERVER_ADDRESS = 4
    CONFIG = 5
    INTERNAL = 6
    BACKUP_LOAD_BALANCING = 7
    MAIN_LOAD_BALANCING = 8


class ThresholdType(IntEnum):
    """What a free-address threshold is counted over."""

    SCOPE = 1
    NETWORK = 2
    SELECTION_TAGS = 3


class DetectedBy(IntEnum):
    """Who detected that an address is in use."""

    DHCP_CLIENT = 1
    DHCP_SERVER = 2


_DHCP = 2
"""The server type in the start and stop traps."""
_FAILOVER_PARTNER = 3
"""The related server type in the traps about the partner."""


@dataclass(frozen=True, slots=True)
class TrapSpec:
    """A notification and its objects, by their names in the MIB tables."""

    name: str
    fields: tuple[tuple[str, FieldValue], ...]


def _spec(name: str, *fields: tuple[str, FieldValue | None]) -> TrapSpec:
    return TrapSpec(name, tuple((field, value) for field, value in fields if value is not None))


def server_start() -> TrapSpec:
    """The DHCP server has started."""
    return _spec("server-start", ("server-type", _DHCP))


def server_stop() -> TrapSpec:
    """The DHCP server stops."""
    return _spec("server-stop", ("server-type", _DHCP))


def other_server_not_responding(server: IPv4Address | None, ipv6_server: IPv6Address | None) -> TrapSpec:
    """The failover partner does not respond. Sent once, until it responds again."""
    return _other_server("other-server-not-responding", server, ipv6_server)


def other_server_responding(server: IPv4Address | None, ipv6_server: IPv6Address | None) -> TrapSpec:
    """The failover partner responds again."""
    return _other_server("other-server-responding", server, ipv6_server)


def _other_server(name: str, server: IPv4Address | None, ipv6_server: IPv6Address | None) -> TrapSpec:
    return _spec(name, ("server", server), ("related-server-type", _FAILOVER_PARTNER), ("ipv6-server", ipv6_server))


def failover_config_mismatch(
    server: IPv4Address | None, ipv6_server: IPv6Address | None, pair: str, error_type: ConfigError
) -> TrapSpec:
    """The configuration of the failover partner differs."""
    return _spec(
        "failover-config-mismatch",
        ("server", server),
        ("ipv6-server", ipv6_server),
        ("failover-pair-name", pair),
        ("config-error-type", error_type),
    )


def free_address_low(
    scope: str,
    subnet: str,
    free: int,
    low_threshold: int,
    threshold_type: ThresholdType = ThresholdType.SCOPE,
    threshold_value: str | None = None,
) -> TrapSpec:
    """The free addresses of a scope fell to the threshold.

    `free` counts addresses, `low_threshold` is a percentage. `threshold_value` is the subnet, or the tags, that the
    threshold is counted over; None: the subnet.
    """
    return _spec(
        "free-address-low",
        ("low-threshold", low_threshold),
        *_threshold(scope, subnet, free, threshold_type, threshold_value),
    )


def free_address_high(
    scope: str,
    subnet: str,
    free: int,
    high_threshold: int,
    threshold_type: ThresholdType = ThresholdType.SCOPE,
    threshold_value: str | None = None,
) -> TrapSpec:
    """The free addresses of a scope rose to the threshold again, after a `free_address_low`."""
    return _spec(
        "free-address-high",
        ("high-threshold", high_threshold),
        *_threshold(scope, subnet, free, threshold_type, threshold_value),
    )


def _threshold(
    scope: str, subnet: str, free: int, threshold_type: ThresholdType, threshold_value: str | None
) -> tuple[tuple[str, FieldValue], ...]:
    return (
        ("free-addresses", free),
        ("scope-name", scope),
        ("subnet", subnet),
        ("threshold-type", threshold_type),
        ("threshold-value", subnet if threshold_value is None else threshold_value),
    )


def duplicate_address(
    address: IPv4Address, hardware_type: int, hardware_address: bytes, detected_by: DetectedBy
) -> TrapSpec:
    """A free address is in use: a client declined it, or a host answered a ping."""
    return _spec(
        "duplicate-address",
        ("address", address),
        ("hardware-address", bytes((hardware_type, len(hardware_address))) + hardware_address),
        ("detected-by", detected_by),
    )


def address_conflict(
    address: IPv4Address, server: IPv4Address | None, ipv6_server: IPv6Address | None, pair: str
) -> TrapSpec:
    """Both partners have leased the address to different clients."""
    return _spec(
        "address-conflict",
        ("contested-address", address),
        ("server", server),
        ("ipv6-server", ipv6_server),
        ("failover-pair-name", pair),
    )
