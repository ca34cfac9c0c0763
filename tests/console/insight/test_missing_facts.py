"""Servers that report almost no facts: every judgement gives "cannot tell", and none a good result."""

import pytest

from console.insight.alarms.judging import POLLED, undecided
from console.insight.countdowns import cannot_tell, countdowns, next_event, race_margin
from console.insight.danger import banners
from console.insight.diagnosis.table import RULES, checks, diagnose
from console.insight.duplicates import Risk, dup_risk
from console.insight.fleet import fleet_row
from console.insight.forecast import cannot_forecast, forecasts
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.table import ACTIONS, judge, offered, refusals
from console.insight.joint import joint
from console.insight.lease_why import explained
from console.insight.numbers.table import NUMBERS, Number
from console.insight.partner_down_outlook import outlook_of, sentences
from console.insight.report_text import in_words
from console.insight.runbooks.listing import BOOKS
from console.insight.runbooks.progress import StepStatus, progress, scene_of
from console.insight.runbooks.steps import Runbook
from console.insight.situations import PROTECTED
from console.insight.summary import EXIT_STATUS, PLUGIN, plugin_line, status_json, summary
from console.insight.verdict import severity, verdict
from console.makes.pairwatch.leases import lease_facts
from console.model.action_names import ActionName
from console.model.fact_table import Missing, look_up
from console.model.picture import PairPicture, Picture, Severity
from console.model.profiles import Fact
from tests.console.insight.test_lease import lease
from tests.console.makes.mute import mute_store
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE

STORE = mute_store()


def mute() -> PairPicture:
    return STORE.pair(PAIR)


def test_the_verdict_is_cannot_tell() -> None:
    found = verdict(mute(), NOW, ZONE)
    assert found != PROTECTED
    assert found.startswith("Cannot tell whether clients are served: dhcp-a unknown, dhcp-b unknown")
    assert summary(mute(), NOW, ZONE) in in_words(mute(), NOW, ZONE)


def test_the_severity_and_the_exit_status_are_unknown() -> None:
    assert severity(mute(), NOW) is Severity.UNKNOWN
    assert EXIT_STATUS[PLUGIN[severity(mute(), NOW)]] == 3
    assert plugin_line([mute()], NOW, ZONE).startswith("UNKNOWN - example-pair: Cannot tell")
    assert "|" not in plugin_line([mute()], NOW, ZONE), "no number is invented"
    assert undecided(mute(), NOW) == "a mute make does not report state"


def test_status_json_has_null_where_nothing_is_reported() -> None:
    (document,) = status_json(Picture({PAIR: mute()}), NOW, ZONE)["pairs"]
    for server in document["servers"]:
        reported = {name for name, value in server.items() if value not in (None, [])}
        assert reported == {"name", "role", "make", "reachable", "service", "reported_at"}
        assert (server["make"], server["service"], server["reachable"]) == ("mute", "unknown", True)


def test_there_is_no_countdown_forecast_or_alarm() -> None:
    assert countdowns(mute(), NOW) == ()
    assert next_event(mute(), NOW) is None
    assert race_margin(mute(), NOW) is None
    assert cannot_tell(mute(), NOW) == "a mute make does not report state"
    assert forecasts(mute(), NOW) == ()
    assert cannot_forecast(mute(), NOW) == "a mute make does not report state"
    assert banners(mute(), NOW, ZONE) == ()
    assert mute().open_alarms == ()
    assert [fault for row in POLLED for fault in row.find(mute(), NOW)] == []


@pytest.mark.parametrize("fact", Fact)
def test_no_fact_is_known_and_every_fact_is_not_reported_by_this_make(fact: Fact) -> None:
    assert look_up(mute().servers[MAIN], fact) is Missing.NOT_REPORTED


def test_the_risk_of_duplicate_addresses_is_cannot_tell() -> None:
    assert dup_risk(joint(mute(), NOW, ZONE)).risk is Risk.UNKNOWN


@pytest.mark.parametrize("number", NUMBERS, ids=lambda each: each.id)
def test_every_number_is_unknown(number: Number) -> None:
    both = joint(mute(), NOW, ZONE)
    found = number.read(both, both.main)
    assert found.severity is Severity.UNKNOWN, found
    assert not any(letter.isdigit() for letter in found.words), found


def test_a_row_of_the_fleet_has_only_unknown_values() -> None:
    row = fleet_row(mute(), NOW, ZONE)
    assert row.severity is Severity.UNKNOWN
    assert (row.link, row.mismatch, row.unacked, row.event, row.exhaustion) == (None, None, None, None, None)
    assert not row.event_known
    assert not row.exhaustion_known


@pytest.mark.parametrize("action", ActionName)
@pytest.mark.parametrize("expert", [False, True])
def test_every_action_is_refused(action: ActionName, expert: bool) -> None:
    """Even with confirmation and reason, because this make has no capability; the guards of the action refuse too."""
    attempt = Attempt(
        mute(),
        MAIN,
        NOW,
        ZONE,
        date=NOW - 60,
        writable=True,
        expert=expert,
        vouched=True,
        reason="because",
        role="expert",
        action=action,
        choice=next(iter(ACTIONS[action].choices), ""),
        seconds=7200.0,
        address="192.0.2.7",
    )
    verdicts = judge(attempt)
    assert refusals(verdicts, attempt)
    own = [each for each in verdicts if each.guard != "make-can" and not each.passed]
    assert own, "a fact that it needs is missing"
    assert ACTIONS[action].seen(mute(), attempt) is None
    assert not any("0 free" in line for line in ACTIONS[action].consequences(attempt))
    assert offered(mute(), MAIN, NOW) == "dhcp-a is a mute make: the console cannot do this on that make"


def test_the_outlook_of_a_takeover_has_cannot_tell_for_missing_facts() -> None:
    found = outlook_of(mute().servers[MAIN], NOW - 60, NOW)
    assert found is not None
    assert (found.usable_at, found.gained, found.own_free) == (None, None, None)
    text = " ".join(sentences(found, ZONE))
    assert "Cannot tell when it may lease" in text
    assert "Cannot tell whether dhcp-b had contact" in text
    assert " 0 free" not in text


def test_diagnosis_finds_no_problem_and_lists_the_missing_checks() -> None:
    assert diagnose(mute(), NOW, ZONE) == ()
    ids = [rule.id for rule in RULES if rule.applies(joint(mute(), NOW, ZONE))]
    missing = dict(zip(ids, checks(mute(), NOW, ZONE), strict=True))
    checked = {id for id, (_, reason) in missing.items() if reason is None}
    assert checked == {"not-seen-here", "nobody-seen"}, "these need no fact but that a server answers"


@pytest.mark.parametrize("book", BOOKS, ids=lambda each: each.name)
def test_no_step_of_a_runbook_is_ticked_automatically(book: Runbook) -> None:
    scene = scene_of(book, mute(), NOW, ZONE)
    for step in book.steps:
        if step.check is not None and step.key not in ("start", "start-a", "answers"):
            assert step.check(scene) is not None, step.key
        if step.evidence is not None:
            assert " 0 " not in f" {step.evidence(scene)} "
    statuses = {each.status for each in progress(book, scene)}
    assert StepStatus.NEEDLESS not in statuses


def test_a_lease_is_not_explained_by_missing_facts() -> None:
    record = lease_facts(lease(binding_status="EXPIRED"))
    lines = list(explained(record, mute().servers[BACKUP].facts, NOW, ZONE))
    assert lines
    assert all("cannot tell" in line for line in lines)
