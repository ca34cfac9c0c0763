"""The endpoint's notifications as traps, and which of them the configuration lets out."""

from collections.abc import Callable
from typing import Any

from dhcpserver.failover.effects import SendTrap
from snmp import specs
from snmp.specs import TrapSpec

_CONSTRUCTORS: dict[str, Callable[..., TrapSpec]] = {
    "other-server-not-responding": specs.other_server_not_responding,
    "other-server-responding": specs.other_server_responding,
    "failover-config-mismatch": specs.failover_config_mismatch,
    "address-conflict": specs.address_conflict,
}

_FLAGS: dict[str, frozenset[str]] = {
    "other-server-not-responding": frozenset({"other-server-not-responding", "other-server-down"}),
    "other-server-responding": frozenset({"other-server-responding", "other-server-up"}),
    "failover-config-mismatch": frozenset({"failover-config-mismatch", "failover-config-error"}),
}
"""Traps that the product's documentation calls by another name than we do; either name enables them."""


def spec_of(effect: SendTrap) -> TrapSpec:
    """The trap that an endpoint's notification becomes."""
    fields: dict[str, Any] = dict(effect.fields)
    return _CONSTRUCTORS[effect.kind](**fields)


def enabled(spec: TrapSpec, flags: frozenset[str]) -> bool:
    """Whether `traps-enabled` lets the trap out."""
    return "all" in flags or bool(_FLAGS.get(spec.name, frozenset({spec.name})) & flags)
