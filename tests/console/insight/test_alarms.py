"""Alarms: one fault is one alarm, whichever source reports it, and it ends with its cause."""

from console.insight.alarms.log_rules import MESSAGES
from console.insight.alarms.signals import TRAPS
from console.insight.fold import fold, fold_all
from console.model.observations import ClockTick, Observation, OperatorAction, TrapSeen
from console.model.picture import Alarm, Picture, Severity
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, answer, empty, failures, log, picture, pool, trap

ALONE = "COMMUNICATIONS-INTERRUPTED"


def alarms(found: Picture) -> dict[str, Alarm]:
    """The active alarms, by kind."""
    return {alarm.kind: alarm for alarm in found.pairs[PAIR].open_alarms}


def test_a_healthy_pair_has_no_alarm() -> None:
    assert alarms(picture(answer(MAIN), answer(BACKUP))) == {}


def test_poll_trap_and_log_of_one_fault_are_one_alarm() -> None:
    """R-141: lost contact raises one alarm with all its sources."""
    found = picture(
        answer(BACKUP, NOW, ALONE),
        trap("other-server-not-responding", at=NOW + 1, related_server_type="failover-partner"),
        log("18101", "Failover pair 'p': contact with partner 192.0.2.11 lost (timeout)", at=NOW + 2),
    )
    (alarm,) = (each for each in alarms(found).values() if each.kind == "other-server-not-responding")
    assert alarm.sources == ("poll", "trap", "log")
    assert alarm.count == 3
    assert alarm.severity is Severity.CRITICAL
    assert (alarm.since, alarm.last) == (NOW, NOW + 2)


def test_the_alarm_text_names_both_ways_to_act_before_the_safe_period_ends() -> None:
    """R-141: take one server offline, or disable use-safe-period on BOTH servers."""
    text = alarms(picture(answer(BACKUP, NOW, ALONE)))["other-server-not-responding"].text
    assert "take one server offline" in text
    assert "use-safe-period off on BOTH" in text


def test_a_repeated_trap_counts_and_a_repeated_poll_does_not() -> None:
    found = picture(
        trap("other-server-not-responding", at=NOW, count=4), trap("other-server-not-responding", at=NOW + 9)
    )
    assert alarms(found)["other-server-not-responding"].count == 5
    found = fold_all(found, [answer(BACKUP, NOW + 10 + each, ALONE) for each in range(5)])
    assert alarms(found)["other-server-not-responding"].count == 6


def test_the_clearing_trap_clears_both_the_old_and_the_new_form() -> None:
    old = trap("other-server-not-responding", server_type="dhcp")
    for raising in (old, trap("other-server-not-responding", related_server_type="failover-partner")):
        found = picture(raising, trap("other-server-responding", at=NOW + 1))
        assert alarms(found) == {}


def test_polls_clear_the_alarm_without_its_trap_when_both_are_normal() -> None:
    """R-141: according to the MIB the clearing trap can be missing."""
    found = picture(trap("other-server-not-responding"), answer(MAIN, NOW + 1))
    assert "other-server-not-responding" in alarms(found)
    found = fold(found, answer(BACKUP, NOW + 2))
    assert alarms(found) == {}
    (cleared,) = found.pairs[PAIR].alarms.values()
    assert (cleared.cleared, cleared.cleared_by) == (NOW + 2, "poll")


def test_an_alarm_stays_active_while_its_server_is_not_seen() -> None:
    found = picture(answer(BACKUP, NOW, ALONE), answer(MAIN, NOW, ALONE))
    found = fold_all(found, [*failures(MAIN, NOW + 100), *failures(BACKUP, NOW + 100), ClockTick(NOW + 200)])
    assert "other-server-not-responding" in alarms(found)
    assert "both-alive-interrupted" not in alarms(found)


