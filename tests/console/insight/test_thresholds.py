"""Free-address alarms use the thresholds that the server applies and reports with its pools."""

from typing import Any

import pytest

from console.insight.alarms.judging import undecided
from console.insight.verdict import severity
from console.model.picture import Alarm, PairPicture, Severity
from tests.console.scenes import BACKUP, MAIN, NOW, answer, pair, pool, trap

LOW = "free-address-low"


def scope(count: int, low: float = 50, high: float = 60, **changes: Any) -> dict[str, Any]:
    """A scope of a thousand addresses with `count` free ones, as reported by the main of a NORMAL pair."""
    thresholds = {"low": low, "high": high, "over": "scope", "value": "wifi", **changes}
    return pool("wifi", count, 0, 1000, thresholds=thresholds)


def both(at: float, *pools: dict[str, Any]) -> list[Any]:
    return [answer(server, at, pools=list(pools)) for server in (MAIN, BACKUP)]


def low(found: PairPicture, entity: str = f"{MAIN}/wifi") -> Alarm | None:
    return found.alarms.get(f"{found.name}/{LOW}/{entity}")


def is_active(found: PairPicture, entity: str = f"{MAIN}/wifi") -> bool:
    alarm = low(found, entity)
    return alarm is not None and alarm.is_active


def fell(at: float = NOW - 30, **varbinds: Any) -> Any:
    return trap(LOW, MAIN, at, scope_name="wifi", **varbinds)


def test_a_scope_with_a_threshold_of_its_own_is_not_cleared_by_the_next_poll() -> None:
    """40 % are free and the low threshold is 50 %. A threshold of 25 % in the console would clear the alarm."""
    found = pair(both(NOW - 60, scope(700)), fell(), both(NOW, scope(400)))
    assert is_active(found)


def test_a_poll_raises_the_alarm_at_the_low_threshold_and_clears_it_at_the_high_one() -> None:
    assert is_active(pair(both(NOW, scope(500))))
    assert not is_active(pair(both(NOW, scope(510))))
    assert is_active(pair(both(NOW - 60, scope(400)), both(NOW, scope(590)))), "between the two nothing changes"
    assert not is_active(pair(both(NOW - 60, scope(400)), both(NOW, scope(600))))


def test_the_servers_own_result_takes_precedence_over_the_level() -> None:
    assert is_active(pair(both(NOW, scope(550, is_low=True))))
    assert not is_active(pair(both(NOW - 60, scope(400, is_low=True)), both(NOW, scope(590, is_low=False))))


def test_the_level_that_the_server_compares_takes_precedence_over_the_pools_numbers() -> None:
    """The configured addresses of a scope may be fewer than its pool has."""
    assert is_active(pair(both(NOW, scope(800, free=300, configured=1000))))


def test_without_thresholds_a_poll_neither_raises_nor_clears_the_alarm() -> None:
    bare = pool("wifi", 100, 0, 1000, thresholds=None)
    assert not is_active(pair(both(NOW, bare)))
    plenty = pool("wifi", 900, 0, 1000, thresholds=None)
    assert is_active(pair(both(NOW - 60, plenty), fell(), both(NOW, plenty)))


def test_without_thresholds_the_severity_is_unknown_with_a_reason() -> None:
    found = pair(both(NOW, pool("wifi", 900, 0, 1000, thresholds=None)))
    assert severity(found, NOW) is Severity.UNKNOWN
    assert undecided(found, NOW) == "dhcp-a has not reported free-address thresholds"


def test_an_empty_pool_needs_no_threshold() -> None:
    """The alarm about an empty pool is raised and cleared without a threshold."""
    empty = pool("wifi", 0, 0, 1000, thresholds=None)
    found = pair(both(NOW - 60, empty))
    alarm = low(found)
    assert alarm is not None
    assert alarm.severity is Severity.CRITICAL
    assert not is_active(pair(both(NOW - 60, empty), both(NOW, pool("wifi", 5, 0, 1000, thresholds=None))))


def test_a_trap_about_an_empty_pool_is_not_cleared_without_thresholds() -> None:
    empty = pool("wifi", 0, 0, 1000, thresholds=None)
    found = pair(both(NOW - 90, empty), fell(NOW - 60), both(NOW, pool("wifi", 5, 0, 1000, thresholds=None)))
    assert is_active(found)


@pytest.mark.parametrize(
    ("over", "entity", "kind"),
    [("network", "network=192.0.2.0", "network"), ("selection-tags", "tags=staff", "selection-tags")],
)
def test_pools_counted_together_are_one_alarm_that_a_poll_can_clear(over: str, entity: str, kind: str) -> None:
    value = entity.partition("=")[2]
    together: dict[str, Any] = {"over": over, "value": value, "configured": 2000}
    low_now = [scope(300, free=600, is_low=True, **together), scope(300, free=600, is_low=True, **together)]
    fine = [scope(900, free=1800, is_low=False, **together)]
    changes = fell(threshold_type=kind, threshold_value=value)
    assert is_active(pair(both(NOW, *low_now)), f"{MAIN}/{entity}")
    assert not is_active(pair(both(NOW, *low_now)), f"{MAIN}/wifi"), "a pool has no threshold of its own there"
    assert not is_active(pair(both(NOW - 60, *low_now), changes, both(NOW, *fine)), f"{MAIN}/{entity}")
