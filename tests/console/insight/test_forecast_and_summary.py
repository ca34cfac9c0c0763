"""The forecast of exhaustion, and the results for monitoring."""

import json

import pytest

from console.insight.forecast import forecasts, worst_forecast
from console.insight.partner_down_outlook import outlook_of, sentences
from console.insight.summary import EXIT_STATUS, PLUGIN, plugin_line, status_json
from console.insight.verdict import severity
from console.model.picture import Severity
from tests.console.scenes import (
    BACKUP,
    BOTH_DOWN,
    CALM,
    MAIN,
    MAIN_LOST,
    NOW,
    RACE,
    ZONE,
    answer,
    declining,
    failures,
    pair,
    picture,
    pool,
)

ALONE = "COMMUNICATIONS-INTERRUPTED"


def test_monitoring_shows_an_empty_pool_although_both_are_normal() -> None:
    """R-142: the line of the plugin has the problem."""
    pools = [pool("wifi", 0, 0, 4096)]
    line = plugin_line([pair(answer(MAIN, NOW, pools=pools), answer(BACKUP, NOW, pools=pools))], NOW, ZONE)
    assert "new clients get no address: wifi is empty" in line
    assert "both NORMAL |" not in line


def test_exhaustion_follows_from_the_observed_consumption() -> None:
    """R-138, R-142: own pool divided by the arrival of new clients: 400 left, 6 a minute."""
    found = worst_forecast(pair(declining(BACKUP, ALONE, fall=6)), NOW)
    assert found is not None
    assert (found.server, found.pool, found.usable) == (BACKUP, "wifi", 400)
    assert found.per_hour == pytest.approx(360)
    assert found.at == pytest.approx(NOW + 400 / 6 * 60)


def test_the_servers_own_count_of_new_clients_is_used_where_it_is_larger() -> None:
    found = worst_forecast(pair(answer(BACKUP, NOW, ALONE, pools=[pool("wifi", 100, 0, 200, new_clients_15m=50)])), NOW)
    assert found is not None
    assert found.at == pytest.approx(NOW + 1800)


def test_there_is_no_forecast_beyond_a_day() -> None:
    found = pair(answer(BACKUP, NOW, ALONE, pools=[pool("wifi", 100, 0, 200, new_clients_15m=1)]))
    assert [each.at for each in forecasts(found, NOW)] == [None]
    assert worst_forecast(found, NOW) is None


def test_a_partners_addresses_count_only_when_they_are_usable() -> None:
    """R-144, R-151."""
    document = {"pools": [pool("wifi", 10, 90, 200)], "partner_pool_usable_at": "2026-07-15T03:30:00Z"}
    found = pair(answer(BACKUP, NOW, "PARTNER-DOWN", **document))
    assert forecasts(found, NOW)[0].usable == 10
    later = pair(answer(BACKUP, NOW + 3600, "PARTNER-DOWN", **document))
    assert forecasts(later, NOW + 3600)[0].usable == 100


@pytest.mark.parametrize(
    ("scene", "expected"),
    [
        (CALM, Severity.OK),
        (MAIN_LOST, Severity.CRITICAL),
        (RACE, Severity.CRITICAL),
        (BOTH_DOWN, Severity.CRITICAL),
        ((failures(MAIN), failures(BACKUP)), Severity.CRITICAL),
        ((failures(MAIN), [answer(BACKUP)]), Severity.WARNING),
    ],
)
def test_each_scene_has_its_plugin_severity(scene: tuple[list[object], ...], expected: Severity) -> None:
    found = pair(*scene)  # type: ignore[arg-type]
    assert severity(found, NOW) is expected
    line = plugin_line([found], NOW, ZONE)
    assert line.startswith(f"{expected.upper()} - example-pair: ")
    assert line.count("|") == (1 if "free" in line else 0)


def test_exit_statuses_are_those_of_monitoring_plugins() -> None:
    words = [EXIT_STATUS[PLUGIN[each]] for each in Severity]
    assert dict(zip([*map(str, Severity)], words, strict=True)) == {
        "ok": 0,
        "info": 0,
        "warning": 1,
        "major": 1,
        "critical": 2,
        "unknown": 3,
    }


def test_the_json_has_the_promised_shape() -> None:
    document = json.loads(json.dumps(status_json(picture(*MAIN_LOST), NOW, ZONE)))
    assert document["at"] == "2026-07-15T03:12:00Z"
    (found,) = document["pairs"]
    assert {"name", "severity", "summary", "servers", "alarms"} <= set(found)
    lost, alone = found["servers"]
    promised = {
        "name",
        "role",
        "reachable",
        "error",
        "state",
        "state_since",
        "partner_state",
        "communications",
        "start_of_communications_interrupted",
        "mclt",
        "backup_pct",
        "load_balancing",
        "use_safe_period",
        "safe_period",
        "safe_period_remaining",
        "unacked_updates",
        "updates_pending",
        "reload_pending",
        "pools",
    }
    assert promised <= set(alone)
    assert set(lost) == set(alone)
    assert (lost["reachable"], alone["reachable"], alone["state"]) == (False, True, ALONE)
    pool_words = {
        "name",
        "family",
        "total",
        "available",
        "other_available",
        "leased",
        "unavailable",
        "backup_pct",
        "actual_backup_pct",
    }
    assert pool_words <= set(alone["pools"][0])
    alarm_words = {"id", "kind", "severity", "since", "count", "acknowledged", "cleared", "text", "sources"}
    assert all(alarm_words <= set(alarm) for alarm in found["alarms"])


def test_a_server_that_never_answered_has_the_same_keys() -> None:
    document = status_json(picture(failures(MAIN), answer(BACKUP)), NOW, ZONE)
    lost, seen = document["pairs"][0]["servers"]
    assert set(lost) == set(seen)
    assert lost["state"] is None


@pytest.mark.parametrize(
    ("date", "usable_at"), [(NOW - 720, NOW + 2880), (NOW - 3600, NOW), (NOW - 9000, NOW), (NOW, NOW + 3600)]
)
def test_the_partners_addresses_come_at_the_later_of_entry_and_date_plus_mclt(date: float, usable_at: float) -> None:
    """R-144, R-151: MCLT counts from the date, and never from before the state is entered."""
    found = outlook_of(pair(answer(BACKUP, NOW, ALONE)).servers[BACKUP], date, NOW)
    assert found is not None
    assert found.usable_at == usable_at
    assert found.gained_addresses == 75 + 880
    assert found.at_once is (usable_at == NOW)


def test_the_consequences_warn_about_a_date_before_the_last_contact() -> None:
    """R-149, R-151."""
    server = pair(answer(BACKUP, NOW, ALONE)).servers[BACKUP]
    early, late = outlook_of(server, NOW - 7200, NOW), outlook_of(server, NOW - 700, NOW)
    assert early is not None
    assert late is not None
    assert any("BEFORE the last contact" in line for line in sentences(early, ZONE))
    assert not any("BEFORE" in line for line in sentences(late, ZONE))
    assert any("955 free addresses" in line for line in sentences(late, ZONE))
