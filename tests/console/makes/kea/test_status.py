"""The facts of Kea's answers: states, scopes, contact, takeover by clients, subnets."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import NoSuchPair, SourceError
from console.insight.fold import fold
from console.insight.summary import status_json
from console.insight.verdict import judge
from console.makes.kea.pools import result_set, subnets
from console.makes.kea.profile import KEA
from console.makes.kea.relationships import relationships
from console.makes.kea.status import Configuration, pair_facts
from console.model.facts import PairFacts, Unit
from console.model.observations import PollAnswer
from console.model.phases import Phase
from console.model.picture import Picture, Severity
from console.state.store import empty_pair
from tests.console.makes.kea.answers import (
    CONFIGURATION,
    EVERY_STATISTIC,
    HEARTBEAT,
    HEARTBEAT_AT,
    STATISTICS,
    STATUS,
    status,
)
from tests.console.scenes import NOW, ZONE


def configured(raw: Any = CONFIGURATION) -> Configuration:
    return Configuration(relationships(raw), subnets(raw, "dhcp4"))


def facts(
    raw: dict[str, Any],
    configuration: Configuration | None = None,
    wanted: str | None = None,
    statistics: Any = STATISTICS,
) -> PairFacts:
    known = configured() if configuration is None else configuration
    return pair_facts("server1", raw, HEARTBEAT, statistics, known, "dhcp4", wanted)


def test_what_a_load_balancing_server_reports() -> None:
    found = facts(STATUS)
    assert (found.at, found.started, found.last_contact) == (HEARTBEAT_AT, HEARTBEAT_AT - 4, HEARTBEAT_AT - 3)
    assert (found.server, found.partner, found.role) == ("server1", "server2", "main")
    assert (found.phase, found.word, found.serves, found.contact) == (Phase.NORMAL, "load-balancing", True, True)
    assert (found.partner_phase, found.partner_word) == (Phase.NORMAL, "load-balancing")
    assert found.takeover is not None
    assert (found.takeover.automatic, found.takeover.length, found.takeover.unit) == (True, 3.0, Unit.CLIENTS)
    assert found.takeover.remaining is None, "it does not count while it has contact"
    assert (found.mclt, found.since, found.unacked_updates) == (None, None, None), "what Kea does not report is missing"
    (pool,) = found.pools or ()
    assert (pool.name, pool.total, pool.leased, pool.unavailable, pool.lease_time) == ("10.0.0.0/16", 382, 18, 2, 600.0)
    assert found.misfits == ()


HOT: dict[str, Any] = {"ha_mode": "hot-standby"}


@pytest.mark.parametrize(
    ("local", "remote", "phase", "serves"),
    [
        ({"state": "hot-standby"}, {}, Phase.NORMAL, True),
        ({"state": "hot-standby", "scopes": []}, {}, Phase.STANDBY, True),
        ({"state": "hot-standby"}, {"communication-interrupted": True}, Phase.ALONE, True),
        ({"state": "load-balancing"}, {"last-state": "unavailable"}, Phase.ALONE, True),
        ({"state": "communication-recovery"}, {"communication-interrupted": True}, Phase.ALONE, True),
        ({"state": "partner-down", "scopes": ["server1", "server2"]}, {}, Phase.TAKEN_OVER, True),
        ({"state": "partner-down", "scopes": []}, {}, Phase.TAKEN_OVER, False),
        ({"state": "partner-in-maintenance"}, {}, Phase.TAKEN_OVER, True),
        ({"state": "in-maintenance", "scopes": []}, {}, Phase.PAUSED, True),
        ({"state": "terminated"}, {}, Phase.TERMINATED, True),
        ({"state": "terminated", "scopes": []}, {}, Phase.TERMINATED, False),
        ({"state": "waiting", "scopes": []}, {}, Phase.STARTING, True),
        ({"state": "syncing", "scopes": []}, {}, Phase.RETURNING, True),
        ({"state": "ready", "scopes": []}, {}, Phase.RETURN_WAIT, True),
        ({"state": "hibernating"}, {}, Phase.UNKNOWN, True),
        ({"state": None}, {}, Phase.UNKNOWN, True),
        ({"state": "load-balancing", "scopes": "server1"}, {}, Phase.UNKNOWN, True),
    ],
)
def test_a_state_and_its_scopes_are_a_phase(
    local: dict[str, Any], remote: dict[str, Any], phase: Phase, serves: bool
) -> None:
    found = facts(status(local, remote))
    assert (found.phase, found.serves) == (phase, serves)
    if phase is Phase.UNKNOWN:
        assert found.misfits


def test_the_countdown_is_in_clients_and_runs_without_contact_only() -> None:
    counting = facts(status(remote={"communication-interrupted": True, "unacked-clients-left": 2}))
    assert counting.takeover is not None
    assert counting.takeover.remaining == 2.0
    unknown = facts(status(remote={"communication-interrupted": True, "unacked-clients-left": "two"}))
    assert unknown.takeover is not None
    assert unknown.takeover.remaining is None
    assert any("unacked_clients_left" in text for text in unknown.misfits)


def test_a_terminated_server_never_takes_over_and_one_that_has_taken_over_counts_no_more() -> None:
    without = {"communication-interrupted": True, "unacked-clients-left": 4}
    ended = facts(status({"state": "terminated"}, without)).takeover
    assert ended is not None
    assert (ended.automatic, ended.remaining) == (False, None)
    down = facts(status({"state": "partner-down", "scopes": ["server1", "server2"]}, without)).takeover
    assert down is not None
    assert (down.automatic, down.remaining) == (True, None)


@pytest.mark.parametrize(
    ("assigned", "undivided", "own"),
    [(20, 362, None), (190, 192, None), (191, None, None), (381, None, None), (382, None, 0)],
)
def test_free_addresses_of_a_divided_subnet_are_known_while_no_share_can_be_empty(
    assigned: int, undivided: int | None, own: int | None
) -> None:
    """Each share has 191 addresses; who leased which is not counted."""
    statistics = copy.deepcopy(STATISTICS)
    statistics["result-set"]["rows"] = [[1, 382, 0, assigned, 0]]
    (pool,) = facts(STATUS, statistics=statistics).pools or ()
    assert (pool.undivided, pool.available, pool.other_available) == (undivided, own, own)


def test_in_hot_standby_the_server_that_serves_has_all_free_addresses() -> None:
    raw = json.loads(json.dumps(CONFIGURATION).replace("load-balancing", "hot-standby").replace("secondary", "standby"))
    (pool,) = facts(status({"state": "hot-standby"}, **HOT), configured(raw)).pools or ()
    assert (pool.available, pool.other_available) == (362, 0)
    (pool,) = facts(status({"state": "hot-standby", "scopes": []}, **HOT), configured(raw)).pools or ()
    assert (pool.available, pool.other_available) == (0, 362)


def test_the_statistics_of_every_server_serve_where_the_hook_is_missing() -> None:
    found = facts(STATUS, statistics=result_set(EVERY_STATISTIC, "dhcp4"))
    assert found.pools == facts(STATUS).pools


@pytest.mark.parametrize(
    "rows", [[[1, 10, 0, 20, 0]], [[1, "many", 0, 20, 0]], [[1, True, 0, 0, 0]], [7], [[1, -1, 0, 0, 0]]]
)
def test_counts_that_cannot_be_true_are_unknown(rows: list[Any]) -> None:
    statistics = copy.deepcopy(STATISTICS)
    statistics["result-set"]["rows"] = rows
    found = facts(STATUS, statistics=statistics)
    assert found.misfits
    assert all(pool.total is None for pool in found.pools or ())


def test_a_hub_is_asked_for_the_partner() -> None:
    hub = copy.deepcopy(STATUS)
    second = copy.deepcopy(hub["high-availability"][0])
    second["ha-servers"]["remote"].update({"server-name": "spoke2", "last-state": "partner-down"})
    hub["high-availability"].append(second)
    assert facts(hub, wanted="spoke2").partner_word == "partner-down"
    assert facts(hub, wanted="server2").partner_word == "load-balancing"
    with pytest.raises(NoSuchPair, match="2 relationships"):
        facts(hub)
    with pytest.raises(NoSuchPair, match="'spoke3'"):
        facts(hub, wanted="spoke3")
    with pytest.raises(NoSuchPair, match="libdhcp_ha"):
        facts({"pid": 1})


def test_a_later_version_has_names_and_clocks() -> None:
    found = facts(
        status(
            {"server-name": "server1", "system-time": "2026-11-28 07:00:06"},
            {"server-name": "server2", "system-time": "2026-11-28 07:00:10", "clock-skew": 4},
        )
    )
    assert (found.at, found.time_skew, found.server, found.partner) == (HEARTBEAT_AT, 4.0, "server1", "server2")


def _judged(found: PairFacts) -> Picture:
    servers = [("server1", "main", KEA), ("server2", "backup", KEA)]
    picture = Picture({"campus": empty_pair("campus", "", servers)})
    for name in ("server1", "server2"):
        picture = fold(picture, PollAnswer(NOW, "campus", name, found, {}))
    return picture


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        found += _places(each, (*path, key))
    return found


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**40), 10**40),
    st.floats(),
    st.text(max_size=8),
    st.just([]),
    st.just({}),
    st.lists(st.integers(0, 3), max_size=3),
)
WHOLE = {"status": STATUS, "heartbeat": HEARTBEAT, "statistics": STATISTICS, "configuration": CONFIGURATION}
PLACES = [place for place in _places(WHOLE) if len(place) > 1]


def _has(value: Any, key: Any) -> bool:
    """Whether there is something at that place of a JSON value."""
    if isinstance(value, dict):
        return key in value
    return isinstance(value, list) and isinstance(key, int) and key < len(value)


@given(st.lists(st.tuples(st.sampled_from(PLACES), ODD), min_size=1, max_size=3))
def test_no_answer_ends_the_console_and_none_that_does_not_fit_is_good(bent: list[tuple[tuple[Any, ...], Any]]) -> None:
    """Every answer is facts or a SourceError; a server whose state cannot be read is not reported as well."""
    whole = copy.deepcopy(WHOLE)
    for place, value in bent:
        at: Any = whole
        for key in place[:-1]:
            at = at[key] if _has(at, key) else None
        if _has(at, place[-1]):
            at[place[-1]] = value
    try:
        known = configured(whole["configuration"]) if isinstance(whole["configuration"], dict) else Configuration()
        heartbeat = whole["heartbeat"] if isinstance(whole["heartbeat"], dict) else None
        statistics = whole["statistics"] if isinstance(whole["statistics"], dict) else None
        raw = whole["status"] if isinstance(whole["status"], dict) else {}
        found = pair_facts("server1", raw, heartbeat, statistics, known, "dhcp4", None)
    except SourceError:
        return
    picture = _judged(found)
    judged = judge(picture.pairs["campus"], NOW, ZONE)
    json.dumps(status_json(picture, NOW, ZONE), allow_nan=False)
    if found.phase is Phase.UNKNOWN or found.misfits:
        assert judged.severity is not Severity.OK


STATISTICS6: dict[str, Any] = {
    "result-set": {
        "columns": [
            "subnet-id",
            "total-nas",
            "cumulative-assigned-nas",
            "assigned-nas",
            "declined-nas",
            "total-pds",
            "cumulative-assigned-pds",
            "assigned-pds",
        ],
        "rows": [[1, 10, 0, 3, 1, 256, 0, 7], [2, 0, 0, 0, 0, 16, 0, 0], [3, 5, 0, 0, 0, 0, 0, 0]],
        "timestamp": "2026-11-28 18:25:57.022815",
    }
}


def test_delegated_prefixes_are_pools_of_their_own() -> None:
    """A subnet that only delegates has no pool of addresses."""
    configuration = copy.deepcopy(CONFIGURATION)
    daemon = configuration["Dhcp6"] = configuration.pop("Dhcp4")
    classes = ("HA_server1", "HA_server2")
    daemon["subnet6"] = [
        {
            "id": 1,
            "subnet": "2001:db8:1::/48",
            "pd-pools": [
                {"prefix": f"2001:db8:{number}000::", "prefix-len": 49, "delegated-len": 56, "client-class": name}
                for number, name in enumerate(classes, 8)
            ],
        }
    ]
    known = Configuration(relationships(configuration), subnets(configuration, "dhcp6"))
    found = pair_facts("server1", STATUS, HEARTBEAT, STATISTICS6, known, "dhcp6", None)
    assert [(each.name, each.family, each.total, each.leased, each.undivided) for each in found.pools or ()] == [
        ("2001:db8:1::/48", "dhcp6-na", 10, 2, 7),
        ("2001:db8:1::/48 prefixes", "dhcp6-pd", 256, 7, 249),
        ("subnet 2 prefixes", "dhcp6-pd", 16, 0, 16),
        ("subnet 3", "dhcp6-na", 5, 0, 5),
    ]
    assert found.misfits == ()


def test_the_statistics_of_every_server_have_another_name_for_declined_addresses() -> None:
    every = {
        f"subnet[1].{name}": [[value, "2026-11-28 06:59:49.574438"]]
        for name, value in (("total-nas", 10), ("assigned-nas", 3), ("declined-addresses", 1), ("total-pds", 0))
    }
    found = result_set(every, "dhcp6")["result-set"]
    row = dict(zip(found["columns"], found["rows"][0], strict=True))
    assert (row["total-nas"], row["declined-nas"], row["assigned-pds"]) == (10, 1, None)
