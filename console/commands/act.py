"""`pairwatch act`: the guarded actions from the shell, with the same guards as on the screen."""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import click

from console.actions.audit import AuditLog
from console.actions.execute import ActionRunner
from console.actions.operator import Operator, this_operator
from console.actions.request import Assessment, OperatorRequest, shell
from console.errors import GuardRefusal, JournalError
from console.insight.dates import DateError, parse_date
from console.insight.durations import LengthError, parse_length
from console.insight.freshness import is_seen, last_phase
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.decision import decision, in_order
from console.insight.guarded.row import Held, Verdict
from console.insight.guarded.table import ACTIONS, wants_word
from console.model.action_names import ActionName
from console.model.observations import ActionOutcome, Observation, OperatorAction
from console.model.phases import INTERRUPTED, Phase
from console.model.times import rfc3339
from console.settings.clients import clients
from console.settings.document import PairSettings, Settings
from console.settings.setup import new_store, settings_at
from console.state.store import PictureStore


@dataclass(frozen=True, slots=True)
class ActOptions:
    """The options of `act`, as typed. `choices` are the values of the options that belong to one action."""

    action: ActionName
    pair: str
    server: str | None
    date: str | None
    expert: bool
    dry_run: bool
    yes: bool
    reason: str
    write: bool | None
    as_json: bool
    choices: Mapping[str, str | None] = field(default_factory=dict)
    length: str | None = None
    address: str | None = None


def run(config: Path | None, options: ActOptions) -> int:
    """Run the action. Raises GuardRefusal (exit status 4) with the reasons if a guard refuses it."""
    settings = settings_at(config)
    pair = settings.named(options.pair)
    operator = this_operator(settings.console.operator)
    observations: list[Observation] = []
    try:
        return asyncio.run(_run(pair, AuditLog(settings.audit_log), operator, options, observations.append))
    finally:
        _record_in_journal(
            settings, [each for each in observations if isinstance(each, OperatorAction | ActionOutcome)]
        )


def _record_in_journal(settings: Settings, done: list[Observation]) -> None:
    """Record the action for the consoles that share the journal. The audit log has it already."""
    if not done:
        return
    from console.journal.store import Journal

    try:
        journal = Journal.open(settings.journal_url)
        journal.append(done)
        journal.close()
    except JournalError as error:
        click.echo(f"pairwatch: {error}; other consoles cannot show this action", err=True)


async def _run(
    pair: PairSettings,
    audit: AuditLog,
    operator: Operator,
    options: ActOptions,
    keep: Callable[[Observation], None],
) -> int:
    store = new_store((pair,), keep)
    servers = clients(pair)
    writable = pair.write if options.write is None else options.write
    runner = ActionRunner(store, pair.name, servers, audit, operator, writable=writable)
    try:
        requests = await _requests(store, pair, runner, options)
        assessments = [await runner.look(request) for request in requests]
        for assessment, request in zip(assessments, requests, strict=True):
            _print(assessment, request, options.as_json)
        if options.dry_run:
            return _finish_dry_run(assessments)
        if not options.yes:
            requests = _confirm(requests, assessments, pair.name)
        return await _carry_out(runner, requests, options.as_json)
    finally:
        await asyncio.gather(*(client.close() for client in servers.values()))


async def _carry_out(runner: ActionRunner, requests: Sequence[OperatorRequest], as_json: bool) -> int:
    """Run the action on each server. If one server refuses it, the other one still runs it."""
    failed, refused = 0, list[str]()
    for request in requests:
        try:
            outcome = await runner.carry_out(request)
        except GuardRefusal as refusal:
            refused += refusal.lines if len(requests) == 1 else [f"{request.server}: {line}" for line in refusal.lines]
            continue
        click.echo(json.dumps(asdict(outcome)) if as_json else outcome.text)
        failed += not outcome.succeeded
    if ACTIONS[requests[0].action].both:
        # One server alone does half the work: the safe period of the other one continues.
        for ahead in runner.left_to_do(requests[0]):
            click.echo(ahead, err=True)
    if refused:
        raise GuardRefusal(*refused)
    return 1 if failed else 0


async def _requests(
    store: PictureStore, pair: PairSettings, runner: ActionRunner, options: ActOptions
) -> list[OperatorRequest]:
    """The requests for one server or for both, after a first poll."""
    kind = ACTIONS[options.action]
    names = [server.name for server in pair.server]
    if options.server is not None and options.server not in names:
        raise click.UsageError(f"{pair.name} has no server {options.server!r}: --on takes {' or '.join(names)}")
    request = OperatorRequest(
        options.server or names[0],
        expert=options.expert,
        vouched=options.yes,
        reason=options.reason,
        action=options.action,
        choice=_choice(options),
        seconds=_length(options),
        address=options.address or "",
    )
    await runner.look(request)
    if options.server is not None:
        chosen = [options.server]
    elif kind.both:
        chosen = names
    else:
        chosen = [_only_server(store, pair, options.action)]
    requests = [replace(request, server=name) for name in chosen]
    if options.action == ActionName.SET_PARTNER_DOWN:
        requests = [replace(each, date=_date(options.date, runner.judged(each).attempt)) for each in requests]
    return requests


def _choice(options: ActOptions) -> str:
    kind = ACTIONS[options.action]
    if not kind.choices:
        return ""
    said = options.choices.get(kind.option)
    if said is None:
        raise click.UsageError(f"{kind.name} needs --{kind.option} {' or '.join(kind.choices)}")
    return said


def _length(options: ActOptions) -> float | None:
    if ACTIONS[options.action].field != "seconds":
        return None
    try:
        return parse_length(options.length or "")
    except LengthError as error:
        raise click.UsageError(f"--for: {error}") from error