def test_a_fault_that_returns_reopens_without_an_owner() -> None:
    found = picture(answer(BACKUP, NOW, ALONE))
    key = alarms(found)["other-server-not-responding"].id
    found = fold(found, OperatorAction(NOW + 1, PAIR, "jo", "acknowledge", key))
    assert alarms(found)["other-server-not-responding"].acknowledged_by == "jo"
    found = fold_all(found, [answer(MAIN, NOW + 2), answer(BACKUP, NOW + 2)])
    assert alarms(found) == {}
    again = alarms(fold(found, answer(BACKUP, NOW + 3, ALONE)))["other-server-not-responding"]
    assert (again.since, again.count, again.acknowledged_by) == (NOW + 3, 1, None)


def test_an_acknowledgement_ends_with_the_fault_and_not_before() -> None:
    found = picture(answer(BACKUP, NOW, ALONE))
    key = alarms(found)["other-server-not-responding"].id
    found = fold_all(found, [OperatorAction(NOW, PAIR, "jo", "acknowledge", key), answer(BACKUP, NOW + 5, ALONE)])
    assert alarms(found)["other-server-not-responding"].acknowledged_by == "jo"


def test_only_a_person_clears_a_conflict() -> None:
    found = picture(
        trap("address-conflict", contested_address="192.0.2.9"),
        answer(MAIN, NOW + 1),
        answer(BACKUP, NOW + 1),
    )
    key = alarms(found)["address-conflict"].id
    assert key.endswith("/192.0.2.9")
    found = fold(found, OperatorAction(NOW + 2, PAIR, "jo", "clear-alarm", key))
    assert alarms(found) == {}


def test_a_conflict_reported_by_trap_and_log_is_one_alarm() -> None:
    found = picture(
        trap("address-conflict", contested_address="192.0.2.9"),
        log("18109", "Address conflict on 192.0.2.9: we have c1, partner has c2; kept ours.", at=NOW + 1),
    )
    assert alarms(found)["address-conflict"].sources == ("trap", "log")


def test_a_restart_clears_the_alarm_of_a_stopped_server() -> None:
    found = picture(trap("server-stop", MAIN, server_type="dhcp"), answer(MAIN, NOW + 5), answer(BACKUP, NOW + 5))
    assert "server-stop" in alarms(found)
    found = fold(found, answer(MAIN, NOW + 9, started="2026-07-15T03:12:08Z"))
    assert "server-stop" not in alarms(found)


def test_free_address_low_has_hysteresis() -> None:
    def at(free: int, when: float) -> Observation:
        return answer(MAIN, when, ALONE, pools=[pool("wifi", free, 0, 100)])

    found = picture(at(19, NOW))
    assert "free-address-low" in alarms(found)
    found = fold(found, at(24, NOW + 1))
    assert "free-address-low" in alarms(found)
    found = fold(found, at(25, NOW + 2))
    assert "free-address-low" not in alarms(found)


def test_the_trap_and_the_poll_of_a_low_pool_are_one_alarm() -> None:
    found = picture(
        answer(BACKUP, NOW, ALONE, pools=[pool("wifi", 5, 0, 100)]),
        trap("free-address-low", scope_name="wifi"),
    )
    assert alarms(found)["free-address-low"].sources == ("poll", "trap")


def test_an_unknown_trap_is_shown_and_never_dropped() -> None:
    seen = TrapSeen(
        NOW, PAIR, MAIN, "unknown", "1.3.6.1.4.1.99999.7", "192.0.2.11:1", "v2c", {"1.3.6.1.4.1.99999.1": "5"}
    )
    alarm = alarms(fold(empty(), seen))["unknown-trap"]
    assert alarm.severity is Severity.UNKNOWN
    assert "1.3.6.1.4.1.99999.7" in alarm.text


def test_log_lines_from_before_the_start_raise_no_alarm() -> None:
    found = picture(log("18101", "contact with partner lost", past=True))
    assert alarms(found) == {}
    assert len(found.pairs[PAIR].logs) == 1


