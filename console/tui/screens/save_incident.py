"""The dialog that saves an incident: its start, a note, and whether to write a page for the post-mortem."""

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from console.errors import JournalError
from console.incidents.page_process import draw_page
from console.incidents.saving import Incidents, incident_details, suggested_start
from console.insight.dates import DateError, parse_date
from console.insight.wording import both_clocks, duration, plural
from console.tui.keys.dialog_keymap import SAVE_INCIDENT
from console.tui.screens.dialog import Dialog
from console.tui.session import Session
from console.tui.widgets.choice import Tick


class SaveIncidentDialog(Dialog[None]):
    """A dialog that stays open until the file is written, or shows why it cannot be written."""

    DEFAULT_CSS = """
    SaveIncidentDialog #questions { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = SAVE_INCIDENT.bindings()

    def __init__(self, session: Session, incidents: Incidents, pair_name: str) -> None:
        super().__init__()
        self._session = session
        self._incidents = incidents
        self._pair = pair_name
        self._start: float | None = None
        self._saving = False
        self._drawing = False
        self._done = False

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(f"Save the recording of {self._pair}, up to now", classes="head", markup=False)
            with Vertical(id="questions"):
                yield Static("Start (-2h, 03:10, 2026-07-15 03:10Z):", markup=False)
                yield Input(id="start", max_length=40)
                yield Static("", id="echo", markup=False)
                yield Static("Note for the reader:", markup=False)
                yield Input(id="note", placeholder="optional", max_length=400)
                yield Tick("with a page for the post-mortem (Markdown, pictures)", value=True, id="page")
            yield Static("", id="outcome", markup=False)
            yield Static("Enter: save   Tab: next field   Esc: cancel", id="hint", markup=False)

    def on_mount(self) -> None:
        self._echo()

    @on(Input.Changed, "#start")
    def _echo(self) -> None:
        words, self._start = self._read()
        self.query_one("#echo", Static).update(words)

    def _read(self) -> tuple[str, float | None]:
        """A text that shows how the start was read, and the start; None if it is not valid."""
        session = self._session
        typed = self.query_one("#start", Input).value.strip()
        start = suggested_start(session.store.pair(self._pair), session.now)
        if typed:
            try:
                start = parse_date(typed, session.now, session.store.zone)
            except DateError as error:
                return str(error), None
        if start >= session.now:
            return "the start must be before now", None
        suggested = "" if typed else "\n(ten minutes before the oldest alarm, at least half an hour)"
        return f"from {both_clocks(start, session.store.zone)}, {duration(session.now - start)}{suggested}", start

    def action_cancel(self) -> None:
        """Close the dialog. After the file was written, do not wait for the page."""
        if self._drawing or not self._saving:
            self.dismiss(None)

    def action_save(self) -> None:
        if self._done:
            self.dismiss(None)
        elif self._start is None:  # The reason is shown below the field.
            self.query_one("#start", Input).focus()
        elif not self._saving:
            self._saving = True
            self._save(self._start)

    @work(exclusive=True, group="save-incident")
    async def _save(self, start: float) -> None:
        session = self._session
        note = self.query_one("#note", Input).value.strip()
        summary = incident_details(
            session.store.pair(self._pair), start, session.now, session.now, session.operator, note
        )
        page = self.query_one("#page", Tick).value
        self._show("Saving ...")
        try:
            saved = await asyncio.to_thread(self._incidents.save, summary)
        except JournalError as error:
            self._saving = False
            self._show(str(error))
            return
        self.query_one("#questions").display = False  # The result uses their lines.
        words = f"{plural(saved.observations, 'observation')} in\n{saved.path}"
        words += f"\n{saved.note}" if saved.note else ""
        self.app.copy_to_clipboard(str(saved.path))
        if page:
            self._drawing = True
            self._show(f"{words}\n\nDrawing the page ...")
            self.query_one("#hint", Static).update("Esc: no page; the recording is saved")
            words += f"\n\n{await draw_page(saved, self.app.theme.split('#')[0], session.command)}"
        self._saving, self._done = False, True
        self._show(f"{words}\n\nThe path is on the clipboard. Open the file: pairwatch replay FILE")
        self.query_one("#hint", Static).update("Enter or Esc: close")

    def _show(self, words: str) -> None:
        self.query_one("#outcome", Static).update(words)
