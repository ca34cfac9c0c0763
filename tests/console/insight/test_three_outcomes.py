"""A guard has three outcomes. Every guard, with each fact unknown: what the console cannot tell is never satisfied."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from console.commands.act import _mark
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.decision import Decided, decision, in_order
from console.insight.guarded.row import Held, Verdict
from console.insight.guarded.table import ACTIONS, judge, refusals
from console.insight.reasons import CannotTell
from console.insight.runbooks.listing import BOOKS
from console.insight.runbooks.progress import StepStatus, progress, scene_of
from console.insight.runbooks.steps import Runbook
from console.model.action_names import ActionName
from console.model.facts import PairFacts, PoolFacts
from console.model.phases import Phase
from console.model.picture import PairPicture, ServerPicture
from tests.console.insight import test_guards, test_guards_of_actions
from tests.console.scenes import BACKUP, MAIN, NOW, RACE, ZONE, pair


def attempt(action: ActionName) -> Attempt:
    """An attempt that every guard is satisfied with."""
    if action is ActionName.SET_PARTNER_DOWN:
        return test_guards.attempt(test_guards.DEAD_PAIR)
    return test_guards_of_actions.attempt(action)


def with_server(found: Attempt, name: str, server: ServerPicture) -> Attempt:
    return replace(found, pair=replace(found.pair, servers={**found.pair.servers, name: server}))


def with_facts(found: Attempt, name: str, **changes: Any) -> Attempt:
    server = found.pair.servers[name]
    assert server.facts is not None
    return with_server(found, name, replace(server, facts=replace(server.facts, **changes)))


def held(found: Attempt) -> dict[str, Verdict]:
    return {each.guard: each for each in judge(found)}


def no_answer(found: Attempt, name: str) -> Attempt:
    """The server was never polled."""
    server = found.pair.servers[name]
    return with_server(found, name, ServerPicture(server.name, server.role, server.make))


def unseen(found: Attempt, name: str) -> Attempt:
    server = found.pair.servers[name]
    return with_server(found, name, replace(server, failures=5, unseen_since=NOW - 60, error="timed out"))


def pools_without(**unknown: Any) -> Callable[[PairFacts], tuple[PoolFacts, ...]]:
    return lambda facts: tuple(replace(each, **unknown) for each in facts.pools or ())


@dataclass(frozen=True)
class Row:
    """A guard with one of its facts unknown."""

    action: ActionName
    guard: str
    attempt: Attempt

    def __str__(self) -> str:
        return f"{self.action}/{self.guard}"


def rows() -> list[Row]:
    found: list[Row] = []

    def add(action: ActionName, guard: str, *attempts: Attempt) -> None:
        found.extend(Row(action, guard, each) for each in attempts)

    for action in ActionName:
        good = attempt(action)
        me, other = good.server, good.partner.name
        nothing, unread = no_answer(good, me), with_facts(good, me, phase=Phase.UNKNOWN, word="HIBERNATING")
        add(action, "acting-fresh", nothing, replace(good, now=NOW + 60))
        for role in (None, "", "superuser"):
            add(action, "may-act", replace(good, role=role))
            add(action, "expert-role", replace(good, role=role, expert=True))
        for guard in ("not-recovering", "no-conflict", "alone", "not-at-once", "normal", "serves"):
            add(action, guard, nothing, unread)
        for guard in ("not-yet-down", "acting-state", "acting-alone", "leases-complete"):
            add(action, guard, nothing, unread)
        lost = with_facts(good, me, contact_lost_at=None)
        add(action, "date-not-early", nothing, lost)
        add(action, "early-on-purpose", nothing, lost)
        add(action, "no-contact", nothing, with_facts(good, me, contact=None))
        add(action, "normal", with_facts(good, me, contact=None))
        add(action, "partner-not-down", with_facts(no_answer(good, other), me, partner_phase=None))
        add(action, "partner-silent", no_answer(good, other))
        add(action, "partner-unreachable", no_answer(good, other))
        add(action, "partner-serves", no_answer(good, other), unseen(good, other))
        add(action, "partner-normal", no_answer(good, other), unseen(good, other))
        add(action, "partner-has-addresses", no_answer(good, other), unseen(good, other))
        if good.partner.facts is not None:
            lost_word = {"phase": Phase.UNKNOWN, "word": "HIBERNATING"}
            add(action, "partner-serves", with_facts(good, other, **lost_word), with_facts(good, other, serves=None))
            add(action, "partner-normal", with_facts(good, other, **lost_word))
            for pools in (None, (), pools_without(available=None)(good.partner.facts)):
                add(action, "partner-has-addresses", with_facts(good, other, pools=pools))
        facts = good.facts
        assert facts is not None
        for pools in (None, (), pools_without(unavailable=None, other_available=None)(facts)):
            add(action, "some-unavailable", with_facts(good, me, pools=pools))
            add(action, "leases-dhcpv6", with_facts(good, me, pools=None if pools is None else ()))
            add(action, "something-to-move", with_facts(good, me, pools=pools))
        add(action, "is-main", nothing, with_facts(good, me, role=""))
        add(action, "serves", with_facts(good, me, serves=None))
        for guard in ("changes", "is-used", "longer"):
            add(action, guard, nothing, with_facts(good, me, takeover=None))
        on = replace(good, choice="on") if good.choice == "off" else good
        add(action, "not-at-once", no_answer(on, me), with_facts(on, me, contact_lost_at=None))
        begun = ("ready-to-take-over", "has-taken-over", "can-go-on", "not-terminated", "not-together", "state-known")
        for guard in begun:
            add(action, guard, nothing, unread)
        add(action, "paused", replace(good, expert=False))
        add(action, "answers", nothing, replace(good, now=NOW + 60))
        for role in (None, "", "superuser"):
            add(action, "expert-user", replace(good, role=role))
        add(action, "failover-changes", nothing)
        add(action, "role-changes", nothing, with_facts(good, me, role=""))
        add(action, "partner-serves-none", no_answer(good, other), unseen(good, other))
        add(action, "in-contact", nothing, with_facts(good, me, contact=None))
        add(action, "partner-seen", no_answer(good, other), unseen(good, other))
        add(action, "partner-serves-all", no_answer(good, other), with_facts(good, other, phase=Phase.UNKNOWN))
        for guard, choice in (("partner-has-no-clients", "both"), ("partner-has-scope", "none")):
            chosen = replace(good, choice=choice)
            add(action, guard, no_answer(chosen, other), unseen(chosen, other), with_facts(chosen, other, serves=None))
        add(action, "address-verified-idle", replace(good, vouched=False))
        add(action, "partner-verified-off", replace(good, vouched=False))
    return [each for each in found if each.guard in {guard.name for guard in ACTIONS[each.action].guards}]


ROWS = [
    each
    # A safe period that is switched off cannot end at once: nothing about the server matters.
    for each in rows()
    if not (each.guard == "not-at-once" and each.attempt.choice == "off")
]
TYPED_OR_OWN = {
    "writable",
    "date-given",
    "date-not-future",
    "length-given",
    "address-given",
    "lease-given",
    "absence-chosen",
    "scopes-chosen",
    "time-given",
    "expert-mode",
}
"""Guards that depend on what the operator types and on the configuration of this console: nothing about them is
unknown."""
KNOWN_FROM_HERE = {"partner-asked", "other-reached"}
"""Guards about this console's own polls."""


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_guard_that_cannot_tell_is_not_satisfied_and_refuses(row: Row) -> None:
    """R-136, R-148: it blocks, or waits for a person's word where that replaces it."""
    mine = held(row.attempt)[row.guard]
    assert mine.held is Held.CANNOT_TELL, mine
    assert not mine.passed
    assert mine.reason
    without_word = replace(row.attempt, vouched=False, reason="")
    assert _mark(mine).strip() in ("??", "ask")
    decided = decision(judge(row.attempt))
    if mine.blocks:
        assert decided.decided is Decided.BLOCKED
        assert mine.reason in refusals(judge(row.attempt), row.attempt)
    elif not mine.by_word:
        assert any(mine.reason in each for each in refusals(judge(without_word), without_word))


