"""The dialog of a silence: its end and its reason."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

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
