"""Set Partner Down in three steps: what must hold, what would follow, and the operator's typed word.

The guards are judged anew at every draw on what both servers say meanwhile, and once more, on answers asked
for that purpose, between the last key and the request. Nothing is decided here: see insight/guarded.
"""

from datetime import tzinfo
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import ContentSwitcher, Footer, Input, RadioSet, Static

from console.actions.execute import Acting
from console.actions.request import Assessment, Wish
from console.errors import AuditError, GuardRefusal
from console.insight.dates import DateError, parse_date
from console.insight.guarded.row import Verdict
from console.insight.guarded.set_partner_down import partner_down_typed
from console.insight.guarded.table import BY_WORD_ALONE
from console.insight.partner_down_outlook import Outlook, sentences
from console.insight.wording import both_clocks, duration
from console.tui.screens.drawn import PictureScreen
from console.tui.screens.verdicts import verdict_lines
from console.tui.session import Session
from console.tui.widgets.choice import Choice
from console.tui.widgets.date_field import DateField, written
from console.tui.widgets.panel import Panel
from console.tui.widgets.typed_name import HURRIED, TypedName

STEPS = ("guards", "date", "confirm", "result")
HOW = ("not verified", "powered off", "DHCP service stopped", "cut off from every client")
DATE_GUARDS = frozenset({"date-given", "date-not-future", "date-not-early", "expert-role"})
"""Guards that the second step can still satisfy."""

HINTS = {
    "guards": "What both servers say now; it is judged again before anything is sent.",
    "date": "Up/Down: change under the cursor   or type -20m, 14:30, now   Enter: go on",
    "confirm": "Tab: next field   Space: choose   Enter in the last field: DO IT",
    "result": "Esc: close",
}


