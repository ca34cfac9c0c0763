"""The saved incidents: the files of the folder in which `S` saves them. Enter opens the replay of one."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import DataTable

from console.errors import JournalError
from console.incidents.listing import ListedIncident, list_incidents, open_incident
from console.insight.wording import both_clocks, rough
from console.tui.keys.keymap import INCIDENTS
from console.tui.screens.picture import PlaceScreen
from console.tui.session import Session
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.panel import Panel

COLUMNS = (("saved", 21), ("pair", 16), ("length", 8), ("by", 10), ("size", 9))
REST = 10
"""Cells of the borders and spaces of the table."""
KIBIBYTE = 1024


class IncidentsScreen(PlaceScreen):
    """A row for each file, the newest first; below, the selected file with its note or its fault."""

    CSS_PATH = "incidents.tcss"

    BINDINGS: ClassVar[list[BindingType]] = INCIDENTS.bindings()

    def __init__(self, session: Session, pair_name: str) -> None:
        super().__init__(session, pair_name)
        self._found: Sequence[ListedIncident] = ()
        self._state = "reading ..."
        self._problem = ""

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield DataTable(cursor_type="row", zebra_stripes=False)
        yield Panel(id="details")
        yield KeyFooter()

    def on_mount(self) -> None:
        table = self._table
        spare = max(0, self.app.size.width - sum(width for _, width in COLUMNS) - REST)
        for name, width in COLUMNS:
            table.add_column(name, key=name, width=width + (spare if name == "pair" else 0))
        table.focus()
        self.draw()
        self._read()

    @property
    def _table(self) -> DataTable[Content]:
        return self.query_one(DataTable)

    @work(exclusive=True)
    async def _read(self) -> None:
        self._problem = ""
        try:
            self._found = await asyncio.to_thread(list_incidents, self.session.incident_folder)
        except JournalError as error:
            self._found, self._problem = (), str(error)
        self._state = ""
        table = self._table
        table.clear()
        for number, each in enumerate(self._found):
            table.add_row(*self._cells(each), key=str(number))
        self.draw()

    def _cells(self, incident: ListedIncident) -> list[Content]:
        about, zone = incident.about, self.session.store.zone
        saved = f"{datetime.fromtimestamp(incident.saved_at, zone):%Y-%m-%d %H:%M %Z}"
        size = f"{max(1, incident.size // KIBIBYTE):,} KiB".rjust(9)
        if incident.fault:
            return [Content.styled(each, "$warning") for each in (saved, "CANNOT READ", "", "", size)]
        if about is None:
            return [Content(each) for each in (saved, "no description", "", "", size)]
        pairs = ", ".join(pair.name for pair in about.pairs)
        return [Content(each) for each in (saved, pairs, rough(about.end - about.start), about.saved_by, size)]

    def draw(self) -> None:
        self.query_one("#title", Panel).put(Content(f"INCIDENTS  {len(self._found)} saved  {self._state}"))
        self._draw_details()

    @on(DataTable.RowHighlighted)
    def _draw_details(self) -> None:
        incident, zone = self._selected, self.session.store.zone
        lines: list[Content] = []
        if incident is None and not self._state:
            lines.append(Content("no incident is saved: S saves the recording of a pair to a file"))
        elif incident is not None:
            lines.append(Content(incident.path.name))
            if incident.fault:
                lines.append(Content.styled(incident.fault, "$warning"))
            elif incident.about is not None:
                about = incident.about
                lines.append(Content(f"from {both_clocks(about.start, zone)} to {both_clocks(about.end, zone)}"))
                lines += [Content(about.note)] if about.note else []
        if self._problem:
            lines.append(Content.styled(self._problem, "$warning"))
        self.query_one("#details", Panel).put(Content("\n").join(lines))

    @property
    def _selected(self) -> ListedIncident | None:
        row = self._table.cursor_row
        return self._found[row] if 0 <= row < len(self._found) else None

    def action_open(self) -> None:
        """Open the replay of the selected file."""
        incident = self._selected
        if incident is not None and not self._state:
            self._state, self._problem = f"reading {incident.path.name} ...", ""
            self.draw()
            self._open(incident)

    @work(exclusive=True)
    async def _open(self, incident: ListedIncident) -> None:
        try:
            opened = await asyncio.to_thread(open_incident, incident.path, self.session.store.zone)
        except JournalError as error:
            self._problem = str(error)
        else:
            self.session.navigator.open_replay(opened)
        finally:
            self._state = ""
        self.draw()

    def action_again(self) -> None:
        """List the files again."""
        self._state = "reading ..."
        self._read()
