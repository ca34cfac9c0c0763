"""The numbers: each formula with its threshold, and the reading where a fact is missing."""

from collections.abc import Iterable
from datetime import UTC, timedelta, timezone
from math import e
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.insight.arrival import DayAndNight, arrival, day_and_night
from console.insight.forecast import worst_forecast
from console.insight.joint import joint
from console.insight.numbers.leads import limited_share, renewals_per_second
from console.insight.numbers.link import progress
from console.insight.numbers.pools import covers, reaction_need
from console.insight.numbers.reading import Reading
from console.insight.numbers.table import NUMBERS
from console.insight.numbers.table import number as number_of
from console.model.facts import PoolFacts
from console.model.observations import Observation
from console.model.picture import PairPicture, Severity
from tests.console.scenes import (
    BACKUP,
    HOUR,
    MAIN,
    MAIN_LOST,
    NOW,
    RACE,
    ZONE,
    answer,
    declining,
    failures,
    pair,
    pool,
    text,
)

ALONE, DOWN = "COMMUNICATIONS-INTERRUPTED", "PARTNER-DOWN"
OK, AMBER, RED, UNKNOWN = Severity.OK, Severity.WARNING, Severity.CRITICAL, Severity.UNKNOWN


def read(name: str, *observations: Observation | Iterable[Observation], at: str = BACKUP, now: float = NOW) -> Reading:
    found = pair(*observations)
    return number_of(name).read(joint(found, now, ZONE), found.servers[at])


def alone(server: str = BACKUP, now: float = NOW, **changes: Any) -> list[Observation]:
    return [answer(server, now, ALONE, **changes)]


def wifi(**changes: Any) -> list[dict[str, Any]]:
    return [pool("wifi", 400, 880, 4096, **changes)]


EDGES = [0, 900, 3600, 14_400, 86_400]
LEADS = {"at": text(NOW), "sampled": 100, "limited": 60, "classes": [60, 0, 10, 10, 10, 10], "edges": EDGES}
RESYNC = {"kind": "update-request-all", "direction": "receiving", "done": 120, "total": 400}


