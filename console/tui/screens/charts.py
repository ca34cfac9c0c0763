"""Every pool of the pair as a small chart, from what was recorded: one key changes the range of all, one enlarges a
pool.

The history is read in a thread when the screen opens, when the range changes, and again while it is shown. Present
values come from the picture.
"""

import asyncio
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from console.errors import ConsoleError
from console.insight.charts.history import (
    RANGES,
    History,
    PoolLines,
    pool_lines,
    pool_names,
    refresh_seconds,
    with_present,
)
from console.insight.charts.outlook import Outlook, axis_end, outlook
from console.insight.freshness import main_first
from console.insight.wording import plural, rough, wall
from console.tui.charts.pool import Frame, pool_rows
from console.tui.keys.keymap import CHARTS
from console.tui.screens.picture import PlaceScreen
from console.tui.session import Session
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.panel import Panel

LEAST_WIDTH, LEAST_HEIGHT = 76, 9
"""The least cells of one chart. More charts than fit are shown when they are chosen."""
EVENTS_SHOWN = 7
EMPTY = History(0.0, 0.0)


class ChartsScreen(PlaceScreen):
    """The charts, `enlarged` with one pool and its events."""

    CSS_PATH = "charts.tcss"

    BINDINGS: ClassVar[list[BindingType]] = CHARTS.bindings()

    def __init__(self, session: Session, pair_name: str) -> None:
        super().__init__(session, pair_name)
        self._range = 0
        self._pool = 0
        self._enlarged = False
        self._past: History | None = None
        self._read_for: tuple[str, int, float] | None = None
        """The pair, the range and the time of the latest reading."""
        self._reading = False
        self._problem = ""
        self._lines: tuple[tuple[object, ...], dict[str, PoolLines]] = ((), {})

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield Panel(id="problem")
        yield Panel(id="plots")
        yield Panel(id="events")
        yield KeyFooter()

    def on_mount(self) -> None:
        self.draw()

    def on_resize(self) -> None:
        self.call_after_refresh(self.draw)

    @property
    def _span(self) -> float:
        return RANGES[self._range][1]

    def draw(self) -> None:
        """Draw the charts with what was read so far, and read again when it is time."""
        self._read_when_due()
        now, pair = self.session.now, self.pair
        past = with_present(self._past or EMPTY, pair, now)
        names = pool_names(past, pair)
        self._pool = min(self._pool, max(0, len(names) - 1))
        shown, places = self._shown(names)
        self.query_one("#title", Panel).put(Content(self._title(names, shown, past)))
        problem = self.query_one("#problem", Panel)
        problem.set_class(bool(self._problem), "-on")
        problem.put(Content(self._problem))
        events = self.query_one("#events", Panel)
        events.set_class(self._enlarged, "-on")
        events.put(self._event_lines(past) if self._enlarged else Content(""))
        plots = self.query_one("#plots", Panel)
        if not names:
            words = "reading the journal ..." if self._reading else "no pools are reported or recorded for this pair"
            plots.put(Content.styled(f" {words}", "$stale"))
            return
        self._draw_pools(plots, past, shown, places, now)

    def _draw_pools(
        self, plots: Panel, past: History, shown: tuple[str, ...], places: tuple[int, int], now: float
    ) -> None:
        pair = self.pair
        across, down = places
        width, height = plots.size.width // across, plots.size.height // down
        if width < 30 or height < 5:
            return  # Not laid out yet.
        forecasts: dict[str, Outlook | None] = {name: outlook(pair, name, now) for name in shown}
        soonest = min((each for each in forecasts.values() if each), key=lambda each: each.empty_at, default=None)
        # All charts of the screen have the same time axis.
        frame = Frame(now - self._span, axis_end(now, self._span, soonest), now, self.session.store.zone)
        blocks = []
        for name in shown:
            rows = pool_rows(
                self._lines_of(name, past),
                frame,
                forecasts[name],
                past.events,
                (width - 1, height),
                chosen=name == self._chosen_name(shown),
            )
            blocks.append([row.truncate(width, pad=True) for row in rows])
        lines: list[Content] = []
        for number in range(0, len(blocks), across):
            some = blocks[number : number + across]
            tallest = max(len(block) for block in some)
            blank = Content(" " * width)
            for row in range(tallest):
                lines.append(Content("").join([block[row] if row < len(block) else blank for block in some]))
        plots.put(Content("\n").join(lines))

    def _lines_of(self, name: str, past: History) -> PoolLines:
        main, backup = main_first(self.pair.servers.values())
        known = (self.pair_name, id(self._past), main.reported_at, backup.reported_at, main.failures, backup.failures)
        if self._lines[0] != (*known, int(self.session.now)):
            self._lines = ((*known, int(self.session.now)), {})
        cached = self._lines[1]
        if name not in cached:
            cached[name] = pool_lines(past, name, main.name, backup.name)
        return cached[name]

    def _chosen_name(self, shown: tuple[str, ...]) -> str:
        if self._enlarged:
            return ""
        return shown[self._pool % len(shown)] if shown else ""

    def _shown(self, names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[int, int]]:
        """The pools on this page, and how many fit across and down."""
        if self._enlarged:
            return names[self._pool : self._pool + 1], (1, 1)
        size = self.query_one("#plots").size
        across = max(1, size.width // LEAST_WIDTH)
        down = max(1, size.height // LEAST_HEIGHT)
        # Fewer pools than room get larger charts.
        across = min(across, max(1, len(names)))
        down = min(down, max(1, -(-len(names) // across)))
        page = self._pool // (across * down)
        first = page * across * down
        return names[first : first + across * down], (across, down)

    def _title(self, names: tuple[str, ...], shown: tuple[str, ...], past: History) -> str:
        ranges = " ".join(f"[{name}]" if number == self._range else name for number, (name, _) in enumerate(RANGES))
        if self._enlarged or len(shown) < len(names):
            first = names.index(shown[0]) + 1 if shown else 0
            last = f"-{first + len(shown) - 1}" if len(shown) > 1 else ""
            pools = f"pool {first}{last} of {len(names)}"
        else:
            pools = plural(len(names), "pool")
        notes = ["reading ..."] if self._reading and self._past is None else []
        if self._past is not None and self._past.recorded == 0:
            notes.append("nothing is recorded in this range")
        elif past.step:
            notes.append(f"changes shorter than {rough(past.step)} may be missing")
        return "  ".join([f"CHARTS  {ranges}", pools, *notes])

    def _event_lines(self, past: History) -> Content:
        now, zone = self.session.now, self.session.store.zone
        events = [each for each in past.events if each.at >= now - self._span]
        if not events:
            return Content.styled("no change of state and no action is recorded in this range", "$stale")
        lines = [f"{'!' if each.by_operator else '^'} {wall(each.at, zone, now)}  {each.text}" for each in events]
        more = [f"and {len(lines) - EVENTS_SHOWN} before"] if len(lines) > EVENTS_SHOWN else []
        return Content("\n".join([*lines[::-1][:EVENTS_SHOWN], *more]))

    def _read_when_due(self) -> None:
        now = self.session.now
        if self._reading:
            return
        before = self._read_for
        moved = before is None or before[:2] != (self.pair_name, self._range)
        if before is not None and not moved and 0 <= now - before[2] < refresh_seconds(self._span):
            return
        if moved:
            self._past = None
        if self.session.histories is None:
            self._problem = "nothing is recorded: only present values are shown"
            return
        self._read_for = (self.pair_name, self._range, now)
        self._reading = True
        self._read(self.pair_name, now - self._span, now)

    @work(exclusive=True)
    async def _read(self, pair: str, start: float, end: float) -> None:
        histories = self.session.histories
        wanted = self._read_for
        try:
            if histories is not None:
                past = await asyncio.to_thread(histories.read, pair, start, end)
                if self._read_for == wanted:
                    self._past, self._problem = past, ""
        except ConsoleError as error:
            self._problem = f"{error}; only present values are shown"
        finally:
            self._reading = False
        self.draw()

    def action_range(self, step: int) -> None:
        """Change the range of all charts."""
        self._choose_range((self._range + step) % len(RANGES))

    def action_range_of(self, number: int) -> None:
        """Choose a range by its number."""
        self._choose_range(number)

    def _choose_range(self, number: int) -> None:
        if number != self._range:
            self._range = number
            self._reading = False
            self.draw()

    def action_enlarge(self) -> None:
        """Show the chosen pool on the whole screen, or all pools again."""
        self._enlarged = not self._enlarged
        # The panel of events changes the room for the charts.
        self.draw()
        self.call_after_refresh(self.draw)

    def action_back(self) -> None:
        if self._enlarged:
            self.action_enlarge()
        else:
            self.dismiss()

    def action_move(self, step: int) -> None:
        """Choose the next or previous pool."""
        count = len(pool_names(self._past or EMPTY, self.pair))
        self._pool = min(max(0, count - 1), max(0, self._pool + step))
        self.draw()

    def action_edge(self, last: int) -> None:
        """Choose the first or the last pool."""
        self._pool = len(pool_names(self._past or EMPTY, self.pair)) if last else 0
        self.draw()