def test_both_partner_down_is_critical_even_when_one_is_no_longer_seen() -> None:
    """R-136, R-145."""
    found = picture(answer(MAIN, NOW - 100, "PARTNER-DOWN"), failures(MAIN), answer(BACKUP, NOW, "PARTNER-DOWN"))
    assert alarms(found)["both-partner-down"].severity is Severity.CRITICAL


def test_a_safe_period_is_a_warning_at_half_and_critical_in_the_last_15_minutes() -> None:
    """R-137, R-141."""
    assert "safe-period-ending" not in alarms(picture(answer(BACKUP, NOW, ALONE)))
    half = alarms(picture(answer(BACKUP, NOW, ALONE, safe_period_remaining=7000)))["safe-period-ending"]
    late = alarms(picture(answer(BACKUP, NOW, ALONE, safe_period_remaining=899)))["safe-period-ending"]
    assert (half.severity, late.severity) == (Severity.WARNING, Severity.CRITICAL)


def test_each_condition_in_a_poll_raises_its_kind_and_is_cleared() -> None:
    rows: dict[str, Observation] = {
        "failover-config-mismatch": answer(MAIN, config_mismatch=["mclt"]),
        "clock-skew": answer(MAIN, time_skew=5.5),
        "unacked-updates-stuck": answer(MAIN, unacked_updates=3, oldest_unacked_age=31),
        "server-not-serving": answer(MAIN, serving=False, not_serving_reason="disk full"),
        "potential-conflict": answer(MAIN, state="POTENTIAL-CONFLICT"),
        "resolution-interrupted": answer(MAIN, state="RESOLUTION-INTERRUPTED"),
        "recovering": answer(MAIN, state="RECOVER-WAIT"),
        "partner-down": answer(MAIN, state="PARTNER-DOWN"),
        "pool-exhaustion": answer(MAIN, pools=[pool("wifi", 50, 0, 100, new_clients_15m=100)]),
    }
    for kind, observation in rows.items():
        found = picture(observation)
        assert kind in alarms(found), kind
        cured = fold_all(found, [answer(MAIN, NOW + 1), answer(BACKUP, NOW + 1)])
        assert kind not in alarms(cured), kind


def test_every_rule_for_traps_and_log_lines_has_an_effect() -> None:
    for name, rule in TRAPS.items():
        for kind in rule.kinds:
            raising = next(each for each, other in TRAPS.items() if kind in other.kinds and not other.clears)
            found = fold(empty(), trap(raising, scope_name="wifi", address="192.0.2.9"))
            assert kind in alarms(found)
            if rule.clears:
                assert kind not in alarms(fold(found, trap(name, at=NOW + 1, scope_name="wifi")))
    for message, line in MESSAGES.items():
        if not (line.clears or line.clears_all):
            assert line.kind in alarms(fold(empty(), log(message, "scope 'wifi': conflict on 192.0.2.9: x")))


def test_the_number_of_cleared_alarms_is_limited() -> None:
    found = empty()
    for number in range(200):
        scope = f"scope-{number}"
        found = fold(found, trap("free-address-low", at=NOW + number, scope_name=scope))
        found = fold(found, trap("free-address-high", at=NOW + number, scope_name=scope))
    assert len(found.pairs[PAIR].alarms) <= 50


def test_a_pair_that_serves_no_clients_is_never_ok() -> None:
    """Two servers that start will serve soon: a warning. Any other state in which both do not serve is critical."""
    for states, severity in (
        (("STARTUP", "STARTUP"), Severity.WARNING),
        (("RECOVER", "STARTUP"), Severity.CRITICAL),
        (("POTENTIAL-CONFLICT", "POTENTIAL-CONFLICT"), Severity.CRITICAL),
    ):
        found = fold_all(empty(), [answer(MAIN, state=states[0]), answer(BACKUP, state=states[1])])
        assert alarms(found)["nobody-serves"].severity is severity
        assert "nobody-serves" not in alarms(fold(found, answer(MAIN, NOW + 1)))
