"""Runbooks: the best match is listed first; the steps of an active runbook are ticked by the servers' answers.

There are two pages: the list of runbooks, and the steps of one with the details of the present step. The console runs
no step on its own: a step with a server action opens that action with its guards; other steps are done by a person and
verified here.
"""

from collections.abc import Callable
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import ContentSwitcher

from console.actions.operator import Operator
from console.actions.runbooks import RunbookActions
from console.errors import AuditError
from console.insight.reasons import CannotTell
from console.insight.remedies import Remedy
from console.insight.runbooks.listing import UNDER_WAY, fitting
from console.insight.runbooks.listing import book as book_by_name
from console.insight.runbooks.progress import StepProgress, StepStatus, current, progress, scene_of, taken_back
from console.insight.runbooks.progress import started as start_mark
from console.insight.runbooks.steps import Runbook, Scene
from console.insight.wording import wall
from console.model.picture import MarkHow
from console.tui.keys.keymap import RUNBOOK
from console.tui.screens.picture import PlaceScreen
from console.tui.session import Session
from console.tui.widgets.clickable import ClickableLines
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.panel import Panel
from console.tui.widgets.runbook_steps import SIGNS, step_details, step_keys, step_line

FITS_FROM = 35
TALL_HEIGHT = 40
"""From this height on, every step fits on the screen."""