class SetPartnerDownScreen(PictureScreen[None]):
    """The action on one pair, for the server that shall treat its partner as down."""

    CSS_PATH = "set_partner_down.tcss"
    AUTO_FOCUS = "#guards"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Go on", id="act.next"),
        Binding("escape", "go_back", "Back", id="act.back", priority=True),
        Binding("f2", "expert", "Expert mode", id="act.expert", priority=True),
    ]

    def __init__(self, session: Session, pair_name: str, action: Acting, server: str) -> None:
        super().__init__(session, pair_name)
        self._action = action
        self._server = server
        self._partner = self.pair.partner_of(server).name
        self._sending = False
        self._message = ""

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield Static("EXPERT MODE: dates before the last contact are accepted", id="expert")
        with ContentSwitcher(initial="guards"):
            with VerticalScroll(id="guards"):
                yield Panel(id="verdicts")
            with Vertical(id="date"):
                yield Panel(id="date-question", classes="question")
                yield DateField(id="date-field")
                yield Panel(id="echo")
                yield Panel(id="consequences")
            with VerticalScroll(id="confirm", can_focus=False):
                yield Panel(id="confirm-summary")
                yield Static(f"How did you verify that {self._partner} serves no client?", classes="question")
                with RadioSet(id="how"):
                    for number, how in enumerate(HOW):
                        yield Choice(how, value=number == 0)
                yield Panel(id="reason-question", classes="question")
                yield Input(id="reason", placeholder="ticket, person, what you saw")
                yield Static(f"Type the pair's name ({self.pair_name}) to do it", classes="question")
                yield TypedName(id="name")
                yield Panel(id="refusals")
            with VerticalScroll(id="result"):
                yield Static(id="outcome")
        yield Panel(id="hint")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        start = self._judged(None).attempt.earliest
        self.query_one(DateField).value = written(self.session.now if start is None else start, self.session.store.zone)
        self.draw()
        self.run_worker(self._look(), exclusive=True)

    @property
    def step(self) -> str:
        return self.query_one(ContentSwitcher).current or STEPS[0]

    def draw(self) -> None:
        number = STEPS.index(self.step) + 1
        where = f"step {number} of 3" if number <= 3 else "done"
        self.query_one("#title", Panel).put(
            Content(f"SET PARTNER DOWN  {self._server} treats {self._partner} as dead  {where}")
        )
        self.query_one("#expert", Static).set_class(self.session.expert, "-on")
        hint = HINTS[self.step] + (f"\n{self._message}" if self._message else "")
        self.query_one("#hint", Panel).put(Content(hint))
        assessment = self._judged(self._date_or_none())
        self.query_one("#verdicts", Panel).put(Content("\n").join(verdict_lines(assessment.verdicts)))
        self._draw_date(assessment)
        self._draw_confirmation(assessment)

    def _draw_date(self, assessment: Assessment) -> None:
        zone = self.session.store.zone
        attempt, outlook = assessment.attempt, assessment.consequences
        here = both_clocks(attempt.now, zone)
        whose = "Your local time" if zone is self.session.store.local else "In UTC"
        self.query_one("#date-question", Panel).put(
            Content(f"When was {self._partner} last operational? {whose}; now it is {here}.")
        )
        try:
            date = self._date()
        except DateError as error:
            self.query_one(DateField).add_class("-refused")
            self.query_one("#echo", Panel).put(Content.styled(str(error), "$error"))
            self.query_one("#consequences", Panel).put(Content(""))
            return
        refused = [each.reason for each in assessment.verdicts if each.guard in DATE_GUARDS and not each.passed]
        self.query_one(DateField).set_class(bool(refused), "-refused")
        ago = f"{duration(attempt.now - date)} ago" if date <= attempt.now else "in the future"
        echo = Content(f"= {both_clocks(date, zone)}, {ago}")
        if refused:
            echo = Content("\n").join(
                [echo, *(Content.styled(f"✘ refused: {each}", "$error bold") for each in refused)]
            )
        self.query_one("#echo", Panel).put(echo)
        lines = [] if outlook is None or refused else sentences(outlook, zone)
        self.query_one("#consequences", Panel).put(Content("\n").join(Content(f"• {line}") for line in lines))

    def _draw_confirmation(self, assessment: Assessment) -> None:
        attempt, outlook = assessment.attempt, assessment.consequences
        date = "?" if attempt.date is None else both_clocks(attempt.date, attempt.zone)
        command = partner_down_typed(self.pair_name, attempt.date, self.session.store.local)
        typed = f"\nthe same by command, on {self._server}: {command}" if attempt.acting.make.command_language else ""
        gain = "" if outlook is None else _gain(outlook, attempt.zone)
        self.query_one("#confirm-summary", Panel).put(Content(f"{self._partner} last operational {date}{gain}{typed}"))
        soft = _unexplained(assessment.verdicts)
        need = "Reason (needed)" if soft else "Reason (recorded)"
        self.query_one("#reason-question", Panel).put(Content(need))
        refused = [Content.styled(f"✘ {reason}", "$error") for reason in assessment.refused]
        self.query_one("#refusals", Panel).put(Content("\n").join(refused))

    def _date(self) -> float:
        attempt = self._action.judged(Wish(self._server, None)).attempt
        return parse_date(self.query_one(DateField).value, attempt.now, attempt.zone, attempt.earliest)

    def _date_or_none(self) -> float | None:
        try:
            return self._date()
        except DateError:
            return None

    def _wish(self, date: float | None) -> Wish:
        chosen = self.query_one(RadioSet).pressed_index
        how = HOW[chosen] if chosen > 0 else ""
        reason = self.query_one("#reason", Input).value.strip()
        return Wish(
            self._server, date, self.session.expert, bool(how), f"{how}: {reason}" if reason and how else reason
        )

    def _judged(self, date: float | None) -> Assessment:
        return self._action.judged(self._wish(date))

    async def _look(self) -> None:
        await self._action.look(self._wish(self._date_or_none()))
        self.draw()

    def action_expert(self) -> None:
        self.session.toggle_expert()
        self.draw()

    def action_go_back(self) -> None:
        self._message = ""
        if self.step in (STEPS[0], STEPS[3]):
            if not self._sending:
                self.dismiss(None)
            return
        if not self._sending:
            self._to(STEPS[STEPS.index(self.step) - 1])

    def action_go_on(self) -> None:
        assessment = self._judged(self._date_or_none())
        failed = [each for each in assessment.verdicts if each.hard and not each.passed]
        match self.step:
            case "guards":
                blocking = [each for each in failed if each.guard not in DATE_GUARDS]
                self._advance(blocking, "date")
            case "date":
                self._advance(failed, "confirm")
            case "confirm":
                self._confirm(assessment)
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
    @on(RadioSet.Changed)
    def _edited(self) -> None:
        self._message = ""
        self.draw()

    def _advance(self, blocking: list[Verdict], step: str) -> None:
        if blocking:
            self._message = f"BLOCKED: {blocking[0].reason}"
            self.draw()
            return
        self._message = ""
        self._to(step)

    def _to(self, step: str) -> None:
        self.query_one(ContentSwitcher).current = step
        focus = {"guards": "#guards", "date": "#date-field", "confirm": "#how", "result": "#result"}[step]
        self.query_one(focus).focus()
        if step == "date":
            field = self.query_one(DateField)
            field.cursor_position = len(field.value)
        self.draw()

    def _confirm(self, assessment: Assessment) -> None:
        name = self.query_one(TypedName)
        typed = name.value.strip()
        if name.pause < self.session.decision_seconds:
            self._message = HURRIED
        elif typed != self.pair_name:
            self._message = f"NOT DONE: {typed!r} is not the pair's name {self.pair_name}"
            self._record_refusal(f"{typed!r} is not the pair's name {self.pair_name}")
        elif assessment.refused:
            self._message = f"BLOCKED: {assessment.refused[0]}"
            self._record_refusal(*assessment.refused)
        elif not self._sending:
            self._sending = True
            self._message = "asking both servers once more, then sending ..."
            self.run_worker(self._carry_out(self._wish(self._date_or_none())), exclusive=True)
        self.draw()

    def _record_refusal(self, *reasons: str) -> None:
        try:
            self._action.refuse(self._wish(self._date_or_none()), *reasons)
        except AuditError as error:
            self._message += f"; {error}"

    async def _carry_out(self, wish: Wish) -> None:
        try:
            outcome = await self._action.carry_out(wish)
            words = Content.styled(("✔ " if outcome.succeeded else "✘ ") + outcome.text, "bold")
            follow = f"Do not start {self._partner} unless it can contact {self._server}." if outcome.succeeded else ""
            result = Content("\n").join([words, Content(follow)])
        except GuardRefusal as refusal:
            reasons = [Content.styled(f"✘ {reason}", "$error") for reason in refusal.lines]
            result = Content("\n").join([Content.styled("REFUSED, nothing was sent:", "bold"), *reasons])
        except AuditError as error:
            result = Content.styled(f"✘ {error}", "$error bold")
        finally:
            self._sending = False
        self._message = ""
        self.query_one("#outcome", Static).update(result)
        self._to("result")


def _gain(outlook: Outlook, zone: tzinfo) -> str:
    count = "an unknown number of" if outlook.gained is None else f"{outlook.gained:,}"
    when = "when is not known" if outlook.usable_at is None else f"from {both_clocks(outlook.usable_at, zone)}"
    return f"; {count} addresses {when}"


def _unexplained(verdicts: tuple[Verdict, ...]) -> list[Verdict]:
    return [each for each in verdicts if not each.hard and not each.passed and each.guard not in BY_WORD_ALONE]
