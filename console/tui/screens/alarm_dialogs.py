"""The dialogs of a silence: its end and its reason, and a planned one."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from console.insight.alarms.plan_text import PlanError, parse_plan, plan_line, plans_of
from console.insight.alarms.planned import Plan
from console.insight.end_time import ACCEPTED, UntilError, parse_until
from console.insight.wording import both_clocks
from console.tui.screens.dialog import Dialog
from console.tui.session import Session


class UntilDialog(Dialog[dict[str, object]]):
    """Asks for the end and the reason of a silence, and shows how the end was read."""

    def __init__(self, session: Session, question: str) -> None:
        super().__init__()
        self._session = session
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._question, markup=False)
            yield Input("1h", id="until", placeholder=ACCEPTED, max_length=10)
            yield Input(id="reason", placeholder="reason: maintenance, ticket (required)", max_length=200)
            yield Static("", id="fault", markup=False)
            yield Static("Enter: next field, then confirm   Esc: cancel", markup=False)

    def on_mount(self) -> None:
        self._echo()

    def on_input_changed(self) -> None:
        self._echo()

    def _until(self) -> float:
        return parse_until(self.query_one("#until", Input).value, self._session.now, self._session.store.zone)

    def _echo(self) -> None:
        line = self.query_one("#fault", Static)
        try:
            line.update(f"The silence ends at {both_clocks(self._until(), self._session.store.zone)}")
        except UntilError as error:
            line.update(str(error))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        reason = self.query_one("#reason", Input)
        try:
            until = self._until()
        except UntilError:
            self.query_one("#until", Input).focus()
            return
        if not reason.value.strip():
            reason.focus()
            return
        self.dismiss({"until": until, "reason": reason.value.strip()})


class PlanDialog(Dialog[Plan]):
    """Asks for a planned silence: once or every week, about pairs, environments or kinds of alarms."""

    FIELDS = (
        ("name", "name, such as patching", ""),
        ("window", "sat,sun 02:00-04:00, daily 01:00-01:30, or once: 22:00 to 06:00, now to 2h", ""),
        ("about", "pair NAME, environment NAME, kind NAME: several by commas", ""),
        ("reason", "reason: maintenance, ticket (required)", ""),
    )
    """The id, the hint and the text of each field."""

    def __init__(self, session: Session, pair: str) -> None:
        super().__init__()
        self._session = session
        self._pair = pair

    def compose(self) -> ComposeResult:
        now, zone = self._session.now, self._session.store.zone
        known = [plan_line(each, zone, now) for each in plans_of((), self._session.store.picture.own.plans)]
        with Vertical():
            yield Static(
                "Plan a silence; alarms that are active after it are announced then", classes="head", markup=False
            )
            yield Static("\n".join(known) or "no silence is planned in the journal", markup=False)
            for name, hint, text in self.FIELDS:
                value = f"pair {self._pair}" if name == "about" else text
                yield Input(value, id=name, placeholder=hint, max_length=200)
            yield Static("", id="echo", markup=False)
            yield Static("Enter: next field, then confirm   Esc: cancel", markup=False)

    def on_mount(self) -> None:
        self._echo()

    def on_input_changed(self) -> None:
        self._echo()

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _plan(self) -> Plan:
        """Raises PlanError."""
        pairs = {each.name: each.environment for each in self._session.store.picture.pairs.values()}
        text = "; ".join(self._text(name) for name in ("window", "about", "reason"))
        return parse_plan(self._text("name"), text, self._session.now, self._session.store.zone, pairs)

    def _echo(self) -> None:
        try:
            words = plan_line(self._plan(), self._session.store.zone, self._session.now).removesuffix(
                " (configuration)"
            )
        except PlanError as error:
            words = str(error)
        self.query_one("#echo", Static).update(words)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        empty = next((name for name, _, _ in self.FIELDS if not self._text(name)), None)
        if empty is not None:
            self.query_one(f"#{empty}", Input).focus()
            return
        try:
            plan = self._plan()
        except PlanError:
            self.query_one("#window", Input).focus()  # The fault is shown below the fields.
            return
        self.dismiss(plan)
