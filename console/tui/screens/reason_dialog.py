"""A dialog that asks for a reason, which is required."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from console.tui.screens.dialog import Dialog


class ReasonDialog(Dialog[str]):
    """Asks why. Its result is the reason, which is never empty."""

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._question, markup=False)
            yield Input(id="reason", placeholder="reason (required)", max_length=200)
            yield Static("Enter: confirm   Esc: cancel", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        reason = event.value.strip()
        if reason:
            self.dismiss(reason)