def test_every_guard_that_needs_a_fact_has_a_row_with_that_fact_unknown() -> None:
    every = {(action, guard.name) for action in ActionName for guard in ACTIONS[action].guards}
    exempt = {(action, name) for action, name in every if name in TYPED_OR_OWN | KNOWN_FROM_HERE}
    assert {(each.action, each.guard) for each in ROWS} == every - exempt


@pytest.mark.parametrize("action", ActionName)
@pytest.mark.parametrize("server", ["acting", "partner"])
def test_no_unknown_fact_satisfies_a_guard_that_refuses_it_known(action: ActionName, server: str) -> None:
    """Each optional fact removed alone: no guard that was refused or untold becomes satisfied by it."""
    good = attempt(action)
    bad = [with_facts(good, good.server, phase=phase) for phase in Phase]
    name = good.server if server == "acting" else good.partner.name
    for each in fields(PairFacts):
        if "None" not in str(each.type):
            continue
        for before in (good, *bad):
            if before.pair.servers[name].facts is None:
                continue
            after = held(with_facts(before, name, **{each.name: None}))
            for guard, verdict in held(before).items():
                if not verdict.passed and guard in after:
                    assert not after[guard].passed, (each.name, guard)


def test_the_first_line_of_a_blocked_action_is_what_blocks_it() -> None:
    found = unseen(attempt(ActionName.STOP), BACKUP)
    verdicts = judge(found)
    assert decision(verdicts).line.startswith("BLOCKED: cannot see dhcp-b: perhaps no server would serve clients")
    ordered = in_order(verdicts)
    assert [each.passed for each in ordered] == sorted(each.passed for each in ordered)
    assert ordered[0].blocks


