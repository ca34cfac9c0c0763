"""A dialog with one line of text: a reason, which is required, or a comment, which is not."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from console.tui.screens.dialog import Dialog


class ReasonDialog(Dialog[str]):
    """Asks a question. Its result is the text; with `required` it is never empty."""

    def __init__(self, question: str, prompt: str = "reason", *, required: bool = True) -> None:
        super().__init__()
        self._question = question
        self._prompt = f"{prompt} ({'required' if required else 'optional'})"
        self._required = required

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._question, markup=False)
            yield Input(id="reason", placeholder=self._prompt, max_length=200)
            yield Static("Enter: confirm   Esc: cancel", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        if text or not self._required:
            self.dismiss(text)
