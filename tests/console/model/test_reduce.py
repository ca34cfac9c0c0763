"""The reducer: pure, total, and faithful to the order of what was observed."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.errors import Unreadable
from console.insight.fold import fold, fold_all
from console.journal.upgrade import read_entry
from console.makes.pairwatch.configuration import config_objects
from console.makes.pairwatch.leases import lease_facts
from console.makes.pairwatch.status import status_facts
from console.model.leases import LeaseFacts
from console.model.observations import (
    ActionOutcome,
    ArrivalsKept,
    ClockTick,
    ConfigAnswer,
    LeaseAnswer,
    LogLine,
    Observation,
    OperatorAction,
    PollFailure,
    PollUnchanged,
    TrapSeen,
    UnreadableObservation,
    as_json,
    from_json,
)
from console.model.phases import PHASES_BY_TERM
from console.model.reduce import LOG_LINES_KEPT, TIMELINE_KEPT, TRAPS_KEPT, reduce
from tests.console.scenes import (
    BACKUP,
    LOGS,
    MAIN,
    MAIN_LOST,
    NOW,
    PAIR,
    answer,
    empty,
    failures,
    log,
    pair,
    status,
    text,
    trap,
)

EVERY_KIND: list[Observation] = [
    answer(MAIN, NOW, "COMMUNICATIONS-INTERRUPTED"),
    PollUnchanged(NOW + 1, PAIR, MAIN),
    PollFailure(NOW + 2, PAIR, BACKUP, "Connection refused"),
    trap("other-server-not-responding", count=3, related_server_type="failover-partner"),
    LogLine(NOW, PAIR, MAIN, "text", past=True),
    OperatorAction(NOW, PAIR, "jo", "set-partner-down", MAIN, {"date": None, "reason": "fire"}),
    ActionOutcome(NOW, PAIR, "jo", "set-partner-down", MAIN, True, "done"),
    ClockTick(NOW),
    ArrivalsKept(NOW, PAIR, {MAIN: {"wifi": [NOW, NOW - 60, 7, None, 1.5, 0.5, [[1, 2.0]]]}}),
    LeaseAnswer(NOW, PAIR, MAIN, "192.0.2.7", (lease_facts({"address": "192.0.2.7", "state": "leased"}),)),
    ConfigAnswer(NOW, PAIR, MAIN, config_objects({"scope": [{"name": "wifi"}]})),
]


@pytest.mark.parametrize("observation", EVERY_KIND, ids=lambda each: each.kind)
def test_every_kind_survives_json(observation: Observation) -> None:
    assert from_json(json.loads(json.dumps(as_json(observation)))) == observation


@pytest.mark.parametrize("raw", [{}, {"kind": "nonsense"}, {"kind": "log", "at": 1}])
def test_what_is_no_observation_is_said_to_be_none(raw: dict[str, Any]) -> None:
    with pytest.raises(UnreadableObservation):
        from_json(raw)


def observations() -> st.SearchStrategy[Observation]:
    states = [*PHASES_BY_TERM, "A-NEW-STATE"]
    ats = st.floats(NOW, NOW + 5000)
    servers = st.sampled_from([MAIN, BACKUP, "nobody"])
    return st.one_of(
        st.builds(
            lambda at, server, state: answer(server, at, str(state)),
            ats,
            st.sampled_from([MAIN, BACKUP]),
            st.sampled_from(states),
        ),
        st.builds(PollFailure, ats, st.just(PAIR), servers, st.text(max_size=5)),
        st.builds(PollUnchanged, ats, st.just(PAIR), servers),
        st.builds(lambda at, server: trap("server-stop", server, at), ats, servers),
        st.builds(LogLine, ats, st.sampled_from([PAIR, "other"]), servers, st.text(max_size=60)),
        st.builds(OperatorAction, ats, st.just(PAIR), st.just("jo"), st.just("acknowledge"), st.text(max_size=5)),
        st.builds(ClockTick, ats),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(observations(), max_size=25))
def test_folding_never_fails_and_never_changes_what_was_there(found: list[Observation]) -> None:
    picture = empty()
    for observation in found:
        before = repr(picture)
        after = fold(picture, observation)
        assert repr(picture) == before
        assert after.at >= picture.at
        picture = after


@settings(max_examples=40, deadline=None)
@given(st.lists(observations(), max_size=20))
def test_a_replay_through_json_gives_the_same_picture(found: list[Observation]) -> None:
    again = [from_json(json.loads(json.dumps(as_json(each)))) for each in found]
    assert fold_all(empty(), again) == fold_all(empty(), found)


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def kept(told: dict[str, Any]) -> Observation:
    """What becomes of an answer that a server gave, as a journal of the first versions kept it."""
    return read_entry({"kind": "poll-answer", "at": NOW, "pair": PAIR, "server": MAIN, "status": told})


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(status()["pairs"][0])), JSONISH)
def test_no_answer_of_a_server_makes_the_reducer_fall_over(field: str, value: Any) -> None:
    told = status(MAIN)
    told["pairs"][0][field] = value
    fold(empty(), kept(told))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["at", "server", "pairs", "version"]), JSONISH))
def test_what_is_no_status_at_all_counts_as_a_failure_to_ask(told: dict[str, Any]) -> None:
    server = reduce(empty(), kept(told)).pairs[PAIR].servers[MAIN]
    assert server.facts is None
    assert server.failures == 1
    assert server.error


def test_a_failure_keeps_the_last_report_and_its_time() -> None:
    found = fold_all(empty(), [answer(MAIN, NOW), *failures(MAIN, NOW + 10)])
    server = found.pairs[PAIR].servers[MAIN]
    assert server.facts is not None
    assert (server.reported_at, server.unseen_since, server.failures) == (NOW, NOW + 8, 3)


def test_an_unchanged_answer_keeps_the_countdown_right() -> None:
    found = fold(empty(), answer(BACKUP, NOW, "COMMUNICATIONS-INTERRUPTED"))
    found = fold(found, PollUnchanged(NOW + 10, PAIR, BACKUP))
    facts = found.pairs[PAIR].servers[BACKUP].facts
    assert facts is not None
    assert facts.takeover is not None
    assert facts.takeover.remaining == 14400 - 720 - 10


def test_the_timeline_tells_states_contacts_and_actions_in_order() -> None:
    found = fold_all(
        empty(),
        [
            answer(BACKUP, NOW),
            answer(BACKUP, NOW + 1, "COMMUNICATIONS-INTERRUPTED"),
            *failures(MAIN, NOW + 4),
            OperatorAction(NOW + 5, PAIR, "jo", "set-partner-down", BACKUP),
            ActionOutcome(NOW + 6, PAIR, "jo", "set-partner-down", BACKUP, False, "no answer"),
        ],
    )
    texts = [entry.text for entry in found.pairs[PAIR].timeline if entry.source != "alarm"]
    assert texts == [
        "dhcp-b is NORMAL",
        "dhcp-b NORMAL -> COMMUNICATIONS-INTERRUPTED (contact lost)",
        "dhcp-b lost contact with its partner",
        "cannot see dhcp-a: Connection refused",
        "jo: set-partner-down dhcp-b",
        "set-partner-down dhcp-b FAILED: no answer",
    ]


def test_nothing_grows_without_bound() -> None:
    found = empty()
    for number in range(1200):
        found = reduce(found, trap("server-stop", at=NOW + number))
        found = reduce(found, log("18106", "x", at=NOW + number))
    pair = found.pairs[PAIR]
    assert (len(pair.timeline), len(pair.logs), len(pair.traps)) == (
        TIMELINE_KEPT,
        LOG_LINES_KEPT,
        TRAPS_KEPT,
    )


def test_a_trap_of_a_stranger_is_kept_apart() -> None:
    seen = TrapSeen(NOW, "", "", "server-stop", "1.3", "203.0.113.9:1", "v1")
    found = fold(empty(), seen)
    assert found.stray_traps == (seen,)
    assert found.pairs == empty().pairs


def test_a_server_that_does_not_know_the_pair_says_which_it_knows() -> None:
    told = status()
    told["pairs"][0]["name"] = "another"
    with pytest.raises(Unreadable, match="another"):
        status_facts(told, PAIR)


def test_the_scene_of_a_lost_main_reads_as_one() -> None:
    """R-176: the backup cannot tell a dead main from a dead link, and neither does the picture claim to."""
    found = fold_all(empty(), sorted([each for part in MAIN_LOST for each in part], key=lambda each: each.at))
    pair = found.pairs[PAIR]
    assert pair.servers[MAIN].failures > 3
    assert len(pair.logs) == len(LOGS)
    assert {alarm.kind for alarm in pair.open_alarms} >= {"other-server-not-responding", "server-unreachable"}


def test_states_that_came_and_went_between_two_polls_are_in_the_story() -> None:
    """R-185, R-193: a conflict may last less than a second; the server remembers it."""
    passed = [
        {"at": text(NOW - 9), "from": "STARTUP", "to": "NORMAL", "reason": "long ago", "partner_state": None},
        {"at": text(NOW - 0.5), "from": "NORMAL", "to": "POTENTIAL-CONFLICT", "reason": "p", "partner_state": None},
        {"at": text(NOW - 0.2), "from": "POTENTIAL-CONFLICT", "to": "NORMAL", "reason": "done", "partner_state": None},
    ]
    found = pair(answer(MAIN, NOW - 5), answer(MAIN, NOW, transitions=passed))
    assert [entry.text for entry in found.timeline if entry.source == "state"] == [
        "dhcp-a is NORMAL",
        "dhcp-a NORMAL -> POTENTIAL-CONFLICT (p)",
        "dhcp-a POTENTIAL-CONFLICT -> NORMAL (done)",
    ]


@pytest.mark.parametrize("nonsense", [None, 7, "text", [1], {"dhcp-a": [1]}, [{"no": "lease"}, 3]])
def test_what_was_kept_wrongly_of_arrivals_leases_and_configurations_stops_nothing(nonsense: Any) -> None:
    """The reducer is total: a recording comes from somebody else."""
    found = empty()
    for kind, field in (("arrivals", "servers"), ("lease", "leases"), ("config", "config")):
        raw = {"kind": kind, "at": NOW, "pair": PAIR, "server": MAIN, "query": "192.0.2.7", field: nonsense}
        try:
            found = reduce(found, read_entry(raw))
        except UnreadableObservation:
            continue  # The journal leaves it out, and a recording names the line.
    assert all(isinstance(each, LeaseFacts) for lookup in found.pairs[PAIR].lookups for each in lookup.leases)
    assert found.pairs[PAIR].servers[MAIN].arrivals == {}