def _only_server(store: PictureStore, pair: PairSettings, action: ActionName) -> str:
    """The server to run the action on, if only one is possible."""
    servers = store.pair(pair.name).servers.values()
    now = store.clock()
    seen = [server for server in servers if is_seen(server, now)]
    rules = {
        ActionName.SET_PARTNER_DOWN: [server.name for server in seen if last_phase(server) in INTERRUPTED],
        ActionName.REBALANCE: [server.name for server in servers if server.role == "main"],
        ActionName.FORCE_AVAILABLE: [server.name for server in seen],
        ActionName.CANCEL_MAINTENANCE: [each.name for each in seen if last_phase(each) is Phase.TAKEN_OVER],
    }
    found = rules.get(action, [])
    if action == ActionName.FORCE_AVAILABLE:
        # Either server updates its partner. If one is alone, only that one can run the action.
        found = found[:1]
    if len(found) != 1:
        names = " or ".join(server.name for server in pair.server)
        words = {
            ActionName.SET_PARTNER_DOWN: "which server is to treat its partner as down?",
        }.get(action, "which server is to run the action?")
        raise click.UsageError(f"{words} Name it with --on {names}")
    return found[0]


def _date(text: str | None, attempt: Attempt) -> float | None:
    """The typed date; without one, the start of the interruption, else now (R-151). None on a make that takes none."""
    if not attempt.takes_date:
        if text is not None:
            raise click.UsageError(f"--date: {attempt.acting.make.title} takes no date, it counts from now")
        return None
    if text is None:
        return attempt.now if attempt.earliest is None else attempt.earliest
    try:
        return parse_date(text, attempt.now, attempt.zone, attempt.earliest)
    except DateError as error:
        raise click.UsageError(f"--date: {error}") from error


def _confirm(
    requests: Sequence[OperatorRequest], assessments: Sequence[Assessment], pair: str
) -> list[OperatorRequest]:
    """The requests after the operator has typed the confirmation at a terminal."""
    blocking = [_blocking_reasons(assessment) for assessment in assessments]
    if all(blocking):
        raise GuardRefusal(*dict.fromkeys(reason for each in blocking for reason in each))
    attempt = assessments[0].attempt
    what = _needs_verification(attempt)
    if not sys.stdin.isatty():
        raise GuardRefusal(f"no one has confirmed {what}, then confirm with --yes")
    click.echo(f"Only a person can confirm {what}.")
    typed = click.prompt(f"If you have verified it, type the pair's name ({pair})", default="", show_default=False)
    if typed.strip() != pair:
        raise GuardRefusal(f"{typed!r} is not {pair}: nothing was done")
    return [replace(request, vouched=True) for request in requests]


def _needs_verification(attempt: Attempt) -> str:
    if attempt.action == ActionName.SET_PARTNER_DOWN:
        return f"that {attempt.partner.name} is off: verify it"
    if attempt.action == ActionName.FORCE_AVAILABLE:
        return f"that no host uses {attempt.address}: verify it"
    if wants_word(attempt.action):
        return f"the answer to this: {ACTIONS[attempt.action].word}"
    return "the action: read what follows from it"


def _blocking_reasons(assessment: Assessment) -> Sequence[str]:
    """The refusals that the operator's confirmation alone does not resolve."""
    by_word = {each.reason for each in assessment.verdicts if each.by_word}
    return [reason for reason in assessment.refused if reason not in by_word]


def _finish_dry_run(assessments: Sequence[Assessment]) -> int:
    blocking = [reason for each in assessments for reason in _blocking_reasons(each)]
    if blocking:
        raise GuardRefusal(*dict.fromkeys(blocking))
    click.echo("dry run: nothing was changed", err=True)
    return 0


def _print(assessment: Assessment, request: OperatorRequest, as_json: bool) -> None:
    attempt, outlook = assessment.attempt, assessment.outlook
    kind = ACTIONS[attempt.action]
    command = kind.typed(attempt) if attempt.acting.make.command_language else ""
    found = decision(assessment.verdicts)
    if as_json:
        numbers = {
            "date": rfc3339(attempt.date),
            "usable_at": None if outlook is None else rfc3339(outlook.usable_at),
            "addresses_gained": None if outlook is None else outlook.gained_addresses,
        }
        click.echo(
            json.dumps(
                {
                    "pair": attempt.pair.name,
                    "server": attempt.server,
                    "action": attempt.action,
                    **(numbers if attempt.action == ActionName.SET_PARTNER_DOWN else {}),
                    "decision": found.decided,
                    "because": [each.guard for each in found.because],
                    "guards": [_as_json(each) for each in assessment.verdicts],
                    "refused": list(assessment.refused),
                    "consequences": list(assessment.consequences),
                    "command": command,
                    "shell": shell(request, attempt.pair.name),
                }
            )
        )
        return
    click.echo(f"{attempt.server}: {found.line}" if kind.both else found.line)
    for each in in_order(assessment.verdicts):
        click.echo(f"{_mark(each)} {each.text}" + (f": {each.reason}" if each.reason else ""))
    for line in assessment.consequences:
        click.echo(line)
    if command:
        click.echo(f"on {attempt.server}: {command}")
    click.echo(f"to run it again: {shell(request, attempt.pair.name)}")


def _mark(verdict: Verdict) -> str:
    """The outcome of a guard in three letters. `??` is what the console cannot tell, and it blocks the action."""
    if verdict.passed:
        return "ok "
    if not verdict.blocks:
        return "ask"
    return "?? " if verdict.held is Held.CANNOT_TELL else "NO "


def _as_json(verdict: Verdict) -> dict[str, object]:
    fields = asdict(verdict)
    return {"outcome": fields.pop("held"), **fields}
