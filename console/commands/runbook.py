"""`pairwatch runbook`: runbooks from the shell, with the marks that all consoles share."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from console.actions.audit import AuditLog
from console.actions.operator import this_operator
from console.actions.runbooks import RunbookActions
from console.commands import act as act_command
from console.commands.status import poll_once
from console.errors import ConfigError, GuardRefusal
from console.insight.guarded.table import ACTIONS
from console.insight.reasons import CannotTell
from console.insight.runbooks.listing import BOOKS, UNDER_WAY, fitting
from console.insight.runbooks.listing import book as book_named
from console.insight.runbooks.progress import (
    StepProgress,
    StepStatus,
    current,
    progress,
    scene_of,
    started,
    taken_back,
)
from console.insight.runbooks.steps import Runbook, Scene
from console.insight.wording import wall
from console.journal.store import Journal
from console.model.observations import Observation, OperatorAction
from console.model.picture import MarkHow, PairPicture
from console.model.runbook_marks import TICKS
from console.settings.document import PairSettings
from console.settings.setup import new_store, settings_at
from console.state.store import PictureStore

SIGNS = {StepStatus.DONE: "x", StepStatus.NEEDLESS: "-", StepStatus.CURRENT: ">", StepStatus.LATER: " "}
"""In brackets before a step: done, not needed, the present one, later."""


@dataclass(frozen=True, slots=True)
class How:
    """How the action of a step is run; as the options of `act`."""

    date: str | None
    dry_run: bool
    yes: bool
    reason: str
    write: bool | None
    as_json: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A pair as its servers report it now, with the marks of the journal. `actions` writes to both."""

    store: PictureStore
    actions: RunbookActions
    pair: PairSettings

    @property
    def picture(self) -> PairPicture:
        return self.store.pair(self.pair.name)

    def scene(self, book: Runbook) -> Scene:
        return scene_of(book, self.picture, self.store.clock(), self.store.zone)

    def steps(self, book: Runbook) -> tuple[StepProgress, ...]:
        """The steps; those whose conditions hold are recorded if the runbook was started."""
        found = progress(book, self.scene(book))
        if self.actions.keep(book, self.pair.name, self.scene(book), found):
            found = progress(book, self.scene(book))
        return found


@contextmanager
def _opened(config: Path | None, pair: str) -> Iterator[Opened]:
    """Poll the pair once. Marks are written to the audit log at once, and to the journal at the end."""
    settings = settings_at(config)
    named = settings.named(pair)
    operator = this_operator(settings.console.operator)
    journal = Journal.open(settings.journal_url)
    written: list[Observation] = []
    try:
        store = new_store((named,), written.append)
        store.judges = False
        now = store.clock()
        store.recall(each for each in journal.ticks_before(now) if each.pair == pair)
        asyncio.run(poll_once(store, (named,)))
        try:
            yield Opened(store, RunbookActions(store, operator, AuditLog(settings.audit_log)), named)
        finally:
            marks = [each for each in written if isinstance(each, OperatorAction) and each.action in TICKS]
            if marks:
                journal.append(marks)
    finally:
        journal.close()


def _book(name: str) -> Runbook:
    found = book_named(name)
    if found is None:
        raise ConfigError(f"no runbook {name!r}: choose one of {', '.join(each.name for each in BOOKS)}")
    return found


def list_books(config: Path | None, pair: str, *, as_json: bool) -> int:
    """Print every runbook with how well it fits."""
    with _opened(config, pair) as opened:
        found = fitting(opened.picture, opened.store.clock(), opened.store.zone)
        for book, fit in found:
            mark = started(book, opened.picture)
            if as_json:
                begun = None if mark is None else {"at": mark.at, "by": mark.who}
                click.echo(
                    json.dumps(
                        {"name": book.name, "title": book.title, "when": book.when, "fit": fit, "started": begun}
                    )
                )
                continue
            state = "matches" if fit else ""
            if mark is not None:
                state = "active" if fit >= UNDER_WAY else "complete"
                state += f" since {wall(mark.at, opened.store.zone, opened.store.clock())}, {mark.who}"
            click.echo(f"{book.name:<20} {book.title}: {book.when}" + (f"  [{state}]" if state else ""))
    return 0


def show(config: Path | None, name: str, pair: str, *, as_json: bool) -> int:
    """Print the steps."""
    book = _book(name)
    with _opened(config, pair) as opened:
        _print(opened, book, as_json=as_json)
    return 0


def start(config: Path | None, name: str, pair: str) -> int:
    """Start the runbook. Raises GuardRefusal if it is active."""
    book = _book(name)
    with _opened(config, pair) as opened:
        if started(book, opened.picture) is not None:
            raise GuardRefusal(f"{book.name} was started already: see pairwatch runbook show {book.name} {pair}")
        opened.actions.start(book, pair)
        _print(opened, book, as_json=False)
    return 0


def act(config: Path | None, name: str, pair: str, how: How) -> int:
    """Run the action of the present step. Raises GuardRefusal where there is none, and if a guard refuses it."""
    book = _book(name)
    with _opened(config, pair) as opened:
        standing = _present(opened, book)
        remedy = standing.step.remedy
        if standing.step.gate and standing.missing:
            raise GuardRefusal(f"the runbook waits at a gate: {standing.missing}")
        if remedy is None:
            raise GuardRefusal(f"this step has no action: {opened.scene(book).words(standing.step.text)}")
        action, role, subject = remedy
        server = opened.scene(book).at(role).name
    options = act_command.ActOptions(
        action=action,
        pair=pair,
        server=server,
        date=how.date,
        expert=False,
        dry_run=how.dry_run,
        yes=how.yes,
        reason=how.reason or f"runbook {book.name}",
        write=how.write,
        as_json=how.as_json,
        choices={ACTIONS[action].option: subject} if subject else {},
    )
    return act_command.run(config, options)