@pytest.mark.parametrize(
    ("name", "scene", "words", "severity"),
    [
        ("safe_remaining", alone(safe_period_remaining=7200), "2:00:00 left", OK),
        ("safe_remaining", alone(safe_period_remaining=3599), "59:59 left", AMBER),
        ("safe_remaining", alone(safe_period_remaining=899), "14:59 left", RED),
        ("safe_remaining", alone(use_safe_period=False), "off: no automatic takeover", OK),
        ("safe_remaining", [answer(BACKUP)], "4 h, not running", OK),
        ("race_margin", RACE, "3:48:00, then dhcp-a", AMBER),
        ("race_margin", MAIN_LOST, "no race", OK),
        ("own_pool", alone(pools=wifi()), "400, wifi 400", OK),
        ("own_pool", alone(pools=[pool("wifi", 0, 880, 4096)]), "0, wifi 0", RED),
        ("own_pool", [answer(BACKUP, pools=[pool("wifi", 0, 880, 4096)])], "0, wifi 0", OK),
        ("exhaustion_at", declining(BACKUP, ALONE, fall=2), "~3:20 h, wifi", OK),
        ("exhaustion_at", declining(BACKUP, ALONE, fall=6), "~1:06 h, wifi", AMBER),
        ("exhaustion_at", declining(BACKUP, ALONE, fall=20), "~20 min, wifi", RED),
        ("exhaustion_at", alone(pools=[pool("wifi", 0, 880, 4096)]), "EMPTY: wifi", RED),
        ("exhaustion_at", [answer(BACKUP, NOW, "RECOVER")], "it serves no clients now", OK),
        ("pool_gain_at", alone(), "48 min, if declared down", OK),
        ("pool_gain_at", alone(start_of_communications_interrupted=text(NOW - 4000)), "at once, if declared down", OK),
        ("pool_gain_at", [answer(BACKUP, NOW, DOWN)], "in 48 min 00 s, 955", OK),
        ("pool_gain_at", [answer(BACKUP)], "not in this state", OK),
        ("lead_left", alone(pools=wifi(leads=LEADS)), "60% limited to MCLT", AMBER),
        ("lead_left", [answer(BACKUP, pools=wifi(leads=LEADS))], "60% limited to MCLT", OK),
        ("lead_left", alone(pools=wifi()), "unknown", UNKNOWN),
        ("renewal_load_x", alone(pools=wifi(lease_time=259_200)), "x72.0, to 1.6 a second", AMBER),
        ("renewal_load_x", alone(pools=wifi(lease_time=600)), "x1.0, to 9.4 a second", OK),
        ("renewal_load_x", alone(pools=wifi()), "unknown", UNKNOWN),
        (
            "recover_deadline",
            [answer(BACKUP, NOW, "RECOVER-WAIT", recover_deadline=text(NOW + 600))],
            "05:22:00 CEST",
            AMBER,
        ),
        (
            "recover_deadline",
            [answer(BACKUP, NOW, "RECOVER", failover_recover=text(NOW - 600), recover_deadline=None)],
            "06:02:00 CEST",
            AMBER,
        ),
        ("recover_deadline", [answer(BACKUP)], "it is not recovering", OK),
        ("resync", [answer(BACKUP, NOW, "RECOVER", resync=RESYNC)], "30%", AMBER),
        ("resync", [answer(BACKUP, NOW, "RECOVER", resync={**RESYNC, "total": None})], "120 so far", AMBER),
        ("resync", [answer(BACKUP)], "no transfer", OK),
        ("unacked", [answer(BACKUP, unacked_updates=7, oldest_unacked_age=31.0)], "7 of 100, oldest 31 s", AMBER),
        ("unacked", [answer(BACKUP, unacked_updates=7, oldest_unacked_age=30.0)], "7 of 100, oldest 30 s", OK),
        ("skew", [answer(BACKUP, time_skew=0.0, time_skew_uncertainty=0.8)], "0 ±0.8 s to its partner", OK),
        ("skew", [answer(BACKUP, time_skew=2.0)], "+2.0 s to its partner", OK),
        ("skew", [answer(BACKUP, time_skew=-2.1)], "-2.1 s to its partner", AMBER),
        ("skew", [answer(BACKUP, time_skew=5.1)], "+5.1 s to its partner", RED),
        ("skew", alone(time_skew=None), "no link, no difference", OK),
        ("arrival_15m", alone(pools=wifi(new_clients_15m=12)), "48 an hour", OK),
        ("arrival_24h", alone(), "unknown", UNKNOWN),
        ("reaction_need", alone(), "unknown", UNKNOWN),
        ("dup_risk", MAIN_LOST, "none", OK),
        ("dup_risk", [*failures(MAIN), *failures(BACKUP)], "cannot tell", UNKNOWN),
    ],
)
def test_each_number_has_its_value_and_its_threshold(
    name: str, scene: Iterable[Any], words: str, severity: Severity
) -> None:
    """R-118, R-123, R-125, R-132, R-138, R-144, R-151."""
    found = read(name, *scene)
    assert (found.words, found.severity) == (words, severity)


@pytest.mark.parametrize("number", NUMBERS, ids=lambda each: each.id)
@pytest.mark.parametrize("at", [MAIN, BACKUP])
def test_a_server_that_never_answered_has_unknown_numbers(number: Any, at: str) -> None:
    found = pair(failures(MAIN), failures(BACKUP))
    reading = number.read(joint(found, NOW, ZONE), found.servers[at])
    assert reading.severity is UNKNOWN or reading.words == "no race"


def test_every_number_has_an_explanation() -> None:
    assert len({each.id for each in NUMBERS}) == len(NUMBERS)
    for each in NUMBERS:
        assert each.formula
        assert each.meaning.endswith((".", "?"))
        assert each.to_do.endswith(".")


