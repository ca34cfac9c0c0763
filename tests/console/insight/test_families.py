"""Pools of IPv4 addresses, IPv6 addresses and delegated prefixes side by side: what is added up, compared and moved.

A pool of IPv6 addresses has no shares: parity divides it. It must not turn the numbers of the others into unknown ones.
"""

from typing import Any

import pytest

from console.commands.status import details
from console.insight.alarms.pool_rows import exhaustion, low_pool
from console.insight.countdowns import countdowns
from console.insight.diagnosis.table import diagnose
from console.insight.forecast import forecasts
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.table import ACTIONS, judge, refusals
from console.insight.joint import joint
from console.insight.numbers.table import NUMBERS
from console.insight.numbers.table import number as number_of
from console.insight.partner_down_outlook import outlook_of, sentences
from console.insight.shares import Move, moves, own_free, partner_free
from console.insight.summary import plugin_line
from console.model.action_names import ActionName
from console.model.facts import PairFacts
from console.model.observations import Observation
from tests.console.scenes import BACKUP, HOUR, MAIN, NOW, ZONE, answer, families, pair, pool, store, text

ALONE = "COMMUNICATIONS-INTERRUPTED"
CALM: list[Observation] = [answer(MAIN, pools=families()), answer(BACKUP, pools=families(server=BACKUP))]


def facts(pools: list[dict[str, Any]]) -> PairFacts:
    found = pair(answer(MAIN, pools=pools)).servers[MAIN].facts
    assert found is not None
    return found


def attempt(action: ActionName, observations: list[Observation], **values: Any) -> Attempt:
    seen = pair(*observations)
    return Attempt(
        pair=seen, now=NOW, zone=ZONE, date=None, action=action, server=MAIN, writable=True, role="expert", **values
    )


def test_each_kind_has_its_own_number() -> None:
    """A sum of addresses of both families and of prefixes would have no meaning."""
    assert own_free(facts(families())) == "475 free IPv4 addresses, 65,522 IPv6 addresses, 511 prefixes"
    assert partner_free(facts(families())) == "500 free IPv4 addresses, 512 prefixes"
    assert own_free(facts([pool(own=1)])) == "1 free address"
    assert own_free(facts(families()[2:])) == "511 free prefixes"
    assert partner_free(facts(families()[1:2])) is None, "parity has no share of the partner"


def test_a_rebalance_moves_only_what_has_shares() -> None:
    """R-110: before, one pool without shares made every move unknown, and the action was refused."""
    uneven = families()
    uneven[0] |= {"available": 900, "other_available": 75}
    assert moves(facts(uneven)) == (Move("office", 412),)
    found = attempt(ActionName.REBALANCE, [answer(MAIN, pools=uneven), answer(BACKUP)])
    assert refusals(judge(found), found) == ()
    assert any("office" in line for line in ACTIONS[ActionName.REBALANCE].consequences(found))


def test_a_stop_compares_what_each_server_can_lease() -> None:
    """R-188: the partner's addresses of both families are known."""
    found = attempt(ActionName.STOP, CALM, choice="short")
    assert refusals(judge(found), found) == ()
    (first, *_) = ACTIONS[ActionName.STOP].consequences(found)
    assert "dhcp-b has 500 free IPv4 addresses, 65,522 IPv6 addresses, 512 prefixes" in first
    full = families(server=BACKUP)
    full[1]["undivided"], full[1]["leased"] = 0, 65_536
    (refused,) = refusals(
        judge(again := attempt(ActionName.STOP, [CALM[0], answer(BACKUP, pools=full)], choice="short")), again
    )[:1]
    assert refused == "dhcp-b has no free address of its own in office-v6; give a reason to continue"


def test_set_partner_down_gains_no_address_by_parity() -> None:
    """R-151: what becomes usable are the shares of the partner."""
    found = outlook_of(pair(answer(BACKUP, NOW, ALONE, pools=families())).servers[BACKUP], NOW - 720, NOW)
    assert found is not None
    assert found.gained_addresses == 500
    lines = " ".join(sentences(found, ZONE))
    assert "dhcp-a's 500 free IPv4 addresses, 512 prefixes from" in lines
    assert "Until then it has 475 free IPv4 addresses, 65,522 IPv6 addresses, 511 prefixes of its own." in lines
    assert "Pools: office-pd 512, office 500." in lines


