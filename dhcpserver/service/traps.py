"""The endpoint's notifications as traps, and the filter that decides which traps are sent.

A trap is sent if the configuration enables it. A trap that no other trap clears is not sent again about the same entity
within SUPPRESSION_SECONDS.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Address
from typing import Any

from dhcpserver.failover.effects import SendTrap
from dhcpserver.failover.settings import PairSettings
from dhcpserver.leases.keys import is_ipv4
from snmp.mib import specs
from snmp.mib.specs import ConfigError, TrapSpec

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


def _conflict(pair: PairSettings, fields: Mapping[str, Any]) -> TrapSpec | None:
    if not is_ipv4(fields["address"]):
        return None  # The notification has IPv4 addresses only; the log has the line.
    address = IPv4Address(fields["address"])
    return specs.address_conflict(address, pair.partner_address, pair.partner_address6, pair.name)


_BUILDERS: dict[str, Callable[[PairSettings, Mapping[str, Any]], TrapSpec | None]] = {
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
"""Traps that have another name in the product's documentation; either name enables them."""


def spec_of(effect: SendTrap, pair: PairSettings) -> TrapSpec | None:
    """Return the trap for a notification of the endpoint about this pair; None if the MIB has none."""
    return _BUILDERS[effect.kind](pair, dict(effect.fields))


def enabled(spec: TrapSpec, flags: frozenset[str]) -> bool:
    """Whether `traps-enabled` enables the trap."""
    return "all" in flags or bool(_FLAGS.get(spec.name, frozenset({spec.name})) & flags)


SUPPRESSION_SECONDS = 900.0
MAXIMUM_SUPPRESSED = 4_096

_ENTITIES: dict[str, tuple[str, ...]] = {
    "duplicate-address": ("address",),
    "address-conflict": ("contested-address",),
    "failover-config-mismatch": ("failover-pair-name", "config-error-type"),
}
"""The fields that name the entity of a trap without a clearing trap. Other traps are sent on a change only."""


class TrapFilter:
    """Decides which traps are sent, and records when."""

    __slots__ = ("_flags", "_until")

    def __init__(self, flags: frozenset[str]) -> None:
        self._flags = flags
        self._until: OrderedDict[tuple[object, ...], float] = OrderedDict()

    def apply(self, found: Iterable[TrapSpec], now: float) -> list[TrapSpec]:
        """Return the traps that are enabled and were not sent about the same entity recently."""
        return [spec for spec in found if enabled(spec, self._flags) and not self._was_sent(spec, now)]

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        for key in self._until:
            self._until[key] += step

    def _was_sent(self, spec: TrapSpec, now: float) -> bool:
        entity = _ENTITIES.get(spec.name)
        if entity is None:
            return False
        fields = dict(spec.fields)
        key = (spec.name, *(fields.get(name) for name in entity))
        if self._until.get(key, 0.0) > now:
            return True
        self._until.pop(key, None)
        self._until[key] = now + SUPPRESSION_SECONDS
        if len(self._until) > MAXIMUM_SUPPRESSED:
            self._until.popitem(last=False)
        return False