@pytest.mark.parametrize(
    ("main", "backup", "words"),
    [
        (DOWN, DOWN, "certain"),
        (DOWN, ALONE, "possible"),
        (DOWN, "NORMAL", "possible"),
        (DOWN, "RECOVER", "none"),
        (ALONE, ALONE, "none"),
        ("NORMAL", "NORMAL", "none"),
        ("POTENTIAL-CONFLICT", "POTENTIAL-CONFLICT", "none"),
        (None, DOWN, "cannot tell"),
        (None, ALONE, "none"),
        (None, None, "cannot tell"),
    ],
)
def test_the_risk_of_duplicates_follows_from_both_states(main: str | None, backup: str | None, words: str) -> None:
    """R-136, R-140, R-145."""
    given: list[Any] = [
        answer(server, NOW, state, state_reason="operator") if state else failures(server)
        for server, state in ((MAIN, main), (BACKUP, backup))
    ]
    assert read("dup_risk", *given).words == words


def test_the_risk_is_unknown_when_an_unseen_server_may_have_taken_over() -> None:
    given: list[Any] = [answer(MAIN, NOW - 900), *failures(MAIN)]
    soon = [*given, *alone(start_of_communications_interrupted=text(NOW - 14_000))]
    late = [*given, *alone(start_of_communications_interrupted=text(NOW - 14_500))]
    off: list[Any] = [answer(MAIN, NOW - 900, use_safe_period=False), *failures(MAIN), *late[-1:]]
    assert [read("dup_risk", *scene).words for scene in (soon, late, off)] == ["none", "cannot tell", "none"]


def test_an_automatic_takeover_or_an_early_date_is_a_possible_duplicate_until_mclt() -> None:
    """R-151."""
    by_itself = answer(BACKUP, NOW, DOWN, state_reason="safe period expired")
    early = answer(BACKUP, NOW, DOWN, state_reason="operator", partner_down_time=text(NOW - 5000))
    assert [read("dup_risk", failures(MAIN), each).words for each in (by_itself, early)] == ["possible"] * 2


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_need_is_the_larger_product(day: int, night: int) -> None:
    """R-116, R-118: two hours of the day's arrivals, or twelve of the night's."""
    need = reaction_need(DayAndNight(day, night))
    assert need is not None
    assert max(2 * day, 12 * night) <= need < max(2 * day, 12 * night) + 1
    assert reaction_need(DayAndNight(None, None)) is None


