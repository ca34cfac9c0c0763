"""A table with a row for each pair. Only visible rows are drawn. Wider screens have more columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from console.insight.fleet import FleetRow, Half
from console.insight.wording import left, rough
from console.model.picture import Severity
from console.tui.keys.widget_keymap import FLEET_TABLE
from console.tui.widgets.cursor_rows import CursorRows
from console.tui.widgets.signs import SEVERITIES, STATES, UNSEEN

WIDE, WIDER = 120, 170

STATE_WORDS = {
    "COMMUNICATIONS-INTERRUPTED": "COMM-INT",
    "PARTNER-DOWN": "P-DOWN",
    "POTENTIAL-CONFLICT": "CONFLICT",
    "RECOVER-WAIT": "REC-WAIT",
    "RECOVER-DONE": "REC-DONE",
    "RESOLUTION-INTERRUPTED": "RES-INT",
    "CONFLICT-DONE": "CON-DONE",
    "": "?",
}
"""Abbreviations of the state words that are too long for a column."""
STATE_WIDTH = 10


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, its width (0: the rest), and the least width of the screen that has it."""

    title: str
    width: int
    least: int = 0


COLUMNS = (
    Column("pair", 16),
    Column("environment", 12, WIDE),
    Column("main", STATE_WIDTH),
    Column("age", 5, WIDE),
    Column("backup", STATE_WIDTH),
    Column("age", 5, WIDE),
    Column("link", 12, WIDER),
    Column("verdict", 0),
    Column("worst scope", 19, WIDER),
    Column("config", 8, WIDER),
    Column("unacked", 7, WIDER),
    Column("next", 8),
)

MISMATCHES = {True: ("DIFFERS", "severity-warning"), False: ("same", "stale"), None: ("unknown", "stale")}
"""The text and the style of each result of comparing the configurations of the servers."""

STYLES = {
    "plain": "$foreground",
    "stale": "$stale",
    "title": "$primary",
    **{f"state-{phase}": sign.colour for phase, sign in STATES.items()},
    "state-unseen": UNSEEN.colour,
    **{f"severity-{severity}": sign.colour for severity, sign in SEVERITIES.items()},
}


