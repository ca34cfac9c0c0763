"""Set Partner Down in three steps: the guards, the date with its consequences, and the confirmation.

For a make that takes no date the second step has the consequences alone.
"""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import ContentSwitcher, RadioSet, Static

from console.actions.execute import ActionRunner
from console.actions.request import Assessment, OperatorRequest, Outcome
from console.insight.dates import DateError, parse_date
from console.insight.guarded.set_partner_down import partner_down_typed
from console.insight.partner_down_outlook import Outlook, sentences
from console.insight.wording import both_clocks, duration
from console.tui.keys.dialog_keymap import SET_PARTNER_DOWN
from console.tui.screens.confirmation import RESULT, ConfirmationScreen
from console.tui.screens.verdicts import decision_line, verdict_lines
from console.tui.session import Session
from console.tui.widgets.choice import Choice
from console.tui.widgets.date_field import DateField, format_date
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.panel import Panel

HOW = ("not verified", "powered off", "DHCP service stopped", "cut off from every client")
DATE_GUARDS = frozenset({"date-given", "date-not-future", "date-not-early", "expert-role"})
"""Guards that the second step can still satisfy."""


class SetPartnerDownScreen(ConfirmationScreen):
    """The action on one pair, for the server that is to treat its partner as down."""

    CSS_PATH = "set_partner_down.tcss"
    AUTO_FOCUS = "#guards"
    STEPS: ClassVar[Sequence[str]] = ("guards", "date", "confirm", RESULT)
    HINTS: ClassVar[dict[str, str]] = {
        "guards": "State of both servers now; the guards run again before anything is sent.",
        "date": "Up/Down: change the part under the cursor   or type -20m, 14:30, now   Enter: continue",
        "confirm": "Tab: next field   Space: choose   Enter in the last field: CONFIRM",
        "result": "Esc: close",
    }

    BINDINGS: ClassVar[list[BindingType]] = SET_PARTNER_DOWN.bindings()

    def __init__(self, session: Session, pair_name: str, runner: ActionRunner, server: str) -> None:
        super().__init__(session, pair_name, runner)
        self._server = server
        self._partner = self.pair.partner_of(server).name
        self._make = self.pair.servers[server].make

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield Static("EXPERT MODE: dates before the last contact are accepted", id="expert")
        yield Panel(id="decision")
        with ContentSwitcher(initial="guards"):
            with VerticalScroll(id="guards"):
                yield Panel(id="verdicts")
            with VerticalScroll(id="date", can_focus=not self._make.dated_partner_down):
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
                yield from self.compose_questions()
            with VerticalScroll(id="result"):
                yield Panel(id="outcome")
        yield Panel(id="hint")
        yield KeyFooter()

    def on_mount(self) -> None:
        start = self._judged(None).attempt.earliest
        self.query_one(DateField).value = format_date(
            self.session.now if start is None else start, self.session.store.zone
        )
        self.query_one(DateField).display = self._make.dated_partner_down
        self.draw()
        self.run_worker(self._look(), exclusive=True)

    def draw(self) -> None:
        self.query_one("#title", Panel).put(
            Content(f"SET PARTNER DOWN  {self._server} treats {self._partner} as down  {self.progress()}")
        )
        self.draw_frame()
        assessment = self._judged(self._date_or_none())
        self.query_one("#decision", Panel).put(decision_line(assessment.verdicts, typing=self.step != "confirm"))
        self.query_one("#verdicts", Panel).put(Content("\n").join(verdict_lines(assessment.verdicts)))
        self._draw_date(assessment)
        self._draw_confirmation(assessment)

    def _draw_date(self, assessment: Assessment) -> None:
        zone = self.session.store.zone
        attempt, outlook = assessment.attempt, assessment.outlook
        here = both_clocks(attempt.now, zone)
        if not attempt.takes_date:
            words = f"{self._make.title} takes no date: it counts from the moment of the action. Now it is {here}."
            self.query_one("#date-question", Panel).put(Content(words))
            self._draw_consequences(outlook)
            return
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
        self._draw_consequences(None if refused else outlook)

    def _draw_consequences(self, outlook: Outlook | None) -> None:
        lines = () if outlook is None else sentences(outlook, self.session.store.zone)
        self.query_one("#consequences", Panel).put(Content("\n").join(Content(f"• {line}") for line in lines))

    def _draw_confirmation(self, assessment: Assessment) -> None:
        attempt, outlook = assessment.attempt, assessment.outlook
        date = "?" if attempt.counted_from is None else both_clocks(attempt.counted_from, attempt.zone)
        command = partner_down_typed(self.pair_name, attempt.date, self.session.store.local)
        typed = f"\ncommand, on {self._server}: {command}" if attempt.acting.make.command_language else ""
        gain = "" if outlook is None else _gain(outlook, attempt.zone)
        since = "last operational" if attempt.takes_date else "counts as down from"
        self.query_one("#confirm-summary", Panel).put(Content(f"{self._partner} {since} {date}{gain}{typed}"))
        self.draw_questions([assessment], assessment.refused)

    def _date(self) -> float:
        attempt = self.runner.judged(OperatorRequest(self._server, None)).attempt
        return parse_date(self.query_one(DateField).value, attempt.now, attempt.zone, attempt.earliest)

    def _date_or_none(self) -> float | None:
        """The date in the field; None while it cannot be read, and on a make that takes none."""
        if not self._make.dated_partner_down:
            return None
        try:
            return self._date()
        except DateError:
            return None

    def _request(self, date: float | None) -> OperatorRequest:
        chosen = self.query_one(RadioSet).pressed_index
        how = HOW[chosen] if chosen > 0 else ""
        reason = self.reason
        return OperatorRequest(
            self._server, date, self.session.expert, bool(how), f"{how}: {reason}" if reason and how else reason
        )

    def _judged(self, date: float | None) -> Assessment:
        return self.runner.judged(self._request(date))

    async def _look(self) -> None:
        await self.runner.look(self._request(self._date_or_none()))
        self.draw()

    @on(RadioSet.Changed)
    def _verification_chosen(self) -> None:
        self.edited()

    def leave_step(self, step: str) -> None:
        failed = [each for each in self._judged(self._date_or_none()).verdicts if each.blocks]
        blocking = failed if step == "date" else [each for each in failed if each.guard not in DATE_GUARDS]
        if blocking:
            self.message = f"BLOCKED: {blocking[0].reason}"
            return
        following = self.STEPS[self.STEPS.index(step) + 1]
        self.go_to_step(following)
        if following == "date" and self._make.dated_partner_down:
            field = self.query_one(DateField)
            field.cursor_position = len(field.value)

    def focus_of(self, step: str) -> str:
        date = "#date-field" if self._make.dated_partner_down else "#date"
        return {"guards": "#guards", "date": date, "confirm": "#how", RESULT: "#result"}[step]

    def blocked(self) -> Sequence[str]:
        return self._judged(self._date_or_none()).refused

    def pending(self) -> list[OperatorRequest]:
        return [self._request(self._date_or_none())]

    def after_success(self, outcome: Outcome) -> Iterable[Content]:
        yield Content(f"Do not start {self._partner} unless it can contact {self._server}.")


def _gain(outlook: Outlook, zone: tzinfo) -> str:
    count = "an unknown number of" if outlook.gained_addresses is None else f"{outlook.gained_addresses:,}"
    when = "from an unknown time" if outlook.usable_at is None else f"from {both_clocks(outlook.usable_at, zone)}"
    return f"; {count} addresses {when}"