def done(config: Path | None, name: str, pair: str, *, vouched: bool) -> int:
    """Mark the present step as done. Raises GuardRefusal for a gate, and where nothing shows that it is done."""
    book = _book(name)
    with _opened(config, pair) as opened:
        standing = _present(opened, book)
        cannot_tell = isinstance(standing.missing, CannotTell)
        if standing.step.gate and not (standing.step.by_word and cannot_tell):
            raise GuardRefusal(f"this is a gate, which opens by itself: {standing.missing}")
        if standing.missing and not vouched:
            seen = "cannot tell" if cannot_tell else "not seen"
            raise GuardRefusal(f"{seen}: {standing.missing}; --yes marks it as done, and records that")
        opened.actions.tick(book, pair, opened.scene(book), standing, MarkHow.DONE)
        _print(opened, book, as_json=False)
    return 0


def skip(config: Path | None, name: str, pair: str, reason: str) -> int:
    """Skip the present step. Raises GuardRefusal for a gate."""
    book = _book(name)
    if not reason.strip():
        raise click.UsageError("--reason is empty")
    with _opened(config, pair) as opened:
        standing = _present(opened, book)
        if standing.step.gate:
            raise GuardRefusal(f"this is a gate, which cannot be skipped: {standing.missing}")
        opened.actions.tick(book, pair, opened.scene(book), standing, MarkHow.SKIPPED, reason.strip())
        _print(opened, book, as_json=False)
    return 0


def undo(config: Path | None, name: str, pair: str) -> int:
    """Take back the last mark of a person. Raises GuardRefusal if there is none."""
    book = _book(name)
    with _opened(config, pair) as opened:
        last = taken_back(opened.steps(book))
        if last is None:
            raise GuardRefusal("no step was marked by a person")
        opened.actions.untick(book, pair, opened.scene(book), last.step)
        _print(opened, book, as_json=False)
    return 0


def end(config: Path | None, name: str, pair: str) -> int:
    """End the runbook. Raises GuardRefusal if it was not started."""
    book = _book(name)
    with _opened(config, pair) as opened:
        _must_be_started(opened, book)
        opened.actions.end(book, pair)
    click.echo(f"ended {book.name}")
    return 0


def _must_be_started(opened: Opened, book: Runbook) -> None:
    if started(book, opened.picture) is None:
        raise GuardRefusal(f"{book.name} was not started: pairwatch runbook start {book.name} {opened.pair.name}")


def _present(opened: Opened, book: Runbook) -> StepProgress:
    """The present step. Raises GuardRefusal if the runbook was not started, or is complete."""
    _must_be_started(opened, book)
    found = current(opened.steps(book))
    if found is None:
        raise GuardRefusal(f"all steps are done: pairwatch runbook end {book.name} {opened.pair.name}")
    return found


def _print(opened: Opened, book: Runbook, *, as_json: bool) -> None:
    steps = opened.steps(book)
    scene = opened.scene(book)
    if as_json:
        for each in steps:
            click.echo(json.dumps(_as_json(scene, book, each)))
        return
    here = current(steps)
    state = "complete" if here is None else "active" if started(book, opened.picture) else "not started"
    click.echo(f"{book.title} on {opened.pair.name}: {state}")
    stage = -1
    for each in steps:
        if each.stage != stage:
            stage = each.stage
            click.echo(scene.words(book.stages[stage].title))
        gate = "GATE " if each.step.gate else ""
        by = "" if each.mark is None or each.mark.how is MarkHow.SEEN else f"  [{each.mark.how}: {each.mark.who}]"
        click.echo(f"  [{SIGNS[each.status]}] {gate}{scene.words(each.step.text)}{by}")
        if each is here:
            for line in _details(scene, each):
                click.echo(f"        {line}")


def _details(scene: Scene, now: StepProgress) -> Iterator[str]:
    """What the present step needs."""
    step = now.step
    for command in step.commands:
        yield f"$ {scene.words(command)}"
    if now.evidence:
        yield f"now: {now.evidence}"
    if now.missing:
        yield f"{'cannot tell' if isinstance(now.missing, CannotTell) else 'waits for'}: {now.missing}"
    if step.remedy is not None:
        yield f"action: {step.remedy[0]} on {scene.at(step.remedy[1]).name} (pairwatch runbook act)"
    if step.stop:
        yield f"caution: {scene.words(step.stop)}"


def _as_json(scene: Scene, book: Runbook, each: StepProgress) -> dict[str, object]:
    step, mark = each.step, each.mark
    action = None
    if step.remedy is not None:
        name, role, subject = step.remedy
        action = {"action": name, "server": scene.at(role).name, "subject": subject}
    return {
        "stage": scene.words(book.stages[each.stage].title),
        "key": step.key,
        "text": scene.words(step.text),
        "status": each.status,
        "gate": step.gate,
        "missing": each.missing or None,
        "cannot_tell": isinstance(each.missing, CannotTell),
        "evidence": each.evidence or None,
        "commands": [scene.words(command) for command in step.commands],
        "action": action,
        "caution": scene.words(step.stop) or None,
        "mark": None if mark is None else {"how": mark.how, "by": mark.who, "at": mark.at},
    }