class FleetTable(CursorRows):
    """Rows with a cursor that stays on its pair when the order changes."""

    CLASS_PREFIX = "fleet--"

    COMPONENT_CLASSES: ClassVar[set[str]] = {*(f"fleet--{name}" for name in STYLES), "fleet--cursor"}

    DEFAULT_CSS = (
        "FleetTable { height: 1fr; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; }\n"
        + "\n".join(f"FleetTable .fleet--{name} {{ color: {colour}; }}" for name, colour in STYLES.items())
        + "\nFleetTable .fleet--cursor { background: $primary 25%; text-style: bold; }"
    )

    BINDINGS: ClassVar[list[BindingType]] = FLEET_TABLE.bindings()

    class Chosen(Message):
        """A pair was opened, by Enter or by a second click."""

        def __init__(self, pair: str) -> None:
            super().__init__()
            self.pair = pair

    class Moved(Message):
        """The cursor moved to another pair."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Sequence[FleetRow] = ()
        self._now = 0.0
        self._pair: str | None = None

    @property
    def selected(self) -> FleetRow | None:
        """The row under the cursor; None if there is no row."""
        return self._rows[self._cursor] if self._cursor < len(self._rows) else None

    @property
    def count(self) -> int:
        return len(self._rows)

    def show(self, rows: Sequence[FleetRow], now: float, zone: tzinfo) -> None:
        """Show these rows in their order."""
        if now != self._now:
            self.clear_rows()
        self._rows, self._now = rows, now
        names = [row.pair for row in rows]
        if self._pair in names:
            self._cursor = names.index(self._pair)
        if self._pair is None and rows:
            self._pair = rows[0].pair
        self.fit_rows()

    def select(self, pair: str) -> None:
        """Move the cursor to that pair, now or as soon as it has a row."""
        self._pair = pair

    def action_choose(self) -> None:
        row = self.selected
        if row is not None:
            self.post_message(self.Chosen(row.pair))

    def moved(self) -> None:
        self._pair = self._rows[self._cursor].pair
        self.post_message(self.Moved())

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        number = y + self.scroll_offset.y - 1
        if y == 0:
            return self.cached_by_object(COLUMNS, False, width, lambda: self._draw_heading(width))
        if number >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row, cursor = self._rows[number], number == self._cursor
        return self.cached_by_object(row, cursor, width, lambda: self._draw_row(row, width, cursor))

    def _draw_heading(self, width: int) -> Strip:
        titles = [
            (column.title.rjust(column.width) if column.title == "next" else column.title, "title")
            for column in self._columns
        ]
        return self._line(("  ", "plain"), titles, width, Style())

    def _draw_row(self, row: FleetRow, width: int, cursor: bool) -> Strip:
        sign = (f"{SEVERITIES[row.severity].glyph} ", f"severity-{row.severity}")
        return self._line(sign, self._cells(row), width, self.style_of("cursor") if cursor else Style())

    def _line(self, sign: tuple[str, str], cells: list[tuple[str, str]], width: int, ground: Style) -> Strip:
        segments = [Segment(sign[0], self._style(sign[1], ground))]
        for (text, style), size in zip(cells, self._widths(width), strict=False):
            safe = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
            segments.append(Segment(f"{set_cell_size(safe, size)} ", self._style(style, ground)))
        return Strip(segments).adjust_cell_length(width, ground)

    @property
    def _columns(self) -> list[Column]:
        return [column for column in COLUMNS if self.size.width >= column.least]

    def _widths(self, width: int) -> list[int]:
        columns = self._columns
        spare = width - 2 - sum(column.width + 1 for column in columns)
        return [column.width or max(10, spare) for column in columns]

    def _style(self, name: str, ground: Style) -> Style:
        return self.style_of(name) + ground

    def _cells(self, row: FleetRow) -> list[tuple[str, str]]:
        event = row.event
        nothing = "-" if row.event_known else "?"
        soon = nothing if event is None else left(event.at - self._now, event.estimate)
        known = "stale" if event is None or event.last_known else "severity-warning"
        drawn = {
            "pair": (row.pair, "plain"),
            "environment": (row.environment, "plain"),
            "main": _state(row.main),
            "backup": _state(row.backup),
            "link": self._link(row),
            "verdict": (row.verdict, "plain" if row.severity is not Severity.OK else "stale"),
            "worst scope": self._scope(row),
            "config": MISMATCHES[row.mismatch],
            "unacked": (_number(row.unacked).rjust(7), "plain" if row.unacked else "stale"),
            "next": (soon.rjust(8), known),
        }
        ages = iter([_age(row.main), _age(row.backup)])
        return [next(ages) if column.title == "age" else drawn[column.title] for column in self._columns]

    def _link(self, row: FleetRow) -> tuple[str, str]:
        if row.link is None:
            return "unknown", "stale"
        if row.link:
            return "up", "stale"
        since = "" if row.link_since is None else f" {rough(self._now - row.link_since)}"
        return f"LOST{since}", "severity-warning"

    def _scope(self, row: FleetRow) -> tuple[str, str]:
        worst = row.exhaustion
        if worst is None or worst.at is None:
            return "none within 24 h" if row.exhaustion_known else "cannot tell", "stale"
        return f"{worst.pool} {rough(worst.at - self._now)}", "severity-warning"


def _state(half: Half) -> tuple[str, str]:
    """A symbol and a word. For a server that does not answer, the last known state with its own symbol and colour."""
    if half.phase is None:
        return f"{UNSEEN.glyph} -", "state-unseen"
    word = STATE_WORDS.get(half.word, half.word)[: STATE_WIDTH - 2]
    if not half.seen:
        return f"{UNSEEN.glyph} {word}", "state-unseen"
    return f"{STATES[half.phase].glyph} {word}", f"state-{half.phase}"


def _number(count: int | None) -> str:
    return "?" if count is None else f"{count:,}"


def _age(half: Half) -> tuple[str, str]:
    return ("never", "stale") if half.age is None else (rough(half.age).replace(" ", "").rjust(5), "stale")
