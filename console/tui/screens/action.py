"""The screen of every action except Set Partner Down: first guards and consequences, then the confirmation."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Checkbox, ContentSwitcher, Input, Static

from console.actions.execute import ActionRunner
from console.actions.request import Assessment, OperatorRequest, shell
from console.insight.durations import LengthError, parse_length
from console.insight.freshness import is_seen, last_word, main_first
from console.insight.guarded.row import GuardedAction
from console.insight.guarded.safe_period import not_yet
from console.tui.keys.dialog_keymap import ACTION
from console.tui.screens.confirmation import ConfirmationScreen
from console.tui.screens.verdicts import decision_line, verdict_lines
from console.tui.session import Session
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.panel import Panel


class ActionScreen(ConfirmationScreen):
    """One action on one pair."""

    CSS_PATH = "action.tcss"
    AUTO_FOCUS = ""
    HINTS: ClassVar[dict[str, str]] = {
        "look": "State of both servers now; the guards run again before anything is sent.   Enter: continue",
        "confirm": "Tab: next field   Space: tick   Enter in the last field: CONFIRM",
        "result": "Esc: close",
    }

    BINDINGS: ClassVar[list[BindingType]] = ACTION.bindings()

    def __init__(
        self,
        session: Session,
        pair_name: str,
        runner: ActionRunner,
        kind: GuardedAction,
        server: str | None = None,
        subject: str = "",
    ) -> None:
        """`subject` is one of the action's choices, or the text for its field."""
        super().__init__(session, pair_name, runner)
        self._kind = kind
        self._servers = [each.name for each in main_first(self.pair.servers.values())]
        self._server = server or self._servers[0]
        self._choice = subject if subject in kind.choices else next(iter(kind.choices), "")
        self._typed = "" if subject in kind.choices else subject

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield Static("EXPERT MODE: data may be discarded on your responsibility", id="expert")
        yield Panel(id="decision")
        yield Panel(id="targets")
        with ContentSwitcher(initial="look"):
            with VerticalScroll(id="look"):
                if self._kind.field:
                    yield Static(self._kind.question, classes="question")
                    yield Input(self._typed, id="field")
                yield Panel(id="consequences")
                yield Panel(id="verdicts")
            with VerticalScroll(id="confirm", can_focus=False):
                yield Panel(id="summary")
                if self._kind.word:
                    yield Static(self._kind.word, classes="question")
                    yield Checkbox("yes, verified", id="word", compact=True)
                yield from self.compose_questions()
            with VerticalScroll(id="result"):
                yield Panel(id="outcome")
        yield Panel(id="hint")
        yield KeyFooter()

    def on_mount(self) -> None:
        self.query_one(self.focus_of(self.step)).focus()
        self.draw()
        self._look_again()

    @property
    def _targets(self) -> list[str]:
        return self._servers if self._kind.both else [self._server]

    def draw(self) -> None:
        choice = f" {self._choice.upper()}" if self._choice else ""
        title = f"{self._kind.title.upper()}{choice and ':' + choice}  {self.progress()}"
        self.query_one("#title", Panel).put(Content(title))
        self.draw_frame()
        found = {server: self._judged(server) for server in self._targets}
        self.query_one("#targets", Panel).put(Content("\n").join(self._target_lines(found)))
        self.query_one("#decision", Panel).put(self._decision(found))
        self._draw_look(found)
        self._draw_confirmation(found)

    def _target_lines(self, found: dict[str, Assessment]) -> list[Content]:
        """The server of the action; or for both servers a line each, red until the action has taken effect there."""
        if not self._kind.both:
            partner = self.pair.partner_of(self._server).name
            return [Content.assemble("on ", (self._server, "bold"), f"  {self._state(self._server)}   (s: {partner})")]
        lines = []
        for server, assessment in found.items():
            done = self._kind.seen(self.pair, assessment.attempt)
            if done is not None:
                lines.append(Content.assemble((f"✔ {server}  ", "$success bold"), done))
                continue
            picture = self.pair.servers[server]
            ahead = not_yet(picture, self.session.now, self.session.store.zone)
            words = ahead or f"{server} NOT YET  {self._state(server)}"
            lines.append(Content.styled(f"✘ {words}", "$error bold"))
        return lines

    def _decision(self, found: dict[str, Assessment]) -> Content:
        """The decision in one line; for both servers a line each, without those that have the setting already."""
        lines = []
        for server, assessment in found.items():
            if not self._done(assessment):
                name = Content(f"{server} ") if self._kind.both else Content("")
                line = decision_line(assessment.verdicts, typing=self.step == self.STEPS[0])
                lines.append(Content.assemble(name, line))
        return Content("\n").join(lines)

    def _state(self, server: str) -> str:
        picture = self.pair.servers[server]
        if picture.no_such_pair:
            return f"{picture.role}, failover is off there"
        seen = "" if is_seen(picture, self.session.now) else "cannot see it now; "
        return f"{picture.role}, {seen}{last_word(picture)}"

    def _draw_look(self, found: dict[str, Assessment]) -> None:
        consequences = dict.fromkeys(line for each in found.values() for line in each.consequences)
        self.query_one("#consequences", Panel).put(Content("\n").join(Content(f"• {line}") for line in consequences))
        lines = []
        for server, assessment in found.items():
            if self._done(assessment):
                continue
            if self._kind.both:
                lines.append(Content.styled(server, "bold"))
            lines += verdict_lines(assessment.verdicts, passed=not self._kind.both)
            if self._kind.both:
                passed = sum(each.passed for each in assessment.verdicts)
                every = passed == len(assessment.verdicts)
                sign = ("✔ ", "$success") if every else ("  ", "")
                lines.append(Content.assemble(sign, f"{passed} of {len(assessment.verdicts)} guards are satisfied"))
        self.query_one("#verdicts", Panel).put(Content("\n").join(lines))

    def _draw_confirmation(self, found: dict[str, Assessment]) -> None:
        typed = [f"shell command: {shell(self._request(self._targets[0]), self.pair_name)}"]
        first = next(iter(found.values()))
        language = self._kind.typed(first.attempt) if first.attempt.acting.make.command_language else ""
        if language:
            typed.append(f"in the command language, on {self._targets[0]}: {language}")
        self.query_one("#summary", Panel).put(Content("\n".join(typed)))
        refused = dict.fromkeys(reason for each in found.values() if not self._done(each) for reason in each.refused)
        self.draw_questions(found.values(), refused)

    def _done(self, assessment: Assessment) -> bool:
        """Whether the action has taken effect on this server already; for actions on both servers."""
        return self._kind.both and self._kind.seen(self.pair, assessment.attempt) is not None

    def _request(self, server: str) -> OperatorRequest:
        typed = self.query_one("#field", Input).value.strip() if self._kind.field else ""
        return OperatorRequest(
            server,
            expert=self.session.expert,
            vouched=bool(self._kind.word) and self.query_one("#word", Checkbox).value,
            reason=self.reason,
            action=self._kind.name,
            choice=self._choice,
            seconds=_length(typed) if self._kind.field == "seconds" else None,
            address=typed if self._kind.field == "address" else "",
        )

    def _judged(self, server: str) -> Assessment:
        return self.runner.judged(self._request(server))

    def _look_again(self) -> None:
        self.run_worker(self._look(), exclusive=True)

    async def _look(self) -> None:
        for server in self._targets:
            await self.runner.look(self._request(server))
        self.draw()

    def action_other_server(self) -> None:
        """Select the other server, before the confirmation."""
        if self.step == self.STEPS[0] and not self._kind.both:
            self._server = self.pair.partner_of(self._server).name
            self.message = ""
            self.draw()
            self._look_again()

    def action_other_choice(self) -> None:
        choices = self._kind.choices
        if self.step == self.STEPS[0] and choices:
            self._choice = choices[(choices.index(self._choice) + 1) % len(choices)]
            self.message = ""
            self.draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the keys that this action does not use."""
        if action == "other_server":
            return not self._kind.both
        if action == "other_choice":
            return bool(self._kind.choices)
        return True

    @on(Checkbox.Changed)
    def _ticked(self) -> None:
        self.edited()

    def leave_step(self, step: str) -> None:
        """Go to the confirmation, if no guard blocks the action on at least one server."""
        found = [each for each in map(self._judged, self._targets) if not self._done(each)]
        blocking = [[each for each in one.verdicts if each.blocks] for one in found]
        if not found:
            self.message = "NOTHING TO DO: both servers have this setting already"
        elif all(blocking):
            self.message = f"BLOCKED: {blocking[0][0].reason}"
        else:
            self.go_to_step("confirm")

    def focus_of(self, step: str) -> str:
        look = "#field" if self._kind.field else "#look"
        confirm = "#word" if self._kind.word else "#reason"
        return {"look": look, "confirm": confirm, "result": "#result"}[step]

    def pending(self) -> list[OperatorRequest]:
        return [self._request(each.attempt.server) for each in map(self._judged, self._targets) if not self._done(each)]


def _length(typed: str) -> float | None:
    try:
        return parse_length(typed)
    except LengthError:
        return None
