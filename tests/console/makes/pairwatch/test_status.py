"""A status document as facts: what is missing is missing, and what does not fit is missing too."""

from typing import Any

import pytest

from console.errors import NoSuchPair, Unreadable
from console.makes.pairwatch.profile import PAIRWATCH
from console.makes.pairwatch.status import Translator, status_facts
from console.makes.pairwatch.words import cause_of, refusal_of
from console.model.fact_table import READERS, Known, Missing, lacking, look_up
from console.model.facts import LinkRefusal, PairFacts
from console.model.observations import PollAnswer
from console.model.phases import PHASES_BY_TERM, Cause, Phase, Service
from console.model.picture import ServerPicture
from console.model.profiles import Fact, MakeProfile
from console.sources.polling import poll_server
from dhcpserver.contract.pair import PairStatus
from dhcpserver.contract.words import LinkFailureCause, StateCause
from tests.console.scenes import MAIN, NOW, PAIR, pool, status, text
from tests.console.scripted import ScriptedSource

ALONE = "COMMUNICATIONS-INTERRUPTED"


def server_with(facts: PairFacts | None, make: MakeProfile = PAIRWATCH) -> ServerPicture:
    return ServerPicture(MAIN, "main", make, facts, None if facts is None else NOW)


def test_a_whole_document_makes_every_fact_known() -> None:
    told = status(
        transitions=[{"at": text(NOW), "from": "STARTUP", "to": "NORMAL", "reason": None, "partner_state": None}],
        traffic={"since": text(NOW - 9), "requests": 1, "no_address": 0, "relays": []},
    )
    server = server_with(status_facts(told, PAIR))
    assert {fact: look_up(server, fact) for fact in Fact if not isinstance(look_up(server, fact), Known)} == {}
    assert set(READERS) == set(Fact)


@pytest.mark.parametrize("name", sorted(PairStatus.model_fields))
def test_a_field_that_is_missing_makes_its_fact_unknown(name: str) -> None:
    told = status()
    told["pairs"][0].pop(name, None)
    if name == "name":
        with pytest.raises(NoSuchPair, match="does not have the pair"):
            status_facts(told, PAIR)
        return
    required = PairStatus.model_fields[name].is_required()
    misfits = status_facts(told, PAIR).misfits
    assert any(name in each for each in misfits) if required and name != "pools" else name == "pools" or misfits == ()