def counting(server: str, state: str = "NORMAL", per_hour: int = 60, hours: int = 30, **changes: Any) -> list[Any]:
    """Answers of the last hours from a server whose pool gets new clients at a constant rate."""
    return [
        answer(
            server,
            NOW - 900 * ago,
            state,
            pools=[pool("wifi", 400, 880, 4096, new_clients=per_hour * (4 * hours - ago) // 4, **changes)],
        )
        for ago in range(4 * hours, -1, -1)
    ]


def only_pool(found: PairPicture, server: str) -> PoolFacts:
    facts = found.servers[server].facts
    assert facts is not None
    assert facts.pools is not None
    (pool,) = facts.pools
    return pool


def test_a_server_without_its_partner_expects_the_clients_of_both() -> None:
    """R-138, R-142: while the pair was NORMAL, the new clients used the main."""
    lost = [each for each in counting(MAIN, per_hour=60) if each.at <= NOW - 900]
    found = pair(lost, failures(MAIN), counting(BACKUP, ALONE, per_hour=4))
    given = only_pool(found, BACKUP)
    rates = arrival(found, found.servers[BACKUP], given, NOW)
    assert rates.fast == pytest.approx(4 + 60 / e, rel=0.05)
    assert rates.slow == pytest.approx(64, rel=0.05)
    assert rates.yesterday == pytest.approx(64, rel=0.05)
    worst = worst_forecast(found, NOW)
    assert worst is not None
    assert worst.at == pytest.approx(NOW + 400 / 64 * HOUR, rel=0.05)


@pytest.mark.parametrize("minutes", [1, 5, 15, 30, 120])
def test_clients_that_moved_from_one_server_to_the_other_are_counted_once(minutes: int) -> None:
    """R-138: sixty new clients an hour used the main until it was lost, and use the backup since."""
    moved = NOW - 60 * minutes

    def given(server: str, at: float, came: float) -> Observation:
        return answer(server, at, pools=[pool("wifi", 400, 880, 4096, new_clients=int(came))])

    begun = NOW - 40 * HOUR
    times = [begun + 60 * step for step in range(40 * 60 + 1)]
    main = [given(MAIN, at, (at - begun) / 60) for at in times if at <= moved]
    backup = [given(BACKUP, at, max(0.0, at - moved) / 60) for at in times]
    found = pair(main, failures(MAIN, NOW), backup)
    scope = only_pool(found, BACKUP)
    assert arrival(found, found.servers[BACKUP], scope, NOW).fast == pytest.approx(60, rel=0.02)


def test_while_both_are_seen_each_server_has_its_own_rate() -> None:
    found = pair(counting(MAIN, ALONE, per_hour=60), counting(BACKUP, ALONE, per_hour=4))
    given = only_pool(found, BACKUP)
    rates = arrival(found, found.servers[BACKUP], given, NOW)
    assert rates.fast == pytest.approx(4, rel=0.05)
    assert rates.yesterday == pytest.approx(64, rel=0.05)


def test_day_and_night_are_in_the_operators_zone() -> None:
    found = pair(counting(MAIN, per_hour=60))
    both = day_and_night(found, "wifi", NOW, UTC)
    assert both.day == pytest.approx(60, rel=0.02)
    assert both.night == pytest.approx(60, rel=0.02)
    (cover,) = covers(found, found.servers[MAIN], NOW, ZONE)
    assert (cover.need, cover.available, cover.short) == (720, 400, True)
    assert cover.percent == 57
    short = pair(counting(MAIN, hours=3))
    far = timezone(timedelta(hours=9))
    assert day_and_night(short, "wifi", NOW, far).night is None
    assert day_and_night(short, "wifi", NOW, UTC).day is None


def test_the_transfer_has_a_rate_and_an_end() -> None:
    steps = [
        answer(BACKUP, NOW - 10 + at, "RECOVER", resync={**RESYNC, "done": 100 + 20 * at}) for at in range(0, 11, 2)
    ]
    found = pair(steps)
    given = progress(found.servers[BACKUP], found.servers[MAIN])
    assert given is not None
    assert (given.done, given.total, given.per_second, given.eta_seconds) == (300, 400, 20.0, 5.0)
    restarted = pair(steps, answer(BACKUP, NOW + 1, "RECOVER", resync={**RESYNC, "done": 5}))
    begun = progress(restarted.servers[BACKUP], restarted.servers[MAIN])
    assert begun is not None
    assert begun.per_second is None


def test_the_partner_may_know_the_total() -> None:
    mine = answer(BACKUP, NOW, "RECOVER", resync={**RESYNC, "total": None})
    theirs = answer(MAIN, NOW, "PARTNER-DOWN", resync={**RESYNC, "direction": "sending"})
    found = pair(mine, theirs)
    given = progress(found.servers[BACKUP], found.servers[MAIN])
    assert given is not None
    assert given.total == 400


def test_a_pool_has_the_weight_of_its_leases() -> None:
    leads = {**LEADS, "limited": 0, "classes": [0, 0, 0, 0, 0, 100]}
    pools = [pool("small", 50, 50, 200, leads=LEADS), pool("large", 50, 50, 1000, leads=leads)]
    facts = pair(answer(BACKUP, pools=pools)).servers[BACKUP].facts
    assert facts is not None
    assert limited_share(facts) == pytest.approx(0.06)
    details = read("lead_left", [answer(BACKUP, pools=pools)]).details
    assert len(details) == len(EDGES) + 1
    assert details[-1].endswith("91%")


def test_a_lease_shorter_than_mclt_adds_no_load() -> None:
    facts = pair(answer(BACKUP, pools=wifi(lease_time=1800))).servers[BACKUP].facts
    assert facts is not None
    assert renewals_per_second(facts) == pytest.approx((2816 * 2 / 1800, 2816 * 2 / 1800))
