"""Cisco Network Registrar: the REST resources, and pairs that are known by traps and logs only."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import NoSuchPair, Refused, Unreadable
from console.insight.verdict import severity, verdict
from console.makes.cisco.profile import CISCO
from console.makes.cisco.settings import CiscoKeys, CiscoServer
from console.makes.cisco.status import pair_facts
from console.makes.cisco.values import length, moment
from console.makes.opening import open_source
from console.model.facts import PairFacts
from console.model.leases import Binding, LeaseQuery
from console.model.phases import Phase
from console.model.picture import Picture, Severity
from console.model.profiles import unpolled
from console.settings.document import load
from console.settings.setup import empty_picture
from console.sources.polling import poll_server
from console.state.store import PictureStore, empty_pair
from console.tui.app import PairwatchApp
from console.tui.session import Session
from tests.console.makes.cisco.rest import COUNTS, PAIR, RELATED, Rest
from tests.console.scenes import BACKUP, MAIN, NOW, ZONE, trap
from tests.console.tui.screens.stage import shown


def facts(related: dict[str, Any] | None = RELATED, pair: dict[str, Any] | None = PAIR) -> PairFacts:
    return pair_facts("dhcp-a", "campus", pair, related, {"floor-1": COUNTS}, CiscoKeys())


def test_what_a_server_reports() -> None:
    found = facts()
    assert (found.phase, found.word, found.since, found.contact) == (Phase.NORMAL, "NORMAL", 1784084000.0, True)
    assert (found.partner_phase, found.mclt, found.load_balancing, found.backup_pct) == (Phase.NORMAL, 3600, False, 50)
    assert found.takeover is not None
    assert (found.takeover.automatic, found.takeover.length) == (True, 14400.0)
    (pool,) = found.pools or ()
    assert (pool.total, pool.available, pool.other_available, pool.leased) == (250, 75, 75, 100)
    assert found.misfits == ()


@pytest.mark.parametrize(
    ("written", "phase"),
    [
        ("COMMUNICATIONS-INTERRUPTED", Phase.ALONE),
        ("communications interrupted", Phase.ALONE),
        ("communicationsInterrupted", Phase.ALONE),
        ("partner_down", Phase.TAKEN_OVER),
        ("recover-done", Phase.RETURNED),
    ],
)
def test_a_state_is_read_in_every_spelling(written: str, phase: Phase) -> None:
    assert facts({**RELATED, "failoverState": written}).phase is phase


@pytest.mark.parametrize("related", [None, {}, {"other": "form"}])
def test_without_a_related_server_the_state_is_not_reported(related: dict[str, Any] | None) -> None:
    """Its form is not public: nothing takes its place, and nothing is called a misfit."""
    found = facts(related)
    assert (found.phase, found.contact, found.partner_phase, found.misfits) == (Phase.UNKNOWN, None, None, ())
    assert found.mclt == 3600.0


def test_a_state_without_a_meaning_is_reported_as_such() -> None:
    found = facts({**RELATED, "failoverState": "14"})
    assert (found.phase, found.misfits) == (Phase.UNKNOWN, ("failoverState is '14': a state without a meaning here",))


async def test_the_keys_and_paths_of_what_is_not_public_are_settings() -> None:
    rest = Rest()
    rest.related = None
    rest.counts = {"state": "NORMAL", "all": "9", "totalAddresses": "x"}
    source = rest.source(related_path="stats/CurrentUtilization/x", keys={"state": "state", "total": "all"})
    found = (await source.poll()).facts
    assert found.phase is Phase.NORMAL
    assert [each.total for each in found.pools or ()] == [9, 9, 9]


async def test_lists_are_read_page_by_page_and_a_link_to_another_host_is_not_followed() -> None:
    """The password is sent to the configured server only."""
    rest = Rest()
    rest.next_host = "http://elsewhere"
    found = (await rest.source().poll()).facts
    assert [each.name for each in found.pools or ()] == ["floor-1", "floor-2", "floor-3"]
    assert "/web-services/rest/resource/Scope?start=2" in rest.sent
    assert rest.hosts == {"a"}


async def test_the_counts_of_many_scopes_are_read_in_turn() -> None:
    rest = Rest()
    rest.scopes = [f"s{number}" for number in range(25)]
    source = rest.source()
    known = []
    for _ in range(3):
        rest.sent.clear()
        found = (await source.poll()).facts
        known.append(sum(each.total is not None for each in found.pools or ()))
        assert sum("CurrentUtilization" in path for path in rest.sent) == 10
    assert known == [10, 20, 25]


async def test_leases_configuration_and_identity() -> None:
    source = Rest().source()
    (lease,) = await source.leases(LeaseQuery("192.0.2.20", by_address=True))
    assert (lease.status, lease.hardware, lease.scope) == (Binding.ACTIVE, "02:00:00:00:00:07", "floor-2")
    assert await source.leases(LeaseQuery("192.0.2.99", by_address=True)) == []
    with pytest.raises(Refused, match="by its address only"):
        await source.leases(LeaseQuery("02:00:00:00:00:07", by_address=False))
    assert next((each.kind, each.name, each.attributes) for each in await source.config()) == (
        "Scope", "floor-1", {"name": "floor-1", "subnet": "192.0.2.0/24"},
    )  # fmt: skip
    identity = await source.identify()
    assert (identity.name, identity.pairs) == ("CPNR 11.1", {"campus": ""})


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"status": 401}, Refused, "the user or the password is wrong"),
        ({"status": 500}, Refused, "HTTP status 500"),
        ({"pair": None}, NoSuchPair, "no failover pair 'campus'"),
        ({"pair": {**PAIR, "name": "other"}}, NoSuchPair, "set failover_pair"),
    ],
)
async def test_every_other_answer_is_an_error_with_its_reason(
    changes: dict[str, Any], error: type[Exception], words: str
) -> None:
    rest = Rest()
    for name, value in changes.items():
        setattr(rest, name, value)
    with pytest.raises(error, match=words):
        await rest.source().poll()


async def test_a_list_without_an_end_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.makes.cisco.client.MOST_PAGES", 1)
    with pytest.raises(Unreadable, match="does not end"):
        await Rest().source().poll()


@pytest.mark.parametrize(("written", "seconds"), [("60m", 3600), ("3600", 3600), ("1d12h", 129600), ("soon", None)])
def test_lengths_of_time(written: str, seconds: float | None) -> None:
    assert length({"x": written}, "x") == seconds


@given(
    st.dictionaries(st.sampled_from([*RELATED, *PAIR, *COUNTS]), st.none() | st.text() | st.integers() | st.booleans())
)
def test_any_values_are_facts(values: dict[str, Any]) -> None:
    facts(values, {"name": "campus", **values})
    moment(values, "failoverStateStartTime")


UNPOLLED = """
[[pair]]
name = "campus"
make = "cisco"
[[pair.server]]
name = "dhcp-a"
role = "main"
trap_sources = ["192.0.2.11"]
[[pair.server]]
name = "dhcp-b"
role = "backup"
trap_sources = ["192.0.2.12"]
[traps]
listen = "127.0.0.1:0"
"""


async def test_a_pair_without_a_poll_source_is_legitimate(tmp_path: Path) -> None:
    """In the configuration, in the verdict, and on the screens: traps raise alarms, and no state is shown."""
    (tmp_path / "pairwatch.toml").write_text(UNPOLLED)
    settings = load(tmp_path / "pairwatch.toml").pair
    store = PictureStore(empty_picture(settings), lambda: NOW, ZONE)
    assert [each.make for each in store.pair("campus").servers.values()] == [unpolled(CISCO)] * 2
    for server in settings[0].server:
        source = open_source(server, "campus")
        answer = await poll_server(source, "campus", server.name, store.clock)
        assert "known from its traps and its log only" in getattr(answer, "error", "")
    seen = trap("other-server-not-responding", "dhcp-b", NOW - 5, related_server_type="failover-partner")
    store.observe(replace(seen, pair="campus"))
    store.tick()
    pair = store.pair("campus")
    assert verdict(pair, NOW, ZONE).startswith("other-server-not-responding: ")
    assert verdict(pair, NOW, ZONE).endswith("Data from traps and logs only: cannot tell whether clients are served.")
    assert severity(pair, NOW) is Severity.CRITICAL
    session = Session(store, {}, {"campus": False}, operator="jo")
    async with PairwatchApp(session, "campus", None).run_test(size=(80, 24)) as pilot:
        text = shown(pilot)
        print(text)
    assert text.count("known by traps and logs only") == 2
    assert "waiting for its first answer" not in text
    assert "cannot see" not in text


def test_a_server_with_an_api_needs_its_user() -> None:
    with pytest.raises(ValueError, match="api needs user and password_file"):
        CiscoServer.model_validate({"name": "a", "role": "main", "api": "https://a:8443"})


async def test_a_pair_with_states_is_judged_as_every_other() -> None:
    main, backup = Rest(), Rest()
    backup.related = {**RELATED, "failoverState": "COMMUNICATIONS-INTERRUPTED", "communications": "interrupted"}
    servers = [(MAIN, "main", CISCO), (BACKUP, "backup", CISCO)]
    store = PictureStore(Picture({"campus": empty_pair("campus", "", servers)}), lambda: NOW, ZONE)
    for name, rest in ((MAIN, main), (BACKUP, backup)):
        store.observe(await poll_server(rest.source(name=name), "campus", name, store.clock))
    sentence = verdict(store.pair("campus"), NOW, ZONE)
    assert sentence.startswith("dhcp-b lost contact with dhcp-a ")
    assert sentence.endswith(" and cannot tell whether dhcp-b serves; dhcp-a is NORMAL.")