@pytest.mark.parametrize("name", sorted(PairStatus.model_fields))
@pytest.mark.parametrize(
    "value",
    [[7, {}], {"at": -1}, -3, "?", 10**400, True, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", float("inf")],
    ids=["list", "object", "negative", "text", "huge", "switch", "year 1", "year 9999", "infinite"],
)
def test_a_field_that_does_not_fit_is_said_and_never_becomes_another_value(name: str, value: Any) -> None:
    """The fact is missing; a text may be a word that is not known."""
    told = status(state=ALONE)
    sent = told["pairs"][0].get(name, True)
    told["pairs"][0][name] = value
    if name == "name":
        with pytest.raises(NoSuchPair):
            status_facts(told, PAIR)
        return
    facts = status_facts(told, PAIR)
    texts = ("server_name", "partner_name", "state_reason", "state_cause", "previous_state")
    fits = (isinstance(value, str) and name in texts) or (value is True and isinstance(sent, bool) and name != "limits")
    fits = fits or (name == "time_skew" and value == -3)
    assert fits or any(name in each or each.startswith("a pool is") for each in facts.misfits), facts.misfits


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z", None, 10**400, "now", {}])
async def test_an_answer_without_a_readable_clock_has_the_time_of_the_console(at: Any) -> None:
    source = ScriptedSource({**status(), "at": at})
    seen = await poll_server(source, PAIR, MAIN, lambda: NOW)
    assert isinstance(seen, PollAnswer)
    assert seen.facts.at == NOW
    assert any(each.startswith("at is ") for each in seen.facts.misfits)


@pytest.mark.parametrize(
    ("pools", "words"),
    [
        ([], "no pool has an address"),
        ([pool("a", 0, 0, 0), pool("b", 0, 0, 0)], "no pool has an address"),
        ({}, "pools is {}: not a list"),
        ([pool("a", 300, 0, 250)], "pool a has 250 addresses and counts 300"),
        ([pool("a"), pool("a", 1)], "two pools have the name 'a'"),
        ([pool("a"), 7], "a pool is 7: not a JSON object"),
        ([pool("a", total=10**400)], "pool a total is 1000"),
    ],
)
def test_counts_that_cannot_be_true_make_the_pools_unknown(pools: Any, words: str) -> None:
    facts = status_facts(status(pools=pools), PAIR)
    assert any(each.startswith(words) for each in facts.misfits), facts.misfits


def test_a_field_of_a_pool_that_does_not_fit_is_missing_in_that_pool_alone() -> None:
    told = status(pools=[pool("a", new_clients_15m=-1, leads={"sampled": "many"}), pool("b")])
    first, second = status_facts(told, PAIR).pools or ()
    assert (first.new_clients_15m, first.leads, first.available) == (None, None, 75)
    assert second.new_clients_15m == 0
    server = server_with(status_facts(status(pools=[{**pool("a"), "new_clients_15m": None}]), PAIR))
    assert lacking(server, Fact.FREE, Fact.ARRIVALS) == "dhcp-a has not reported new clients"


def test_a_pool_without_a_count_has_that_count_unknown() -> None:
    broken = pool("a")
    del broken["available"]
    facts = status_facts(status(pools=[broken]), PAIR)
    assert facts.misfits == ("pool a available is missing",)
    assert lacking(server_with(facts), Fact.FREE) == "dhcp-a has not reported free addresses"


@pytest.mark.parametrize("document", [{}, {"at": text(NOW)}, {"server": {}, "pairs": 7}, {"server": {}, "pairs": []}])
def test_a_document_without_server_or_pair_fails_the_poll(document: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        status_facts(document, PAIR)


def test_null_is_that_there_is_none_and_a_field_that_was_not_sent_is_not_known() -> None:
    told = status()
    facts = status_facts(told, PAIR)
    assert (facts.resyncs, facts.recover_requested, facts.config_mismatch) == ((), False, ())
    del told["pairs"][0]["resync"], told["pairs"][0]["config_mismatch"], told["server"]["failover_recover"]
    facts = status_facts(told, PAIR)
    assert (facts.resyncs, facts.recover_requested, facts.config_mismatch) == (None, None, None)


def test_a_word_that_is_not_known_is_shown_and_has_no_meaning() -> None:
    facts = status_facts(status(state="A-NEW-STATE", communications="perhaps"), PAIR)
    assert (facts.phase, facts.word, facts.contact, facts.service) == (
        Phase.UNKNOWN,
        "A-NEW-STATE",
        None,
        Service.UNKNOWN,
    )


@pytest.mark.parametrize("word", PHASES_BY_TERM)
def test_every_state_has_a_phase_whose_term_it_is(word: str) -> None:
    assert status_facts(status(state=word), PAIR).phase.term == word


@pytest.mark.parametrize(
    ("state", "serving", "service"),
    [
        ("NORMAL", True, Service.SERVES),
        (ALONE, True, Service.SERVES_ALONE),
        ("PARTNER-DOWN", True, Service.SERVES_ALONE),
        ("RECOVER", True, Service.SILENT),
        ("NORMAL", False, Service.SILENT),
    ],
)
def test_the_service_follows_from_the_state_and_from_the_process(state: str, serving: bool, service: Service) -> None:
    assert status_facts(status(state=state, serving=serving), PAIR).service is service


def test_thresholds_and_limits_travel_with_the_document() -> None:
    told = status(pools=[pool("a", thresholds={"low": 50, "high": 60, "over": "network", "value": "192.0.2.0"})])
    told["pairs"][0]["limits"] = {"clock_skew": 60}
    facts = status_facts(told, PAIR)
    (first,) = facts.pools or ()
    assert first.thresholds is not None
    assert (first.thresholds.low, first.thresholds.over, first.thresholds.value) == (50, "network", "192.0.2.0")
    assert facts.skew_limit == 60


def test_a_pool_that_did_not_change_is_not_translated_again() -> None:
    translator, told = Translator(), status()
    first = translator.facts(told, PAIR)
    changed = {**told, "pairs": [{**told["pairs"][0], "pools": [told["pairs"][0]["pools"][0], pool("wifi", 1)]}]}
    second = translator.facts(changed, PAIR)
    assert first.pools is not None
    assert second.pools is not None
    assert second.pools[0] is first.pools[0]
    assert second.pools[1].available == 1


def test_every_cause_that_the_server_has_is_a_cause_here() -> None:
    assert {each for each in StateCause if cause_of(each) is Cause.UNKNOWN} == set()
    assert (cause_of("safe-period"), cause_of("operator")) == (Cause.TIMER, Cause.OPERATOR)
    assert (cause_of(None), cause_of("of the future")) == (Cause.UNKNOWN, Cause.UNKNOWN)


def test_why_a_link_is_refused_is_a_typed_cause() -> None:
    found = {each: refusal_of(each) for each in LinkFailureCause}
    assert [each for each, refusal in found.items() if refusal is LinkRefusal.CLOCKS] == [LinkFailureCause.SKEW]
    assert refusal_of(None) is LinkRefusal.OTHER


def test_the_words_of_a_reason_decide_nothing() -> None:
    """A reason that mentions the safe period, with the cause that an operator did it."""
    told = status(state="PARTNER-DOWN", state_reason="safe period expired, said jo", state_cause="operator")
    assert status_facts(told, PAIR).cause is Cause.OPERATOR
    del told["pairs"][0]["state_cause"]
    assert status_facts(told, PAIR).cause is Cause.UNKNOWN


def test_known_unknown_and_not_reported_are_told_apart() -> None:
    facts = status_facts(status(), PAIR)
    known = look_up(server_with(facts), Fact.MCLT)
    assert known == Known(3600, NOW, MAIN)
    assert look_up(server_with(None), Fact.MCLT) is Missing.UNKNOWN
    quiet = MakeProfile("quiet", "a quiet make", polled=True, facts=frozenset({Fact.STATE}), can=frozenset())
    assert look_up(server_with(None, quiet), Fact.MCLT) is Missing.NOT_REPORTED
    assert lacking(server_with(None, quiet), Fact.MCLT) == "a quiet make does not report MCLT"