class RunbookScreen(PlaceScreen):
    """The runbooks of a pair."""

    CSS_PATH = "runbook.tcss"

    BINDINGS: ClassVar[list[BindingType]] = RUNBOOK.bindings()

    def __init__(self, session: Session, pair_name: str, name: str = "") -> None:
        """`name`: the runbook to open, empty for the list."""
        super().__init__(session, pair_name)
        self._book = book_by_name(name)
        self._offered: Runbook | None = self._book
        self._row = 0
        self._aborting = False
        self._doubted = ""
        self._skipping = ""
        self._message = ""

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        with ContentSwitcher(initial="list"):
            with VerticalScroll(id="list", can_focus=False):
                yield ClickableLines(id="books")
                yield Panel(id="about")
            with VerticalScroll(id="steps", can_focus=False):
                yield Panel(id="lines")
                yield Panel(id="now")
        yield Panel(id="message")
        yield KeyFooter()

    def on_mount(self) -> None:
        self.draw()

    @property
    def _actions(self) -> RunbookActions:
        if self.session.runbook_actions is not None:
            return self.session.runbook_actions()
        return RunbookActions(self.session.store, Operator(self.session.operator, "", ""), self.session.fallback_log)

    def _scene(self, book: Runbook) -> Scene:
        return scene_of(book, self.pair, self.session.now, self.session.store.zone)

    def draw(self) -> None:
        self.query_one(ContentSwitcher).current = "list" if self._book is None else "steps"
        if self._book is None:
            self._draw_list()
        else:
            self._draw_steps(self._book)
        message = self.query_one("#message", Panel)
        message.set_class(bool(self._message), "-on")
        message.put(Content(self._message))
        if self._offered is not self._book:
            # Redrawing the footer costs more than the rest of the screen.
            self._offered = self._book
            self.refresh_bindings()

    # The list

    def _draw_list(self) -> None:
        found = fitting(self.pair, self.session.now, self.session.store.zone)
        self.query_one("#title", Panel).put(Content("RUNBOOKS  the active one first, then the best match"))
        lines = []
        for number, (book, fit) in enumerate(found):
            chosen = number == self._row
            mark = start_mark(book, self.pair)
            if mark is not None and fit >= UNDER_WAY:
                rest = (
                    f"active since {wall(mark.at, self.session.store.zone, self.session.now)}, {mark.who}",
                    "$warning",
                )
            elif mark is not None:
                rest = ("COMPLETE: open it; x ends it", "$success")
            elif fit >= FITS_FROM:
                rest = ("MATCHES NOW", "$warning bold")
            else:
                rest = (book.when, "$stale")
            title = (f"{'▶' if chosen else ' '} {book.title:<35}", "reverse bold" if chosen else "bold")
            lines.append(Content.assemble(title, " ", rest))
        self.query_one("#books", Panel).put(Content("\n").join(lines))
        book, _ = found[self._row]
        scene = self._scene(book)
        phases = " → ".join(scene.words(phase.title) for phase in book.stages)
        words = f"{book.title} ({book.name}): {book.when}.\n{len(book.steps)} steps: {phases}."
        if self.size.height >= TALL_HEIGHT:
            for phase in book.stages:
                steps = "\n".join(f"    {scene.words(step.text)}" for step in phase.steps)
                words += f"\n\n  {scene.words(phase.title)}\n{steps}"
        self.query_one("#about", Panel).put(Content(words))

    # The steps of a runbook

    def _draw_steps(self, book: Runbook) -> None:
        scene = self._scene(book)
        standings = progress(book, scene)
        if not self.session.unchangeable and self._save_progress(book, scene, standings):
            scene = self._scene(book)
            standings = progress(book, scene)
        now = current(standings)
        through = sum(each.status in (StepStatus.DONE, StepStatus.NEEDLESS) for each in standings)
        state = f"not started, {len(standings)} steps"
        if start_mark(book, self.pair) is not None:
            state = "COMPLETE" if now is None else f"step {through + 1} of {len(standings)}"
        self.query_one("#title", Panel).put(Content(f"{book.title.upper()}  {state}"))
        here = (now or standings[-1]).stage
        phase = book.stages[here]
        lines: list[Content] = []
        for number, each in enumerate(book.stages):
            # On a small screen the steps of other phases would push the present step out of view.
            glyph, style = SIGNS[
                StepStatus.CURRENT
                if number == here and now
                else StepStatus.DONE
                if number <= here
                else StepStatus.LATER
            ]
            title = (scene.words(each.title), "bold" if number == here else "$stale")
            lines.append(Content.assemble((f"{glyph} ", style), title))
            if number == here or self.size.height >= TALL_HEIGHT:
                lines += [step_line(scene, standing) for standing in standings if standing.stage == number]
        self.query_one("#lines", Panel).put(Content("\n").join(lines))
        if self._aborting:
            words = f"To stop here: {scene.words(phase.abort)}"
            keys = "x again: end this runbook (its ticks are removed, no server is changed)   Esc: continue"
            self.query_one("#now", Panel).put(Content.assemble((words, "bold"), "\n", keys))
        elif now is None:
            self.query_one("#now", Panel).put(
                Content.styled("✔ All steps are done. x ends the runbook.", "$success bold")
            )
        else:
            self.query_one("#now", Panel).put(step_details(scene, now, self._keys(book, scene, now)))

    def _keys(self, book: Runbook, scene: Scene, now: StepProgress) -> str:
        if self.session.unchangeable:
            return f"Actions are {self.session.unchangeable}."
        if start_mark(book, self.pair) is None:
            return "Enter: start this runbook"
        return step_keys(scene, now.step, now.missing)

    # Keys

    @on(ClickableLines.Clicked)
    def _clicked(self, event: ClickableLines.Clicked) -> None:
        """Select a runbook in the list; a second click opens it. A click never completes a step."""
        if self._book is None and event.line < len(fitting(self.pair, self.session.now, self.session.store.zone)):
            self._row = event.line
            self.draw()
            if event.opened:
                self.action_run()

    def action_move(self, step: int) -> None:
        if self._book is None:
            self._row = (self._row + step) % len(fitting(self.pair, self.session.now, self.session.store.zone))
            self.draw()
        else:
            self.query_one("#steps", VerticalScroll).scroll_relative(y=step, animate=False)

    def action_edge(self, last: int) -> None:
        """Go to the first or the last runbook, or to that end of the steps."""
        if self._book is None:
            self._row = len(fitting(self.pair, self.session.now, self.session.store.zone)) - 1 if last else 0
            self.draw()
            return
        steps = self.query_one("#steps", VerticalScroll)
        if last:
            steps.scroll_end(animate=False)
        else:
            steps.scroll_home(animate=False)

    def action_back(self) -> None:
        """Go from the abort text to the step, from a runbook to the list, and from the list back."""
        self._doubted = self._message = ""
        if self._aborting:
            self._aborting = False
        elif self._book is not None:
            self._book = None
            self._row = 0
        else:
            self.dismiss(None)
            return
        self.draw()

    def action_run(self) -> None:
        """Open the runbook, start it, or open the action of its present step."""
        self._doubted = self._message = ""
        if self._book is None:
            self._book = fitting(self.pair, self.session.now, self.session.store.zone)[self._row][0]
            self.draw()
            return
        book = self._book
        if not self._may_act():
            return
        if start_mark(book, self.pair) is None:
            self._guarded(lambda: self._actions.start(book, self.pair_name))
            return
        scene = self._scene(book)
        standing = current(progress(book, scene))
        if standing is None or standing.step.remedy is None:
            self._message = "This step has no action: do what it describes, then press y."
            self.draw()
            return
        action, role, subject = standing.step.remedy
        server = scene.at(role).name
        self.session.navigator.open_remedy(self.pair_name, Remedy(action, "", server, subject))

    def _present_step(self, *, word: bool = False) -> tuple[Runbook, Scene, StepProgress] | None:
        """Return the step that can be marked now; None, with a message, if there is none or it is a gate. `word`: a
        person's word is enough for a gate whose condition the console cannot judge."""
        book = self._book
        if book is None or not self._may_act():
            return None
        scene = self._scene(book)
        standing = current(progress(book, scene))
        if start_mark(book, self.pair) is None:
            self._message = "Not started: press Enter to start it."
        elif (
            standing is not None
            and standing.step.gate
            and not (word and standing.step.by_word and isinstance(standing.missing, CannotTell))
        ):
            self._message = f"LOCKED: {standing.missing}. A gate opens automatically and cannot be ticked or skipped."
        elif standing is not None:
            return book, scene, standing
        self.draw()
        return None

    def action_tick(self) -> None:
        """Mark the present step as done."""
        found = self._present_step(word=True)
        if found is None:
            return
        book, scene, standing = found
        if standing.missing and self._doubted != standing.step.key:
            # The servers report otherwise: the operator is asked once more.
            self._doubted = standing.step.key
            if isinstance(standing.missing, CannotTell):
                seen, recorded = "CANNOT TELL", "your word alone"
            else:
                seen, recorded = "NOT SEEN", "the console saw otherwise"
            self._message = f"{seen}: {standing.missing}. y again: mark as done; recorded: {recorded}."
            self.draw()
            return
        self._doubted = self._message = ""
        self._guarded(lambda: self._actions.tick(book, self.pair_name, scene, standing, MarkHow.DONE))

    def action_skip(self) -> None:
        """Skip the present step: asked twice, and only with a reason."""
        found = self._present_step()
        if found is None:
            return
        book, scene, standing = found
        if self._skipping == standing.step.key:
            self._ask_why(book, scene, standing)
            return
        self._skipping = standing.step.key
        self._message = "SKIP this step without doing it? s again: give the reason.   Any other key: keep it."
        self.draw()

    @work
    async def _ask_why(self, book: Runbook, scene: Scene, standing: StepProgress) -> None:
        from console.tui.screens.reason_dialog import ReasonDialog

        self._skipping = self._message = ""
        self.draw()  # The question is answered: the dialog is above this screen.
        reason = await self.app.push_screen_wait(ReasonDialog(f"Skip: {scene.words(standing.step.text)}"))
        if reason:
            self._guarded(
                lambda: self._actions.tick(book, self.pair_name, scene, standing, MarkHow.SKIPPED, reason=reason)
            )
        self.draw()

    def action_undo(self) -> None:
        """Take back the mark that was made last."""
        book = self._book
        if book is None or not self._may_act():
            return
        scene = self._scene(book)
        last = taken_back(progress(book, scene))
        if last is None:
            self._message = "No step was marked by a person."
            self.draw()
            return
        self._message = f"Taken back: {scene.words(last.step.text)}"
        self._guarded(lambda: self._actions.untick(book, self.pair_name, scene, last.step))

    def on_key(self, event: events.Key) -> None:
        """Any other key than s answers that the step is kept."""
        if self._skipping and event.key != "s":
            self._skipping = self._message = ""
            self.draw()

    def action_abort(self) -> None:
        """Show how to stop safely here; a second time, end the runbook."""
        book = self._book
        if book is None or not self._may_act():
            return
        complete = current(progress(book, self._scene(book))) is None
        if not (self._aborting or complete):
            self._aborting = True
            self.draw()
            return
        self._aborting = False
        self._guarded(lambda: self._actions.end(book, self.pair_name))
        self._book = None
        self._row = 0
        self.draw()

    def action_copy(self) -> None:
        """Copy the commands of the present step."""
        if self._book is None:
            return
        scene = self._scene(self._book)
        standing = current(progress(self._book, scene))
        if standing is not None and standing.step.commands:
            self.app.copy_to_clipboard("\n".join(scene.words(command) for command in standing.step.commands))
            self._message = "Copied."
            self.draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Steps can be marked in an open runbook only, and not in a replay."""
        if action in {"tick", "skip", "undo", "abort"}:
            return self._book is not None and not self.session.unchangeable
        return super().check_action(action, parameters)

    def _may_act(self) -> bool:
        if not self.session.unchangeable:
            return True
        self._message = f"Actions are {self.session.unchangeable}."
        self.draw()
        return False

    def _guarded(self, mark: Callable[[], None]) -> None:
        try:
            mark()
        except AuditError as error:
            self._message = str(error)
        self.draw()

    def _save_progress(self, book: Runbook, scene: Scene, standings: tuple[StepProgress, ...]) -> bool:
        try:
            return self._actions.keep(book, self.pair_name, scene, standings)
        except AuditError as error:
            self._message = str(error)
            return False
