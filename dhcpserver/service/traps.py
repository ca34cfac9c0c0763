"""The endpoint's notifications as traps, and which of them the configuration lets out."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from typing import Any

from dhcpserver.failover.effects import SendTrap
from dhcpserver.failover.settings import PairSettings
from snmp import specs
from snmp.specs import ConfigError, TrapSpec

_CONFIG_ERRORS = {
    "mclt-error": ConfigError.MCLT,
    "hba-error": ConfigError.HASH_BUCKETS,
    "backup-percentage-error": ConfigError.BACKUP_PERCENTAGE,
    "server-address-error": ConfigError.SERVER_ADDRESS,
    "config-error": ConfigError.CONFIG,
    "internal-error": ConfigError.INTERNAL,
    "backup-load-balancing-config-error": ConfigError.BACKUP_LOAD_BALANCING,
    "main-load-balancing-config-error": ConfigError.MAIN_LOAD_BALANCING,
}


def _not_responding(pair: PairSettings, fields: Mapping[str, Any]) -> TrapSpec:
    return specs.other_server_not_responding(pair.partner_address, pair.partner_address6)


def _responding(pair: PairSettings, fields: Mapping[str, Any]) -> TrapSpec:
    return specs.other_server_responding(pair.partner_address, pair.partner_address6)


def _mismatch(pair: PairSettings, fields: Mapping[str, Any]) -> TrapSpec:
    error = _CONFIG_ERRORS.get(fields["error"], ConfigError.CONFIG)
    return specs.failover_config_mismatch(pair.partner_address, pair.partner_address6, pair.name, error)


def _conflict(pair: PairSettings, fields: Mapping[str, Any]) -> TrapSpec:
    address = IPv4Address(fields["address"])
    return specs.address_conflict(address, pair.partner_address, pair.partner_address6, pair.name)


_BUILDERS: dict[str, Callable[[PairSettings, Mapping[str, Any]], TrapSpec]] = {
    "other-server-not-responding": _not_responding,
    "other-server-responding": _responding,
    "failover-config-mismatch": _mismatch,
    "address-conflict": _conflict,
}

_FLAGS: dict[str, frozenset[str]] = {
    "other-server-not-responding": frozenset({"other-server-not-responding", "other-server-down"}),
    "other-server-responding": frozenset({"other-server-responding", "other-server-up"}),
    "failover-config-mismatch": frozenset({"failover-config-mismatch", "failover-config-error"}),
}
"""Traps that the product's documentation calls by another name than we do; either name enables them."""


def spec_of(effect: SendTrap, pair: PairSettings) -> TrapSpec:
    """The trap that an endpoint's notification about this pair becomes."""
    return _BUILDERS[effect.kind](pair, dict(effect.fields))


def enabled(spec: TrapSpec, flags: frozenset[str]) -> bool:
    """Whether `traps-enabled` lets the trap out."""
    return "all" in flags or bool(_FLAGS.get(spec.name, frozenset({spec.name})) & flags)
