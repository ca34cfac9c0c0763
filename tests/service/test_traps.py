"""TrapFilter: enabled traps, and no repetition of traps that no other trap clears."""

from ipaddress import IPv4Address

import pytest

from dhcpserver.service import traps
from dhcpserver.service.traps import SUPPRESSION_SECONDS, TrapFilter
from snmp.mib import specs
from snmp.mib.specs import ConfigError, DetectedBy, TrapSpec

ADDRESS, OTHER = IPv4Address("192.0.2.7"), IPv4Address("192.0.2.8")


def duplicate(address: IPv4Address, client: int = 1) -> TrapSpec:
    return specs.duplicate_address(address, 1, bytes((2, 0, 0, 0, 0, client)), DetectedBy.DHCP_CLIENT)


def mismatch(error: ConfigError) -> TrapSpec:
    return specs.failover_config_mismatch(ADDRESS, None, "example-pair", error)


@pytest.mark.parametrize(
    ("spec", "again", "other"),
    [
        (duplicate(ADDRESS), duplicate(ADDRESS, 2), duplicate(OTHER)),
        (
            specs.address_conflict(ADDRESS, OTHER, None, "example-pair"),
            specs.address_conflict(ADDRESS, OTHER, None, "example-pair"),
            specs.address_conflict(OTHER, OTHER, None, "example-pair"),
        ),
        (mismatch(ConfigError.MCLT), mismatch(ConfigError.MCLT), mismatch(ConfigError.HASH_BUCKETS)),
    ],
)
def test_a_trap_that_no_trap_clears_is_sent_once_for_an_entity_in_15_minutes(
    spec: TrapSpec, again: TrapSpec, other: TrapSpec
) -> None:
    """R-242, and 7, 8 and 10 of the MIB."""
    outlet = TrapFilter(frozenset({"all"}))
    assert outlet.apply([spec, again], 1000.0) == [spec]
    assert outlet.apply([again, other], 1001.0) == [other]
    assert outlet.apply([again], 1000.0 + SUPPRESSION_SECONDS) == [again]


def test_a_trap_that_another_trap_clears_is_always_sent() -> None:
    """R-241: it is sent on a change only."""
    outlet = TrapFilter(frozenset({"all"}))
    down, up = specs.other_server_not_responding(ADDRESS, None), specs.other_server_responding(ADDRESS, None)
    assert outlet.apply([down, up, down], 1000.0) == [down, up, down]


def test_a_trap_that_is_not_enabled_is_not_sent_and_not_recorded() -> None:
    outlet = TrapFilter(frozenset({"failover-config-error"}))
    assert outlet.apply([duplicate(ADDRESS), mismatch(ConfigError.MCLT)], 1000.0) == [mismatch(ConfigError.MCLT)]


def test_the_table_of_sent_traps_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traps, "MAXIMUM_SUPPRESSED", 1)
    outlet = TrapFilter(frozenset({"all"}))
    for address in (ADDRESS, OTHER, ADDRESS):
        assert outlet.apply([duplicate(address)], 1000.0) == [duplicate(address)]
