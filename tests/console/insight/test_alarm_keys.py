"""Every notification of both MIBs: its alarm, what clears it, and that its old and new forms are one fault."""

from dataclasses import replace

import pytest

from console.insight.alarms.signals import EVENTS_ONLY, TRAPS
from console.insight.alarms.table import BY_KIND
from console.insight.fold import fold, fold_all
from console.model.observations import TrapSeen
from console.model.picture import Alarm, Severity
from snmp.mib.facts import NOTIFICATIONS
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, answer, empty, trap

CRITICAL, MAJOR, WARNING, INFO = Severity.CRITICAL, Severity.MAJOR, Severity.WARNING, Severity.INFO


def standing(*traps: TrapSeen) -> dict[str, Alarm]:
    """The active alarms after the traps, by id without the pair."""
    pair = fold_all(empty(), traps).pairs[PAIR]
    return {alarm.id.removeprefix(f"{PAIR}/"): alarm for alarm in pair.open_alarms}


def test_every_notification_of_the_mibs_has_a_rule() -> None:
    for fact in NOTIFICATIONS:
        assert (fact.name in TRAPS) != (fact.name in EVENTS_ONLY), fact.name
        rule = TRAPS.get(fact.name)
        if rule is not None:
            assert rule.clears == (fact.clears is not None), fact.name
            assert fact.clears is None or set(TRAPS[fact.clears].kinds) <= set(rule.kinds), fact.name


def with_(name: str, said: dict[str, str], at: float = NOW) -> TrapSeen:
    """A notification of the backup with these varbinds."""
    return replace(trap(name, at=at), varbinds={key.replace("_", "-"): value for key, value in said.items()})


DNS = {"related_server_type": "dns-primary", "server": "192.0.2.53"}
POOL = {"scope_name": "wifi", "threshold_type": "scope", "threshold_value": "192.0.2.0"}
LINK = {"link_name": "l", "prefix_address": "2001:db8::", "prefix_length": "64", "threshold_type6": "prefix"}
ZONE = {"dns_server": "192.0.2.53", "zone_name": "example.org"}

ROWS: list[tuple[TrapSeen, str, Severity]] = [
    (trap("other-server-not-responding", server_type="dhcp"), "other-server-not-responding/pair", CRITICAL),
    (
        trap("other-server-not-responding", related_server_type="failover-partner", ipv6_server="2001:db8::1"),
        "other-server-not-responding/pair",
        CRITICAL,
    ),
    (with_("other-server-not-responding", DNS), "other-server-not-responding/dhcp-b/dns/192.0.2.53", MAJOR),
    (
        trap("other-server-not-responding", server_type="dns", server="192.0.2.53"),
        "other-server-not-responding/dhcp-b/dns/192.0.2.53",
        MAJOR,
    ),
    (
        trap("failover-config-mismatch", config_error_type="mclt-error", server="192.0.2.11"),
        "failover-config-mismatch/pair",
        MAJOR,
    ),
    (trap("failover-sync-failure", sync_direction="main-to-backup"), "failover-sync-failure/main-to-backup", MAJOR),
    (trap("server-stop", MAIN, server_type="dhcp"), "server-stop/dhcp-a", MAJOR),
    (trap("server-stop", MAIN, server_type="tftp"), "server-stop/dhcp-a/tftp", MAJOR),
    (trap("dns-queue-too-big"), "dns-queue-too-big/dhcp-b", CRITICAL),
    (trap("free-address-low", scope_name="wifi"), "free-address-low/dhcp-b/wifi", WARNING),
    (with_("free-address-low", POOL), "free-address-low/dhcp-b/wifi", WARNING),
    (
        with_("free-address-low", {**POOL, "threshold_type": "network"}),
        "free-address-low/dhcp-b/network=192.0.2.0",
        WARNING,
    ),
    (
        with_("free-address-low", {**POOL, "threshold_type": "selection-tags", "threshold_value": "voice"}),
        "free-address-low/dhcp-b/tags=voice",
        WARNING,
    ),
    (with_("free-address6-low", LINK), "free-address-low/dhcp-b/2001:db8::/64", WARNING),
    (
        trap("duplicate-address", address="192.0.2.9", hardware_address="02:00:00:00:00:09"),
        "duplicate-address/192.0.2.9/02:00:00:00:00:09",
        WARNING,
    ),
    (trap("duplicate-address6", ipv6_address="2001:db8::9"), "duplicate-address/2001:db8::9", WARNING),
    (
        trap("duplicate-prefix6", duplicate_prefix="2001:db8:1::", duplicate_prefix_length="56"),
        "duplicate-address/2001:db8:1::/56",
        WARNING,
    ),
    (trap("address-conflict", contested_address="192.0.2.9"), "address-conflict/192.0.2.9", CRITICAL),
    (trap("address-conflict6", contested_ipv6_address="2001:db8::9"), "address-conflict/2001:db8::9", CRITICAL),
    (trap("prefix-conflict6", contested_prefix="2001:db8:1::"), "address-conflict/2001:db8:1::", CRITICAL),
    (trap("ha-dns-partner-down", server="192.0.2.53"), "ha-dns-partner-down/dhcp-b/192.0.2.53", MAJOR),
    (trap("ha-dns-config-error", server="192.0.2.53"), "ha-dns-config-error/dhcp-b/192.0.2.53", MAJOR),
    (with_("masters-not-responding", ZONE), "masters-not-responding/dhcp-b/192.0.2.53/example.org", MAJOR),
    (with_("secondary-zones-expired", ZONE), "secondary-zones-expired/dhcp-b/192.0.2.53/example.org", MAJOR),
    (
        trap("dns-forwarders-not-responding", dns_server="192.0.2.53"),
        "dns-forwarders-not-responding/dhcp-b/192.0.2.53",
        MAJOR,
    ),
    (trap("authentication-failure"), "authentication-failure/dhcp-b", WARNING),
    (trap("egp-neighbor-loss"), "egp-neighbor-loss/dhcp-b", INFO),
]

