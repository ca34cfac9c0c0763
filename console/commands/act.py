"""`pairwatch act set-partner-down`: the guarded action from the shell, with the code and the guards of the
screen."""

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from console.actions.audit import AuditLog
from console.actions.operator import this_operator
from console.actions.set_partner_down import Assessment, SetPartnerDown, Wish, command_line, with_date
from console.commands.setup import new_watch, settings_at
from console.config import PairSettings, Settings
from console.errors import GuardRefusal, JournalError
from console.insight.consequences import sentences
from console.insight.dates import DateError, parse_date
from console.insight.guards import BY_WORD_ALONE, Attempt
from console.insight.sight import is_seen, last_state
from console.model.observations import ActionOutcome, Observation, OperatorAction
from console.model.states import ALONE
from console.model.times import rfc3339
from console.sources.collect import clients
from console.watch import Watch


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `act set-partner-down`, as typed."""

    pair: str
    server: str | None
    date: str | None
    expert: bool
    dry_run: bool
    yes: bool
    reason: str
    write: bool | None
    as_json: bool


def run(config: Path | None, options: Options) -> int:
    """Do it, or say why not. Raises GuardRefusal (exit status 4) with the reasons."""
    settings = settings_at(config)
    pair = settings.named(options.pair)
    told: list[Observation] = []
    try:
        return asyncio.run(_run(pair, AuditLog(settings.audit_log), options, told.append))
    finally:
        _tell_others(settings, [each for each in told if isinstance(each, OperatorAction | ActionOutcome)])


def _tell_others(settings: Settings, done: list[Observation]) -> None:
    """What was done here, for the consoles that share the journal. The audit log has it already."""
    if not done:
        return
    from console.journal.store import Journal

    try:
        journal = Journal.open(settings.journal_url)
        journal.append(done)
        journal.close()
    except JournalError as error:
        click.echo(f"pairwatch: {error}; other consoles are not told", err=True)


async def _run(pair: PairSettings, audit: AuditLog, options: Options, keep: Callable[[Observation], None]) -> int:
    watch = new_watch((pair,), keep)
    servers = clients(pair)
    writable = pair.write if options.write is None else options.write
    action = SetPartnerDown(watch, pair.name, servers, audit, this_operator(), writable=writable)
    try:
        names = [server.name for server in pair.server]
        if options.server is not None and options.server not in names:
            raise click.UsageError(f"{pair.name} has no server {options.server!r}: --on takes {' or '.join(names)}")
        first = Wish(options.server or names[0], None, options.expert, options.yes, options.reason)
        await action.look(first)
        wish = Wish(options.server or _the_one_alone(watch, pair), None, options.expert, options.yes, options.reason)
        wish = with_date(wish, _date(options.date, action.judged(wish).attempt))
        assessment = await action.look(wish)
        _print(assessment, options.as_json)
        if options.dry_run:
            return _dry(assessment)
        if not options.yes:
            wish = _confirmed(wish, assessment, pair.name)
        outcome = await action.carry_out(wish)
        click.echo(json.dumps(asdict(outcome)) if options.as_json else outcome.text)
        return 0 if outcome.succeeded else 1
    finally:
        await asyncio.gather(*(client.close() for client in servers.values()))


def _the_one_alone(watch: Watch, pair: PairSettings) -> str:
    """The server to act on where only one can be meant: the only one that is seen without its partner."""
    now = watch.clock()
    alone = [
        server.name
        for server in watch.pair(pair.name).servers.values()
        if is_seen(server, now) and last_state(server) in ALONE
    ]
    if len(alone) != 1:
        names = " or ".join(server.name for server in pair.server)
        raise click.UsageError(f"which server shall treat its partner as down? Name it with --on {names}")
    return alone[0]


def _date(text: str | None, attempt: Attempt) -> float:
    """The typed date; without one, the start of the interruption, else now (R-151)."""
    if text is None:
        return attempt.now if attempt.earliest is None else attempt.earliest
    try:
        return parse_date(text, attempt.now, attempt.zone, attempt.earliest)
    except DateError as error:
        raise click.UsageError(f"--date: {error}") from error


def _confirmed(wish: Wish, assessment: Assessment, pair: str) -> Wish:
    """The wish with the operator's word, typed at a terminal."""
    blocking = _beyond_word(assessment)
    if blocking:
        raise GuardRefusal(*blocking)
    partner = assessment.attempt.partner.name
    if not sys.stdin.isatty():
        raise GuardRefusal(
            f"nobody confirmed that {partner} is off: verify it, then say so with --yes",
        )
    click.echo(f"Only a person can verify that {partner} is off or cut off from every client.")
    typed = click.prompt(f"If you have verified it, type the pair's name ({pair})", default="", show_default=False)
    if typed.strip() != pair:
        raise GuardRefusal(f"{typed!r} is not {pair}: nothing was done")
    return Wish(wish.server, wish.date, wish.expert, True, wish.reason)


def _beyond_word(assessment: Assessment) -> Sequence[str]:
    """The refusals that the operator's word alone does not settle."""
    by_word = {each.reason for each in assessment.verdicts if each.guard in BY_WORD_ALONE}
    return [reason for reason in assessment.refused if reason not in by_word]


def _dry(assessment: Assessment) -> int:
    blocking = _beyond_word(assessment)
    if blocking:
        raise GuardRefusal(*blocking)
    click.echo("dry run: nothing was changed", err=True)
    return 0


def _print(assessment: Assessment, as_json: bool) -> None:
    attempt = assessment.attempt
    outlook = assessment.consequences
    lines = () if outlook is None else sentences(outlook, attempt.zone)
    command = command_line(attempt.pair.name, attempt.date, attempt.zone)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "pair": attempt.pair.name,
                    "server": attempt.server,
                    "date": rfc3339(attempt.date),
                    "guards": [asdict(each) for each in assessment.verdicts],
                    "refused": list(assessment.refused),
                    "usable_at": None if outlook is None else rfc3339(outlook.usable_at),
                    "addresses_gained": None if outlook is None else outlook.gained,
                    "consequences": list(lines),
                    "command": command,
                }
            )
        )
        return
    for each in assessment.verdicts:
        mark = "ok  " if each.passed else "NO  " if each.hard else "ask "
        click.echo(f"{mark} {each.text}" + (f": {each.reason}" if each.reason else ""))
    for line in lines:
        click.echo(line)
    click.echo(f"on {attempt.server}: {command}")