def test_the_countdown_of_mclt_names_what_it_gains() -> None:
    down = answer(BACKUP, NOW, "PARTNER-DOWN", pools=families(), partner_pool_usable_at=text(NOW + 600))
    texts = [each.text for each in countdowns(pair(down), NOW)]
    assert "MCLT ends: dhcp-b may lease dhcp-a's 500 free IPv4 addresses, 512 prefixes" in texts


@pytest.mark.parametrize("state", ["NORMAL", ALONE, "PARTNER-DOWN"])
@pytest.mark.parametrize("name", [each.id for each in NUMBERS])
def test_every_number_can_be_read(name: str, state: str) -> None:
    found = pair(answer(MAIN, NOW, state, pools=families()), answer(BACKUP, NOW, state, pools=families()))
    for server in found.servers.values():
        assert number_of(name).read(joint(found, NOW, ZONE), server).words


def test_the_own_pool_shows_the_lowest_one() -> None:
    found = pair(*CALM)
    reading = number_of("own_pool").read(joint(found, NOW, ZONE), found.servers[MAIN])
    assert reading.words == "lowest office 475"
    assert reading.details[2] == "office-v6: 65,522 free of 65,536, without shares"


def test_the_plugin_counts_addresses_with_shares() -> None:
    """Perf data are one number a server; the lines below have a number for each kind."""
    assert "'example-pair/dhcp-a/free'=475;;;0;1000" in plugin_line([pair(*CALM)], NOW, ZONE)
    lines = details(pair(*CALM), store(*CALM))
    assert "475 free IPv4 addresses, 65,522 IPv6 addresses, 511 prefixes" in lines[0]


def test_a_pool_by_parity_has_a_forecast_without_the_partner() -> None:
    """R-022: a server alone gives its own parity, of which there is always enough; `max-leases` is the limit."""
    scene = [
        answer(BACKUP, NOW - 60 * ago, ALONE, pools=[{**families()[1], "undivided": 1000 + 100 * ago}])
        for ago in range(30, -1, -1)
    ]
    (found,) = [each for each in forecasts(pair(*scene), NOW) if each.server == BACKUP]
    assert (found.usable, found.per_hour) == (1000, 6000)
    assert found.at == NOW + HOUR / 6
    (problem,) = [each for each in diagnose(pair(*scene), NOW, ZONE) if "office-v6" in each.title]
    assert not any("Set Partner Down" in str(step) or "SET_PARTNER_DOWN" in str(step) for step in problem.steps)


def test_samples_add_up_one_family() -> None:
    """The chart of the pair shows IPv4 addresses: beside a /64 their decrease would not be visible."""
    (sample,) = pair(*CALM).servers[MAIN].samples
    assert (sample.available, sample.family) == (475, "dhcp4")
    assert sample.pools == {"office": 475, "office-v6": 65_522, "office-pd": 511}


def test_texts_about_a_pool_of_prefixes_name_prefixes() -> None:
    """Alarms, the next event, the diagnosis, and what a rebalance moves."""
    scene = []
    for ago in range(30, -1, -1):
        (delegated,) = families(server=BACKUP)[2:]
        delegated |= {"available": 40 + 20 * ago, "other_available": 0}
        scene.append(answer(BACKUP, NOW - 60 * ago, ALONE, pools=[delegated]))
    alone = pair(*scene)
    texts = [each.text for each in countdowns(alone, NOW)]
    assert "dhcp-b runs out of free prefixes in office-pd (forecast)" in texts
    (problem,) = [each for each in diagnose(alone, NOW, ZONE) if "office-pd" in each.title]
    assert problem.title == "office-pd on dhcp-b runs out of free prefixes"
    (fault,) = exhaustion(alone, NOW)
    assert fault.text == "office-pd on dhcp-b runs out of free prefixes in less than 30 min 00 s"
    low = [each.text for each in low_pool(alone, NOW)]
    assert low == ["office-pd on dhcp-b: fewer than 20 % of prefixes are free here"]
    (delegated,) = families()[2:]
    uneven: list[Observation] = [
        answer(MAIN, pools=[delegated | {"available": 1000, "other_available": 0}]),
        answer(BACKUP),
    ]
    lines = ACTIONS[ActionName.REBALANCE].consequences(attempt(ActionName.REBALANCE, uneven))
    assert lines[0] == "About 500 prefixes of office-pd move to dhcp-b."