def test_a_refusal_comes_before_what_cannot_be_told() -> None:
    found = replace(no_answer(attempt(ActionName.STOP), BACKUP), writable=False)
    assert decision(judge(found)).line.startswith("BLOCKED: example-pair is read-only here")


def test_what_is_still_to_be_typed_does_not_count_as_blocked_while_typing() -> None:
    found = replace(attempt(ActionName.EXTEND_SAFE_PERIOD), seconds=None)
    assert decision(judge(found), typing=True).decided is Decided.INCOMPLETE
    assert decision(judge(found)).decided is Decided.BLOCKED


def test_expert_mode_has_no_tick_for_what_it_lifts() -> None:
    """A recovering server does not get the tick of one that does not recover."""
    recovering = replace(
        with_facts(attempt(ActionName.RELOAD), MAIN, phase=Phase.RETURNING, word="RECOVER"), expert=True
    )
    assert "not-recovering" not in held(recovering)


def without(scene_pair: PairPicture, name: str) -> PairPicture:
    server = scene_pair.servers[name]
    blank: dict[str, Any] = {each.name: None for each in fields(PairFacts) if "None" in str(each.type)}
    assert server.facts is not None
    facts = replace(server.facts, phase=Phase.UNKNOWN, word="?", role="", **blank)
    return replace(scene_pair, servers={**scene_pair.servers, name: replace(server, facts=facts)})


@pytest.mark.parametrize("book", BOOKS, ids=lambda each: each.name)
def test_no_step_of_a_runbook_is_ticked_for_a_server_that_is_not_seen(book: Runbook) -> None:
    """Its check cannot tell: a server that is not seen may run."""
    dark = pair(*test_guards.DEAD_PAIR)
    for each in (MAIN, BACKUP):
        server = dark.servers[each]
        gone = replace(server, failures=5, unseen_since=NOW - 60, error="timed out")
        dark = replace(dark, servers={**dark.servers, each: gone})
    scene = scene_of(book, dark, NOW, ZONE)
    for step in book.steps:
        if step.check is not None:
            assert step.check(scene) is not None, step.key
    assert StepStatus.NEEDLESS not in {each.status for each in progress(book, scene)}


@pytest.mark.parametrize("book", BOOKS, ids=lambda each: each.name)
def test_no_step_of_a_runbook_is_ticked_by_unknown_facts(book: Runbook) -> None:
    blank = without(without(pair(*RACE), MAIN), BACKUP)
    scene = scene_of(book, blank, NOW, ZONE)
    for step in book.steps:
        if step.check is not None and step.key not in ("start", "start-a", "answers"):
            assert step.check(scene) is not None, step.key


def test_a_stop_that_the_partner_reports_is_evidence() -> None:
    """A server that is not seen has stopped if its partner received PAUSED or SHUTDOWN from it."""
    stop = next(step for book in BOOKS for step in book.steps if step.key == "not-running")
    book = next(book for book in BOOKS if stop in book.steps)
    dead = pair(*test_guards.DEAD_PAIR)
    backup = dead.servers[BACKUP]
    assert backup.facts is not None
    assert stop.check is not None
    assert isinstance(stop.check(scene_of(book, dead, NOW, ZONE)), CannotTell)
    told = replace(backup, facts=replace(backup.facts, partner_phase=Phase.PAUSED))
    assert stop.check(scene_of(book, replace(dead, servers={**dead.servers, BACKUP: told}), NOW, ZONE)) is None
