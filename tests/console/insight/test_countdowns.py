"""Countdowns to automatic events."""

import pytest

from console.insight.countdowns import countdowns, next_event, pool_gain_at, race_margin, takeover_left
from tests.console.scenes import BACKUP, CALM, MAIN, NOW, RACE, answer, failures, pair, polled, pool, status, text

ALONE = "COMMUNICATIONS-INTERRUPTED"
LOST = NOW - 720


def test_the_safe_period_runs_from_the_loss_of_contact() -> None:
    """R-137, R-139: four hours after contact was lost, on whichever server runs it."""
    found = pair(answer(MAIN, NOW, ALONE), answer(BACKUP, NOW, ALONE))
    for server in found.servers.values():
        assert takeover_left(server, NOW) == 14400 - 720
        assert takeover_left(server, NOW + 20000) == 0


def test_without_the_servers_own_countdown_the_formula_gives_the_same() -> None:
    """R-137: safe_period - (now - start of the interruption)."""
    found = pair(answer(BACKUP, NOW, ALONE, safe_period_remaining=None, safe_period_ends=None))
    assert takeover_left(found.servers[BACKUP], NOW) == 14400 - 720


def test_a_wrong_server_clock_does_not_change_the_countdown() -> None:
    """R-137: the time left is the one that the server reports, for any difference of its clock."""
    reported = status(BACKUP, NOW, ALONE)
    reported["at"] = "2026-07-15T04:12:00Z"
    assert takeover_left(pair(polled(NOW, BACKUP, reported)).servers[BACKUP], NOW) == 14400 - 720


@pytest.mark.parametrize("changes", [{"use_safe_period": False}, {"state": "NORMAL"}, {"state": "PARTNER-DOWN"}])
def test_no_countdown_runs_when_the_safe_period_is_off_or_in_another_state(changes: dict[str, object]) -> None:
    """R-139, R-147."""
    state = str(changes.pop("state", ALONE))
    found = pair(answer(BACKUP, NOW, state, **changes))
    assert takeover_left(found.servers[BACKUP], NOW) is None


def test_the_race_margin_ends_with_the_first_safe_period() -> None:
    """R-140, R-145: the smaller safe period is the time left, and its server takes over first."""
    found = pair(answer(MAIN, NOW, ALONE, safe_period_remaining=600), answer(BACKUP, NOW, ALONE))
    assert race_margin(found, NOW) == (600, MAIN)


def test_an_empty_pool_has_no_countdown() -> None:
    """R-142: the next pool has one, marked as an estimate."""
    pools = [pool("wifi", 0, 880, 4096, new_clients_15m=50), pool("lab", 100, 0, 200, new_clients_15m=50)]
    event = next_event(pair(failures(MAIN), answer(BACKUP, NOW, ALONE, use_safe_period=False, pools=pools)), NOW)
    assert event is not None
    assert (event.at, event.estimate) == (NOW + 1800, True)
    assert "lab" in event.text


@pytest.mark.parametrize("other", [[answer(MAIN, NOW)], failures(MAIN)])
def test_there_is_no_race_margin_unless_both_are_seen_without_contact(other: list[object]) -> None:
    found = pair(other, answer(BACKUP, NOW, ALONE))  # type: ignore[arg-type]
    assert race_margin(found, NOW) is None


@pytest.mark.parametrize(
    ("entered", "date", "expected"),
    [(LOST + 14400, LOST, LOST + 14400), (LOST + 60, LOST, LOST + 3600), (LOST, LOST - 7200, LOST)],
)
def test_partner_addresses_come_at_the_later_of_entry_and_date_plus_mclt(
    entered: float, date: float, expected: float
) -> None:
    """R-144, R-151: at once after a safe period longer than MCLT, else MCLT after the date."""
    reported = answer(
        BACKUP,
        NOW,
        "PARTNER-DOWN",
        state_since=text(entered),
        partner_down_time=text(date),
        partner_pool_usable_at=None,
    )
    facts = pair(reported).servers[BACKUP].facts
    assert facts is not None
    assert pool_gain_at(facts) == expected


def test_the_mclt_window_for_a_main_that_returns_is_shown() -> None:
    """R-177: a main that returns within MCLT needs no further steps."""
    found = countdowns(pair(failures(MAIN), answer(BACKUP, NOW, ALONE)), NOW)
    window = next(each for each in found if each.kind == "return-window")
    assert window.at == LOST + 3600
    assert not window.automatic


def test_the_end_of_the_probes_is_shown() -> None:
    """R-150: after Set Partner Down in RECOVER the server probes addresses until the longest lease has passed."""
    found = countdowns(pair(failures(MAIN), answer(BACKUP, NOW, "PARTNER-DOWN", probe_until=text(NOW + 7200))), NOW)
    probes = next(each for each in found if each.kind == "probes")
    assert probes.at == NOW + 7200
    assert probes.automatic
    assert "dhcp-b stops probing addresses" in probes.text


def test_the_next_event_is_the_soonest_automatic_one() -> None:
    found = pair(*RACE)
    event = next_event(found, NOW)
    assert event is not None
    assert event.automatic
    assert event.at == min(each.at for each in countdowns(found, NOW) if each.automatic)


def test_nothing_is_due_while_both_are_normal() -> None:
    assert next_event(pair(*CALM), NOW) is None


def test_a_countdown_from_an_old_answer_is_marked_last_known() -> None:
    found = countdowns(pair(answer(BACKUP, NOW - 60, ALONE)), NOW)
    assert found
    assert all(each.last_known for each in found)
