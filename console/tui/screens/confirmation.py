"""The confirmation of an action that changes a server. Every action uses it, and no other code confirms one.

The guards are judged at every draw with the latest answers of both servers, and once more with new answers between the
last key and the request (console.actions.execute). No decision is made here.

The screen has steps: it shows the state, asks for a reason and for the typed name of the pair, and shows the result.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import ContentSwitcher, Input, Static

from console.actions.execute import ActionRunner
from console.actions.request import Assessment, OperatorRequest, Outcome
from console.errors import AuditError, GuardRefusal
from console.insight.guarded.row import Verdict
from console.tui.screens.picture import PictureScreen
from console.tui.session import Session
from console.tui.widgets.panel import Panel
from console.tui.widgets.typed_name import TOO_FAST, TypedName

RESULT = "result"


class ConfirmationScreen(PictureScreen[None]):
    """The screen of an action on one pair. A subclass adds the steps before the confirmation, and the requests."""

    STEPS: ClassVar[Sequence[str]] = ("look", "confirm", RESULT)
    """The ids of the steps in order; the one before the last is the confirmation."""
    HINTS: ClassVar[dict[str, str]] = {}
    """The keys of each step."""

    def __init__(self, session: Session, pair_name: str, runner: ActionRunner) -> None:
        super().__init__(session, pair_name)
        self.runner = runner
        self.message = ""
        self._sending = False

    # Methods that a subclass implements

    def pending(self) -> list[OperatorRequest]:
        """The requests that are still to be sent, in order; empty if the action has taken effect already."""
        raise NotImplementedError

    def blocked(self) -> Sequence[str]:
        """Reasons that refuse the action before the servers are polled again."""
        return ()

    def leave_step(self, step: str) -> None:
        """Handle Enter in a step before the confirmation: call `go_to_step`, or set `message`."""
        raise NotImplementedError

    def focus_of(self, step: str) -> str:
        """The selector of the widget that gets the focus in a step."""
        raise NotImplementedError

    def after_success(self, outcome: Outcome) -> Iterable[Content]:
        """More lines below a successful outcome."""
        return ()

    # Drawing

    def compose_questions(self) -> ComposeResult:
        """The widgets at the end of the confirmation: the reason, the name of the pair, and the refusals."""
        yield Panel(id="reason-question", classes="question")
        yield Input(id="reason", placeholder="ticket, person, what you saw")
        yield Static(f"Type the pair's name ({self.pair_name}) to confirm", classes="question", markup=False)
        yield TypedName(id="name")
        yield Panel(id="refusals")

    @property
    def step(self) -> str:
        return self.query_one(ContentSwitcher).current or self.STEPS[0]

    @property
    def reason(self) -> str:
        return self.query_one("#reason", Input).value.strip()

    def progress(self) -> str:
        """`step 1 of 2`, or `done`."""
        asked = len(self.STEPS) - 1
        number = self.STEPS.index(self.step) + 1
        return f"step {number} of {asked}" if number <= asked else "done"

    def draw_frame(self) -> None:
        """Draw expert mode, and the hint with the message."""
        self.query_one("#expert", Static).set_class(self.session.expert, "-on")
        hint = self.HINTS[self.step] + (f"\n{self.message}" if self.message else "")
        self.query_one("#hint", Panel).put(Content(hint))

    def draw_questions(self, assessments: Iterable[Assessment], refused: Iterable[str]) -> None:
        """Draw whether a reason is required, and the refusals."""
        needed = any(_needs_reason(each) for one in assessments for each in one.verdicts)
        self.query_one("#reason-question", Panel).put(Content("Reason (required)" if needed else "Reason (recorded)"))
        lines = [Content.styled(f"✘ {reason}", "$error") for reason in refused]
        self.query_one("#refusals", Panel).put(Content("\n").join(lines))

    # Keys

    def go_to_step(self, step: str) -> None:
        """Show a step."""
        self.query_one(ContentSwitcher).current = step
        self.query_one(self.focus_of(step)).focus()
        self.draw()

    def action_expert(self) -> None:
        self.session.toggle_expert()
        self.draw()

    def action_go_back(self) -> None:
        self.message = ""
        if self._sending:
            return
        if self.step in (self.STEPS[0], RESULT):
            self.dismiss(None)
        else:
            self.go_to_step(self.STEPS[self.STEPS.index(self.step) - 1])

    def action_go_on(self) -> None:
        step = self.step
        if step == RESULT:
            self.dismiss(None)
        elif step == self.STEPS[-2]:
            self._confirm()
        else:
            self.message = ""
            self.leave_step(step)
            self.draw()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "reason":
            self.query_one(TypedName).focus()
        else:
            self.action_go_on()

    @on(TypedName.Pasted)
    def _pasted(self) -> None:
        self.message = f"NOT DONE: the name must be typed, not pasted: {self.pair_name}"
        self.draw()

    @on(Input.Changed)
    def edited(self) -> None:
        """Clear the message after a change of a field: it was about the old value."""
        self.message = ""
        self.draw()

    # Confirming

    def _confirm(self) -> None:
        name = self.query_one(TypedName)
        typed = name.value.strip()
        blocked = self.blocked()
        if name.pause < self.session.decision_seconds:
            self.message = TOO_FAST
        elif typed != self.pair_name:
            self._refuse("NOT DONE", f"{typed!r} is not the pair's name {self.pair_name}")
        elif blocked:
            self._refuse("BLOCKED", *blocked)
        elif not self._sending and (requests := self.pending()):
            self._sending = True
            self.message = "polling both servers again, then sending ..."
            self.run_worker(self._carry_out(requests), exclusive=True)
        self.draw()

    def _refuse(self, word: str, *reasons: str) -> None:
        """Record the refusal, and show its first reason."""
        self.message = f"{word}: {reasons[0]}"
        try:
            for request in self.pending():
                self.runner.refuse(request, *reasons)
        except AuditError as error:
            self.message += f"; {error}"

    async def _carry_out(self, requests: Sequence[OperatorRequest]) -> None:
        """Send the requests to one server after the other; a refusal of one does not stop the others."""
        lines: list[Content] = []
        try:
            for request in requests:
                lines += await self._send(request)
        finally:
            self._sending = False
        self.message = ""
        self.query_one("#outcome", Panel).put(Content("\n").join(lines))
        self.go_to_step(RESULT)

    async def _send(self, request: OperatorRequest) -> list[Content]:
        try:
            outcome = await self.runner.carry_out(request)
        except GuardRefusal as refusal:
            reasons = [Content.styled(f"✘ {reason}", "$error") for reason in refusal.lines]
            return [Content.styled(f"REFUSED on {request.server}, nothing was sent:", "bold"), *reasons]
        except AuditError as error:
            return [Content.styled(f"✘ {error}", "$error bold")]
        line = Content.styled(("✔ " if outcome.succeeded else "✘ ") + outcome.text, "bold")
        return [line, *(self.after_success(outcome) if outcome.succeeded else ())]


def _needs_reason(verdict: Verdict) -> bool:
    return not verdict.hard and not verdict.passed and not verdict.by_word
