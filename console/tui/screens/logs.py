"""The logs of both partners in order of time: filter, search, follow, and the fields of a line."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input

from console.dialects.dialect import LEVELS
from console.insight.dates import DateError, parse_date
from console.insight.wording import DAY
from console.logs.book import LogBook
from console.logs.filters import EVERYTHING, FilterError, format_clause, parse_filter
from console.logs.line import decode_line, parse_line
from console.logs.pair_logs import PairLogs
from console.state.zones import LocalZone
from console.tui.keys.keymap import LOGS
from console.tui.screens.picture import PlaceScreen
from console.tui.session import Session
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.log_text import line_text, status_text, title_text
from console.tui.widgets.log_view import LogView
from console.tui.widgets.panel import Panel
from console.tui.widgets.rows import Rows

CHECK_SECONDS = 0.2
"""Seconds between two checks of the files when no work is left."""
PIECES = 8
"""Steps of work before keys are handled again: some hundredths of a second."""


@dataclass(frozen=True, slots=True)
class InputMode:
    """A use of the input field; `hint` is shown while the field is empty."""

    name: str
    hint: str


INPUT_MODES = {
    each.name: each
    for each in (
        InputMode("filter", "words level:warning id:18101 server:backup client: address: re:/.../  (empty: all lines)"),
        InputMode("search", "words or re:/.../; then . and , for the next and the previous line"),
        InputMode("time", "go to 03:12, -20m or 2026-07-15 03:12Z"),
    )
}


class LogsScreen(PlaceScreen):
    """The logs of one pair. Files are read here; lines from a server's API or a recording come from the picture."""

    CSS_PATH = "logs.tcss"

    BINDINGS: ClassVar[list[BindingType]] = LOGS.bindings()

    def __init__(
        self, session: Session, pair_name: str, at: float | None = None, words: str = "", *, ask: bool = False
    ) -> None:
        """`at`: the time to start at (Unix seconds), None for the end. `words`: the filter. `ask`: type it first."""
        super().__init__(session, pair_name)
        self._asks = ask
        self._input_mode = INPUT_MODES["filter"]
        paths = session.logs.get(pair_name, {})
        recorded = None if session.player is None else session.player.between
        self._logs = PairLogs(self.pair, paths, LocalZone(), recorded=recorded)
        self._drawn_at = 0.0
        self._worker_task: asyncio.Task[None] | None = None
        self._goal = at
        self.book.apply_filter(parse_filter(words))

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield Input(id="entry", select_on_focus=False)
        yield Panel(id="wrong")
        yield LogView(id="lines")
        yield Panel(id="details")
        yield Panel(id="status")
        yield KeyFooter()

    def on_mount(self) -> None:
        self._view.open(self.book, self.session.store.zone)
        self._view.focus()
        # Not a worker of the toolkit: the toolkit waits for its workers before it handles the next key.
        self._worker_task = asyncio.create_task(self._work())
        self._worker_task.add_done_callback(self._report_error)
        self.draw()
        if self._asks:
            self.action_enter("filter")

    async def on_unmount(self) -> None:
        if self._worker_task is not None:
            self._worker_task.cancel()
            await asyncio.wait([self._worker_task])

    def _report_error(self, working: "asyncio.Task[None]") -> None:
        error = None if working.cancelled() else working.exception()
        if error is not None:
            self.call_later(_raise, error)

    @property
    def book(self) -> LogBook:
        return self._logs.book

    @property
    def _view(self) -> LogView:
        return self.query_one(LogView)

    def draw(self) -> None:
        """Take new lines and clock offsets from the picture, and draw the title and the status."""
        if self._logs.update(self.pair, self.session.now):
            self._view.open(self.book, self.session.store.zone)
        if not self._logs.has_files:
            self.book.work()
            self._publish()
        self.book.set_latest_time(self.session.now)
        self._view.set_zone(self.session.store.zone)
        self.query_one("#title", Panel).put(title_text(self.book.sources, self._logs.origin))
        self._draw_words()

    @on(LogView.Moved)
    def _draw_words(self) -> None:
        view, zone = self._view, self.session.store.zone
        self.query_one("#status", Panel).put(status_text(self.book, view, self.session.now, zone))
        details = self.query_one("#details", Panel)
        if details.has_class("-on"):
            details.put(line_text(self.book, view.cursor, zone))

    async def _work(self) -> None:
        """Read, filter, search and show the result until the screen is closed. Files are read in another thread."""
        reading: asyncio.Future[None] | None = None
        try:
            while True:
                book = self.book
                if self._logs.has_files:
                    reading = asyncio.ensure_future(asyncio.to_thread(book.work, PIECES))
                    await asyncio.shield(reading)
                else:
                    book.work()
                if not self.query("#status"):
                    return  # The screen is closing and has no widgets any more.
                self._logs.close_retired()
                if book is self.book:
                    self._publish()
                await asyncio.sleep(0 if book.busy else CHECK_SECONDS)
        finally:
            if reading is not None:
                with contextlib.suppress(Exception):
                    await reading
            self._logs.close()

    def _publish(self) -> None:
        view = self._view
        shown, anchor = self.book.shown, view.cursor_anchor()
        new = self.book.publish()
        view.update_lines(anchor, new)
        if self.book.shown is not shown:
            view.reset_new_lines()
        if self._goal is not None and self.book.complete and self.book.filtering is None:
            # Lines have whole seconds, so the time is cut to its second.
            view.go_to(self.book.shown.merged.at(int(self._goal)))
            self._goal = None
        # The progress is drawn no more often than a person can read it.
        moment = asyncio.get_running_loop().time()
        if new is not None or not self.book.busy or moment - self._drawn_at > CHECK_SECONDS:
            self._drawn_at = moment
            self._draw_words()

    def action_enter(self, name: str) -> None:
        """Show the input field in one of its modes."""
        self._input_mode = INPUT_MODES[name]
        field = self.query_one("#entry", Input)
        field.placeholder = f"{name}: {self._input_mode.hint}"
        present = {"filter": self.book.filter.text, "search": "" if self.book.search is None else self.book.search.text}
        field.value = present.get(name, "")
        field.cursor_position = len(field.value)
        field.add_class("-on")
        field.focus()

    @on(Input.Changed, "#entry")
    def _typed(self, event: Input.Changed) -> None:
        self._show_fault(None)

    @on(Input.Submitted, "#entry")
    def _entered(self, event: Input.Submitted) -> None:
        try:
            match self._input_mode.name:
                case "filter":
                    self._filter(event.value)
                case "search":
                    self._search(event.value)
                case _:
                    self._go_to(event.value)
        except (FilterError, DateError) as wrong:
            self._show_fault(str(wrong))
            return
        self._close_entry()

    def _filter(self, text: str) -> None:
        anchor = self._view.cursor_anchor()
        self.book.apply_filter(parse_filter(text))
        self._view.update_lines(anchor, 0)
        self._draw_words()

    def _search(self, text: str) -> None:
        wanted = parse_filter(text)
        self.book.apply_search(None if wanted == EVERYTHING else wanted)
        self._view.refresh()
        self._draw_words()

    def _go_to(self, text: str) -> None:
        at = parse_date(text, self.session.now, self.session.store.zone)
        # A log has no lines of the future: a time later than now is yesterday's.
        if at > self.session.now and len(text.strip()) <= len("00:00:00"):
            at -= DAY
        self._view.go_to(self.book.shown.merged.at(at))

    def _show_fault(self, words: str | None) -> None:
        line = self.query_one("#wrong", Panel)
        line.set_class(words is not None, "-on")
        line.put(Content(words or ""))

    def _close_entry(self) -> None:
        self._show_fault(None)
        self.query_one("#entry", Input).remove_class("-on")
        self._view.focus()

    def action_find(self, step: int) -> None:
        """Go to the next or the previous match, and from the last to the first."""
        found, place = self.book.found, self.book.place(self._view.cursor)
        if self.book.search is None:
            self.action_enter("search")
            return
        if found is None or place is None or not len(found.merged):
            self.notify("No match." if found is not None else "The search is not complete yet.")
            return
        here = self.book.position(place, found)
        on_one = here < len(found.merged) and found.merged.line(here) == self.book.shown.merged.line(self._view.cursor)
        there = here + step if on_one or step < 0 else here
        self._view.go_to(self.book.shown.merged.position(*found.merged.line(there % len(found.merged))))

    def action_by(self, name: str) -> None:
        """Filter by the client, address, message, server or level of this line; a second time removes the filter."""
        line = self._line()
        if line is None:
            return
        server, text = line
        read = parse_line(text)
        level = read.level.lower() if read.level in LEVELS else None
        value = {
            "client": read.client,
            "address": read.address,
            "id": read.id or None,
            "server": server,
            "level": level,
        }[name]
        if value is None:
            self.notify(f"This line has no {name}.", severity="warning")
            return
        written, words = self.book.filter.text, format_clause(name, value)
        others = " ".join(each for each in written.split(" ") if not each.startswith(f"{name}:"))
        self._filter(others if words in written.split(" ") else f"{others} {words}".strip())

    @on(Rows.Opened)
    def _opened(self) -> None:
        self.action_details()

    def action_details(self) -> None:
        self.query_one("#details", Panel).toggle_class("-on")
        self._draw_words()

    def action_copy(self) -> None:
        line = self._line()
        if line is not None:
            self.app.copy_to_clipboard(line[1])
            self.notify("Line copied.")

    def _line(self) -> tuple[str, str] | None:
        """The server and the text of the line under the cursor."""
        if not self._view.count:
            return None
        lane, number = self.book.shown.merged.line(self._view.cursor)
        source = self.book.shown.sources[lane]
        data = source.line(number)
        return None if data is None else (source.server, decode_line(data))

    def action_back(self) -> None:
        """Close the field or the details; else clear the search, then the filter; else go back."""
        field, details = self.query_one("#entry", Input), self.query_one("#details", Panel)
        if field.has_class("-on"):
            self._close_entry()
        elif details.has_class("-on"):
            details.remove_class("-on")
        elif self.book.search is not None:
            self._search("")
        elif self.book.filter.text:
            self._filter("")
        elif self.session.navigator.can_go_back:
            self.dismiss(None)


def _raise(error: BaseException) -> None:
    """Raise the error of a task in the screen."""
    raise error
