"""A server whose facts are all known, and any of them dropped: nothing raises, and nothing gets better by knowing less.

`Good` is what a judgement may claim only with every fact that it needs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.insight.alarms.judging import POLLED, undecided
from console.insight.countdowns import cannot_tell, next_event
from console.insight.danger import banners
from console.insight.diagnosis.table import RULES
from console.insight.duplicates import Risk, dup_risk
from console.insight.fleet import fleet_row
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.table import ACTIONS, judge, refusals
from console.insight.joint import joint
from console.insight.lease_why import explained
from console.insight.numbers.table import NUMBERS
from console.insight.partner_down_outlook import outlook_of, sentences
from console.insight.report_text import in_words
from console.insight.runbooks.listing import BOOKS
from console.insight.runbooks.progress import progress, scene_of
from console.insight.situations import PROTECTED
from console.insight.summary import plugin_line, status_json
from console.insight.timeline import timeline
from console.insight.verdict import severity, verdict
from console.makes.pairwatch.leases import lease_facts
from console.model.action_names import ActionName
from console.model.facts import PairFacts, PoolFacts, Takeover
from console.model.phases import Cause, Phase
from console.model.picture import PairPicture, Picture, Severity
from tests.console import scenes
from tests.console.insight.test_lease import lease
from tests.console.scenes import BACKUP, MAIN, NOW, ZONE, answer, failures, pool, text

ALONE, DOWN = "COMMUNICATIONS-INTERRUPTED", "PARTNER-DOWN"
NEEDED = frozenset({"at", "server", "partner"})
BLANK: Mapping[str, Any] = {
    "phase": Phase.UNKNOWN,
    "word": "",
    "role": "",
    "reason": "",
    "cause": Cause.UNKNOWN,
    "misfits": (),
}
"""The value of a missing fact where that is not None."""
OPTIONAL = sorted({each.name for each in fields(PairFacts)} - NEEDED)
OF_POOLS = sorted({each.name for each in fields(PoolFacts)} - {"name", "family"})
OF_TAKEOVER = sorted({each.name for each in fields(Takeover)} - {"unit"})

BUSY: dict[str, Any] = {"lease_time": 86400, "new_clients": 5000, "renewals": 100}
FULL: dict[str, Any] = {
    "transitions": [{"at": text(NOW - 500), "from": "STARTUP", "to": "NORMAL", "reason": "x", "partner_state": None}],
    "traffic": {"since": text(NOW - 90_000), "requests": 10, "no_address": 1, "relays": []},
    "pools": [pool("scope-1", **BUSY), pool("wifi", 900, 880, 4096, **BUSY)],
}


def both(main: str = "NORMAL", backup: str = "NORMAL", **changes: Any) -> list[Any]:
    return [answer(MAIN, NOW, main, **{**FULL, **changes}), answer(BACKUP, NOW, backup, **{**FULL, **changes})]


RESYNC = {"kind": "update-request-all", "direction": "receiving", "done": 120, "total": 400}
SCENES: dict[str, list[Any]] = {
    "calm": both(),
    "main lost": [*failures(MAIN), answer(BACKUP, NOW, ALONE, **FULL)],
    "race": both(ALONE, ALONE),
    "safe period ends": both(
        ALONE,
        ALONE,
        safe_period_remaining=500,
        safe_period_ends=text(NOW + 500),
        state_since=text(NOW - 13_900),
        start_of_communications_interrupted=text(NOW - 13_900),
        last_contact=text(NOW - 13_900),
    ),
    "safe period off": both(ALONE, ALONE, use_safe_period=False),
    "both down": both(DOWN, DOWN, state_reason="safe period over"),
    "taken over": [*failures(MAIN), answer(BACKUP, NOW, DOWN, state_reason="safe period over", **FULL)],
    "duplicates": both(DOWN, "NORMAL"),
    "early date": [*failures(MAIN), answer(BACKUP, NOW, DOWN, partner_down_time=text(NOW - 5000), **FULL)],
    "conflict": both("POTENTIAL-CONFLICT", "POTENTIAL-CONFLICT"),
    "recover": [
        answer(MAIN, NOW, "RECOVER", resync=RESYNC, recover_deadline=text(NOW + 900), **FULL),
        answer(BACKUP, NOW, DOWN, communications="ok", **FULL),
    ],
    "not serving": both(serving=False, not_serving_reason="disk full"),
    "mismatch": both(config_mismatch=["scope wifi"]),
    "mclt differs": [answer(MAIN, NOW, **FULL), answer(BACKUP, NOW, mclt=1800, **FULL)],
    "safe period differs": [answer(MAIN, NOW, **FULL), answer(BACKUP, NOW, use_safe_period=False, **FULL)],
    "skew": both(time_skew=9.0),
    "stuck": both(unacked_updates=5, oldest_unacked_age=90),
    "recover set": both(failover_recover=text(NOW - 9000)),
    "low": both(pools=[pool("wifi", 20, 20, 4096, **BUSY)]),
    "empty": both(pools=[pool("wifi", 0, 0, 4096, **BUSY)]),
    "runs out": both(ALONE, ALONE, pools=[pool("wifi", 100, 880, 4096, **{**BUSY, "new_clients_15m": 90})]),
    "uneven": both(pools=[pool("wifi", 1500, 100, 4096, unavailable=3, **BUSY)]),
    "reload": both(reload_pending=True),
}


def dropped(facts: PairFacts, names: Iterable[str], of_pools: Iterable[str], of_takeover: Iterable[str]) -> PairFacts:
    """The facts without these values."""
    of_pool: dict[str, Any] = dict.fromkeys(of_pools)
    of_countdown: dict[str, Any] = dict.fromkeys(of_takeover)
    blank: dict[str, Any] = {name: BLANK.get(name) for name in names}
    pools = None if facts.pools is None else tuple(replace(each, **of_pool) for each in facts.pools)
    takeover = None if facts.takeover is None else replace(facts.takeover, **of_countdown)
    return replace(replace(facts, pools=pools, takeover=takeover), **blank)


def less_known(pair: PairPicture, server: str, *names: Iterable[str]) -> PairPicture:
    """The pair as if that server had never reported these values."""
    known = pair.servers[server]
    if known.facts is None:
        return pair
    poorer = replace(known, facts=dropped(known.facts, *names), reload_pending_since=None, arrivals={}, samples=())
    return replace(pair, servers={**pair.servers, server: poorer}, alarms={})


def attempt(pair: PairPicture, action: ActionName, server: str) -> Attempt:
    return Attempt(
        pair,
        server,
        NOW,
        ZONE,
        date=NOW - 60,
        writable=True,
        vouched=True,
        reason="because",
        role="expert",
        action=action,
        choice=next(iter(ACTIONS[action].choices), ""),
        seconds=100_000.0,
        address="192.0.2.7",
    )


def allowed(pair: PairPicture) -> set[tuple[ActionName, str]]:
    """The actions that are allowed on the pair."""
    found = set()
    for action in ActionName:
        for server in pair.servers:
            tried = attempt(pair, action, server)
            if not refusals(judge(tried), tried):
                found.add((action, server))
    return found


def everything(pair: PairPicture) -> None:
    """Call every function whose result is shown."""
    both = joint(pair, NOW, ZONE)
    banners(pair, NOW, ZONE)
    in_words(pair, NOW, ZONE)
    plugin_line([pair], NOW, ZONE)
    status_json(Picture({pair.name: pair}), NOW, ZONE)
    fleet_row(pair, NOW, ZONE)
    timeline(pair, {})
    for book in BOOKS:
        progress(book, scene_of(book, pair, NOW, ZONE))
    for server in (both.main, both.backup):
        outlook = outlook_of(server, NOW - 60, NOW)
        if outlook is not None:
            sentences(outlook, ZONE)
        list(explained(lease_facts(lease()), server.facts, NOW, ZONE))
        for action in ActionName:
            ACTIONS[action].consequences(attempt(pair, action, server.name))
            ACTIONS[action].seen(pair, attempt(pair, action, server.name))


def no_better(full: PairPicture, less: PairPicture) -> None:
    """Every good result from the picture with fewer facts is also a result from the full one."""
    fine = (Severity.OK, Severity.INFO)
    assert verdict(less, NOW, ZONE) != PROTECTED or verdict(full, NOW, ZONE) == PROTECTED
    assert severity(less, NOW) not in fine or severity(full, NOW) in fine
    assert allowed(less) <= allowed(full)
    rich, poor = joint(full, NOW, ZONE), joint(less, NOW, ZONE)
    assert dup_risk(poor).risk is not Risk.NONE or dup_risk(rich).risk in (Risk.NONE, Risk.UNKNOWN)
    if next_event(less, NOW) is None and cannot_tell(less, NOW) is None:
        assert next_event(full, NOW) is None
    for rule in RULES:
        known = {each.kind for each in rule.find(poor)}
        if {each.kind for each in rule.find(rich)} - known and not known:
            assert rule.missing(poor) is not None, rule.id
    for row in POLLED:
        if list(row.find(full, NOW)) and not list(row.find(less, NOW)):
            assert undecided(less, NOW) is not None, row.kind
    for number in NUMBERS:
        for server in ("main", "backup"):
            now, before = (number.read(each, getattr(each, server)).severity for each in (poor, rich))
            assert now is not Severity.OK or before in (Severity.OK, Severity.UNKNOWN), number.id


@pytest.mark.parametrize("name", SCENES)
def test_results_are_no_better_without_earlier_observations(name: str) -> None:
    full = scenes.pair(*SCENES[name])
    everything(full)
    no_better(less_known(full, MAIN, (), (), ()), less_known(full, MAIN, (), (), ()))


@pytest.mark.parametrize("name", SCENES)
def test_each_fact_alone_can_be_missing(name: str) -> None:
    full = less_known(less_known(scenes.pair(*SCENES[name]), MAIN, (), (), ()), BACKUP, (), (), ())
    subsets: list[tuple[Iterable[str], Iterable[str], Iterable[str]]] = [
        *(((each,), (), ()) for each in OPTIONAL),
        *(((), (each,), ()) for each in OF_POOLS),
        *(((), (), (each,)) for each in OF_TAKEOVER),
    ]
    for subset in subsets:
        for server in (MAIN, BACKUP):
            less = less_known(full, server, *subset)
            everything(less)
            no_better(full, less)


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from(sorted(SCENES)),
    st.sets(st.sampled_from(OPTIONAL)),
    st.sets(st.sampled_from(OF_POOLS)),
    st.sets(st.sampled_from(OF_TAKEOVER)),
    st.sampled_from([(MAIN,), (BACKUP,), (MAIN, BACKUP)]),
)
def test_any_facts_can_be_missing(
    name: str, names: set[str], of_pools: set[str], of_takeover: set[str], servers: tuple[str, ...]
) -> None:
    full = less_known(less_known(scenes.pair(*SCENES[name]), MAIN, (), (), ()), BACKUP, (), (), ())
    less = full
    for server in servers:
        less = less_known(less, server, names, of_pools, of_takeover)
    everything(less)
    no_better(full, less)
