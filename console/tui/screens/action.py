"""Every action but Set Partner Down in two steps: what must hold and what would follow, then the operator's typed word.

The guards are judged anew at every draw on what both servers say meanwhile, and once more, on answers asked for that
purpose, between the last key and the request. Nothing is decided here: see insight/guarded.
"""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Checkbox, ContentSwitcher, Footer, Input, Static

from console.actions.execute import Acting
from console.actions.request import Assessment, Wish, shell
from console.errors import AuditError, GuardRefusal
from console.insight.durations import LengthError, parse_length
from console.insight.freshness import is_seen, last_word, main_first
from console.insight.guarded.row import GuardedAction
from console.insight.guarded.safe_period import not_yet
from console.insight.guarded.table import BY_WORD_ALONE
from console.tui.screens.drawn import PictureScreen
from console.tui.screens.verdicts import verdict_lines
from console.tui.session import Session
from console.tui.widgets.panel import Panel
from console.tui.widgets.typed_name import HURRIED, TypedName

STEPS = ("look", "confirm", "result")
HINTS = {
    "look": "What both servers say now; it is judged again before anything is sent.   Enter: go on",
    "confirm": "Tab: next field   Space: tick   Enter in the last field: DO IT",
    "result": "Esc: close",
}


class ActionScreen(PictureScreen[None]):
    """One action on one pair."""

    CSS_PATH = "action.tcss"
    AUTO_FOCUS = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Go on", id="act.next"),
        Binding("escape", "go_back", "Back", id="act.back", priority=True),
        Binding("s,f3", "other_server", "Other server", id="act.server"),
        Binding("c,f4", "other_choice", "Choose", id="act.choice"),
        Binding("f2", "expert", "Expert mode", id="act.expert", priority=True),
    ]

    def __init__(
        self,
        session: Session,
        pair_name: str,
        acting: Acting,
        kind: GuardedAction,
        server: str | None = None,
        subject: str = "",
    ) -> None:
        """`subject` is one of the action's words, or what would be typed in its field."""
        super().__init__(session, pair_name)
        self._acting = acting
        self._kind = kind
        self._servers = [each.name for each in main_first(self.pair.servers.values())]
        self._server = server or self._servers[0]
        self._choice = subject if subject in kind.choices else next(iter(kind.choices), "")
        self._typed = "" if subject in kind.choices else subject
        self._sending = False
        self._message = ""

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield Static("EXPERT MODE: what would be thrown away is yours to say", id="expert")
        yield Panel(id="targets")
        with ContentSwitcher(initial="look"):
            with VerticalScroll(id="look"):
                if self._kind.field:
                    yield Static(self._kind.question, classes="question")
                    yield Input(self._typed, id="field")
                yield Panel(id="told")
                yield Panel(id="verdicts")
            with VerticalScroll(id="confirm", can_focus=False):
                yield Panel(id="summary")
                if self._kind.word:
                    yield Static(self._kind.word, classes="question")
                    yield Checkbox("yes, verified", id="word", compact=True)
                yield Panel(id="reason-question", classes="question")
                yield Input(id="reason", placeholder="ticket, person, what you saw")
                yield Static(f"Type the pair's name ({self.pair_name}) to do it", classes="question")
                yield TypedName(id="name")
                yield Panel(id="refusals")
            with VerticalScroll(id="result"):
                yield Panel(id="outcome")
        yield Panel(id="hint")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self._focus()
        self.draw()
        self._look_again()

    @property
    def step(self) -> str:
        return self.query_one(ContentSwitcher).current or STEPS[0]

    @property
    def _targets(self) -> list[str]:
        return self._servers if self._kind.both else [self._server]

    def draw(self) -> None:
        number = STEPS.index(self.step) + 1
        where = f"step {number} of 2" if number <= 2 else "done"
        choice = f" {self._choice.upper()}" if self._choice else ""
        title = f"{self._kind.title.upper()}{choice and ':' + choice}  {where}"
        self.query_one("#title", Panel).put(Content(title))
        self.query_one("#expert", Static).set_class(self.session.expert, "-on")
        hint = HINTS[self.step] + (f"\n{self._message}" if self._message else "")
        self.query_one("#hint", Panel).put(Content(hint))
        found = {server: self._judged(server) for server in self._targets}
        self.query_one("#targets", Panel).put(Content("\n").join(self._target_lines(found)))
        self._draw_look(found)
        self._draw_confirmation(found)

    def _target_lines(self, found: dict[str, Assessment]) -> list[Content]:
        """Where it is done; of what concerns both servers, red until both have it."""
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

    def _state(self, server: str) -> str:
        picture = self.pair.servers[server]
        seen = "" if is_seen(picture, self.session.now) else "cannot see it now; "
        return f"{picture.role}, {seen}{last_word(picture)}"

    def _draw_look(self, found: dict[str, Assessment]) -> None:
        told = dict.fromkeys(line for each in found.values() for line in each.told)
        self.query_one("#told", Panel).put(Content("\n").join(Content(f"• {line}") for line in told))
        lines = []
        for server, assessment in found.items():
            if self._done(assessment):
                continue
            if self._kind.both:
                lines.append(Content.styled(server, "bold"))
            lines += verdict_lines(assessment.verdicts, passed=not self._kind.both)
            if self._kind.both:
                held = sum(each.passed for each in assessment.verdicts)
                lines.append(Content.assemble(("✔ ", "$success"), f"{held} of {len(assessment.verdicts)} hold"))
        self.query_one("#verdicts", Panel).put(Content("\n").join(lines))

    def _draw_confirmation(self, found: dict[str, Assessment]) -> None:
        typed = [f"the same by command: {shell(self._wish(self._targets[0]), self.pair_name)}"]
        first = next(iter(found.values()))
        language = self._kind.typed(first.attempt) if first.attempt.acting.make.command_language else ""
        if language:
            typed.append(f"on {self._targets[0]}, in the command language: {language}")
        self.query_one("#summary", Panel).put(Content("\n".join(typed)))
        soft = [
            each
            for assessment in found.values()
            for each in assessment.verdicts
            if not each.hard and not each.passed and each.guard not in BY_WORD_ALONE
        ]
        self.query_one("#reason-question", Panel).put(Content("Reason (needed)" if soft else "Reason (recorded)"))
        refused = dict.fromkeys(reason for each in found.values() if not self._done(each) for reason in each.refused)
        self.query_one("#refusals", Panel).put(
            Content("\n").join(Content.styled(f"✘ {reason}", "$error") for reason in refused)
        )

    def _done(self, assessment: Assessment) -> bool:
        """Whether this server of two has it already."""
        return self._kind.both and self._kind.seen(self.pair, assessment.attempt) is not None

    def _wish(self, server: str) -> Wish:
        typed = self.query_one("#field", Input).value.strip() if self._kind.field else ""
        return Wish(
            server,
            expert=self.session.expert,
            vouched=bool(self._kind.word) and self.query_one("#word", Checkbox).value,
            reason=self.query_one("#reason", Input).value.strip(),
            action=self._kind.name,
            choice=self._choice,
            seconds=_length(typed) if self._kind.field == "seconds" else None,
            address=typed if self._kind.field == "address" else "",
        )

    def _judged(self, server: str) -> Assessment:
        return self._acting.judged(self._wish(server))

    def _look_again(self) -> None:
        self.run_worker(self._look(), exclusive=True)

    async def _look(self) -> None:
        for server in self._targets:
            await self._acting.look(self._wish(server))
        self.draw()

    def action_other_server(self) -> None:
        """Another server, until it is confirmed."""
        if self.step == STEPS[0] and not self._kind.both:
            self._server = self.pair.partner_of(self._server).name
            self._message = ""
            self.draw()
            self._look_again()

    def action_other_choice(self) -> None:
        choices = self._kind.choices
        if self.step == STEPS[0] and choices:
            self._choice = choices[(choices.index(self._choice) + 1) % len(choices)]
            self._message = ""
            self.draw()

    def action_expert(self) -> None:
        self.session.toggle_expert()
        self.draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that this action has no use for are not offered."""
        if action == "other_server":
            return not self._kind.both
        if action == "other_choice":
            return bool(self._kind.choices)
        return True

    def action_go_back(self) -> None:
        self._message = ""
        if self._sending:
            return
        if self.step == "confirm":
            self._to("look")
        else:
            self.dismiss(None)

    def action_go_on(self) -> None:
        match self.step:
            case "look":
                self._advance()
            case "confirm":
                self._confirm()
            case _:
                self.dismiss(None)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "reason":
            self.query_one(TypedName).focus()
        else:
            self.action_go_on()

    @on(TypedName.Pasted)
    def _pasted(self) -> None:
        self._message = f"NOT DONE: the name is typed, not pasted: {self.pair_name}"
        self.draw()

    @on(Input.Changed)
    @on(Checkbox.Changed)
    def _edited(self) -> None:
        self._message = ""
        self.draw()

    def _advance(self) -> None:
        """To the confirmation, if there is a server where nothing blocks it."""
        found = [each for each in map(self._judged, self._targets) if not self._done(each)]
        blocking = [[each for each in one.verdicts if each.hard and not each.passed] for one in found]
        if not found:
            self._message = "NOTHING TO DO: both servers have it already"
        elif all(blocking):
            self._message = f"BLOCKED: {blocking[0][0].reason}"
        else:
            self._message = ""
            self._to("confirm")
            return
        self.draw()

    def _to(self, step: str) -> None:
        self.query_one(ContentSwitcher).current = step
        self._focus()
        self.draw()

    def _focus(self) -> None:
        look = "#field" if self._kind.field else "#look"
        confirm = "#word" if self._kind.word else "#reason"
        self.query_one({"look": look, "confirm": confirm, "result": "#result"}[self.step]).focus()

    def _confirm(self) -> None:
        name = self.query_one(TypedName)
        typed = name.value.strip()
        wishes = [self._wish(each.attempt.server) for each in map(self._judged, self._targets) if not self._done(each)]
        if name.pause < self.session.decision_seconds:
            self._message = HURRIED
        elif typed != self.pair_name:
            self._refuse(wishes, f"{typed!r} is not the pair's name {self.pair_name}")
        elif not self._sending and wishes:
            # What is refused is told by the engine, after a last look: a guard may hold by then.
            self._sending = True
            self._message = "asking both servers once more, then sending ..."
            self.run_worker(self._carry_out(wishes), exclusive=True)
        self.draw()

    def _refuse(self, wishes: list[Wish], reason: str) -> None:
        self._message = f"NOT DONE: {reason}"
        try:
            for wish in wishes:
                self._acting.refuse(wish, reason)
        except AuditError as error:
            self._message += f"; {error}"

    async def _carry_out(self, wishes: list[Wish]) -> None:
        """One server after the other; what is refused at one is no reason to leave the other as it is."""
        lines: list[Content] = []
        try:
            for wish in wishes:
                lines += await self._done_at(wish)
        finally:
            self._sending = False
        self._message = ""
        self.query_one("#outcome", Panel).put(Content("\n").join(lines))
        self._to("result")

    async def _done_at(self, wish: Wish) -> list[Content]:
        try:
            outcome = await self._acting.carry_out(wish)
        except GuardRefusal as refusal:
            reasons = [Content.styled(f"✘ {reason}", "$error") for reason in refusal.lines]
            return [Content.styled(f"REFUSED on {wish.server}, nothing was sent:", "bold"), *reasons]
        except AuditError as error:
            return [Content.styled(f"✘ {error}", "$error bold")]
        return [Content.styled(("✔ " if outcome.succeeded else "✘ ") + outcome.text, "bold")]


def _length(typed: str) -> float | None:
    try:
        return parse_length(typed)
    except LengthError:
        return None