CLEARS = {
    "other-server-not-responding": "other-server-responding",
    "server-stop": "server-start",
    "free-address-low": "free-address-high",
    "free-address6-low": "free-address6-high",
    "ha-dns-partner-down": "ha-dns-partner-up",
    "masters-not-responding": "masters-responding",
    "secondary-zones-expired": "masters-responding",
    "dns-forwarders-not-responding": "dns-forwarders-responding",
}


@pytest.mark.parametrize(("seen", "key", "severity"), ROWS, ids=[row[1] for row in ROWS])
def test_a_notification_raises_its_alarm_and_its_counterpart_clears_it(
    seen: TrapSeen, key: str, severity: Severity
) -> None:
    """R-241."""
    found = standing(seen)
    assert list(found) == [key]
    assert found[key].severity is severity
    assert standing(seen, seen)[key].count == 2
    clearing = CLEARS.get(seen.name)
    if clearing is not None:
        over = TrapSeen(NOW + 1, PAIR, seen.server, clearing, "1.3", seen.source, "v2c", seen.varbinds)
        assert standing(seen, over) == {}
        assert standing(over) == {}, "a clear without its raise is nothing"
        early = TrapSeen(NOW - 1, PAIR, seen.server, clearing, "1.3", seen.source, "v2c", seen.varbinds)
        assert list(standing(seen, early)) == [key], (
            "a clear that was sent before the raise, and came after it, is late"
        )


def test_old_and_new_forms_clear_each_other_for_any_related_server() -> None:
    old = trap("other-server-not-responding", server_type="dns", server="192.0.2.53")
    assert standing(old, with_("other-server-responding", DNS, NOW + 1)) == {}


def test_flapping_reopens_one_alarm_each_time() -> None:
    picture = empty()
    for number in range(5):
        picture = fold(picture, trap("server-stop", MAIN, NOW + 10 * number))
        picture = fold(picture, trap("server-start", MAIN, NOW + 10 * number + 5))
    (alarm,) = picture.pairs[PAIR].alarms.values()
    assert (alarm.since, alarm.cleared, alarm.cleared_by, alarm.count) == (NOW + 40, NOW + 45, "trap", 1)


def test_polls_of_its_pools_do_not_clear_a_threshold_over_a_network() -> None:
    low = trap("free-address-low", scope_name="wifi", threshold_type="network", threshold_value="192.0.2.0")
    assert "free-address-low/dhcp-b/network=192.0.2.0" in {
        alarm.id.removeprefix(f"{PAIR}/")
        for alarm in fold_all(empty(), [low, answer(MAIN, NOW + 1), answer(BACKUP, NOW + 1)]).pairs[PAIR].open_alarms
    }


def test_every_kind_of_a_rule_is_in_the_table() -> None:
    assert {kind for rule in TRAPS.values() for kind in rule.kinds} <= set(BY_KIND)
    for kind in BY_KIND.values():
        assert set(kind.follows) <= set(BY_KIND), kind.kind


def test_a_trap_from_an_unknown_sender_is_an_alarm_of_the_console_for_any_port() -> None:
    strays = [TrapSeen(NOW + port, "", "", "cold-start", "1.3", f"198.51.100.7:{port}", "v2c") for port in (1000, 2000)]
    (alarm,) = fold_all(empty(), strays).own.open_alarms
    assert (alarm.kind, alarm.count, alarm.id) == ("unknown-sender", 2, "(console)/unknown-sender/198.51.100.7")
