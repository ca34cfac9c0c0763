"""A table with a row for each lease of both partners. Only visible rows are drawn."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from console.insight.leases.joined import Clock, JoinedLease, lead_left
from console.insight.wording import rough, wall
from console.model.leases import Binding
from console.tui.keys.widget_keymap import LEASE_TABLE
from console.tui.widgets.cursor_rows import CursorRows

CUT = "\N{HORIZONTAL ELLIPSIS}"
DIFFERS, UNREAD = "\N{NOT EQUAL TO}", "?"
ADDRESS_WIDTH, SCOPE_WIDTH, STATE_WIDTH, CLIENT_WIDTH, ENDS_WIDTH, LEAD_WIDTH = 15, 10, 20, 18, 16, 7
PAIR_WIDTH, WIDE = 16, 110
LONGEST_ADDRESS = 43
SHARES = {Binding.FREE: "free, main's share", Binding.BACKUP: "free, backup's share"}
STYLES = {"plain": "$foreground", "stale": "$stale", "title": "$primary", "differs": "$warning"}


class LeaseTable(CursorRows):
    """Rows with a cursor that stays on its lease while more are loaded."""

    CLASS_PREFIX = "lease--"

    COMPONENT_CLASSES: ClassVar[set[str]] = {*(f"lease--{name}" for name in STYLES), "lease--cursor"}

    DEFAULT_CSS = (
        "LeaseTable { height: 1fr; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; }\n"
        + "\n".join(f"LeaseTable .lease--{name} {{ color: {colour}; }}" for name, colour in STYLES.items())
        + "\nLeaseTable .lease--cursor { background: $primary 25%; text-style: bold; }"
    )

    BINDINGS: ClassVar[list[BindingType]] = LEASE_TABLE.bindings()

    class Chosen(Message):
        """A lease was opened, by Enter or by a second click."""

        def __init__(self, lease: JoinedLease) -> None:
            super().__init__()
            self.lease = lease

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._leases: Sequence[JoinedLease] = ()
        self._clocks: Mapping[str, Mapping[str, Clock]] = {}
        self._zone: tzinfo | None = None
        self._many = False
        self._address_width = ADDRESS_WIDTH

    @property
    def count(self) -> int:
        return len(self._leases)

    @property
    def selected(self) -> JoinedLease | None:
        """The lease under the cursor; None if there is none."""
        return self._leases[self._cursor] if self._cursor < len(self._leases) else None

    def show(
        self,
        leases: Sequence[JoinedLease],
        clocks: Mapping[str, Mapping[str, Clock]],
        zone: tzinfo,
        *,
        many: bool,
    ) -> None:
        """Show these leases. `clocks`: by pair and server; `many`: of several pairs, so the pair has a column."""
        if leases is self._leases and zone is self._zone and many == self._many:
            return
        self.clear_rows()
        self._leases, self._clocks, self._zone, self._many = leases, clocks, zone, many
        # An IPv6 address is shown whole: two of them often differ in their last digits alone.
        self._address_width = max((len(lease.address) for lease in leases), default=0)
        self._address_width = max(ADDRESS_WIDTH, min(self._address_width, LONGEST_ADDRESS))
        self.fit_rows()

    def action_choose(self) -> None:
        lease = self.selected
        if lease is not None:
            self.post_message(self.Chosen(lease))

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if y == 0:
            # Through the cache, which is cleared when the theme changes.
            return self.cached_by_object(
                STYLES, False, width, lambda: self._line(self._headings(width), width, "title", Style())
            )
        number = y + self.scroll_offset.y - 1
        if number >= len(self._leases):
            return Strip.blank(width, self.rich_style)
        lease, cursor = self._leases[number], number == self._cursor
        return self.cached_by_object(lease, cursor, width, lambda: self._draw_row(lease, width, cursor))

    def _draw_row(self, lease: JoinedLease, width: int, cursor: bool) -> Strip:
        ground = self.style_of("cursor") if cursor else Style()
        style = "differs" if lease.differs else "stale" if lease.unread else "plain"
        return self._line(self._cells(lease, width), width, style, ground)

    def _widths(self, width: int) -> list[int]:
        pair = [PAIR_WIDTH] if self._many else []
        wide = [SCOPE_WIDTH, ENDS_WIDTH] if width >= WIDE else []
        fixed = [*pair, self._address_width, *wide[:1], STATE_WIDTH, CLIENT_WIDTH, *wide[1:], LEAD_WIDTH]
        return [1, *fixed, max(4, width - sum(fixed) - len(fixed) - 2)]

    def _headings(self, width: int) -> list[str]:
        pair = ["pair"] if self._many else []
        wide = ["scope", "ends"] if width >= WIDE else []
        return ["", *pair, "address", *wide[:1], "main / backup", "client", *wide[1:], "lead", "name"]

    def _cells(self, lease: JoinedLease, width: int) -> list[str]:
        _, record = lease.latest
        clocks = self._clocks.get(lease.pair, {})
        lead = lead_left(lease, clocks)
        states = [each.word if each is not None else "no record" for each in lease.records.values()]
        states += ["unknown" for _ in lease.unread]
        both = _together(states, {each.status for each in lease.records.values() if each is not None})
        now = max((clock.now for clock in clocks.values()), default=0.0)
        ends = "never" if record.endless else "-" if record.ends_at is None else self._wall(record.ends_at, now)
        mark = DIFFERS if lease.differs else UNREAD if lease.unread else ""
        client = (record.hardware or record.client_id or "-").rpartition(",")[2]
        pair = [lease.pair] if self._many else []
        wide = [record.scope, ends] if width >= WIDE else []
        unknown = "?" if record.status is Binding.ACTIVE else "-"
        left = unknown if lead is None else rough(lead).replace(" ", "")
        name = record.host_name or record.fqdn or ""
        return [
            mark,
            *pair,
            lease.address,
            *wide[:1],
            both,
            tail(client, CLIENT_WIDTH),
            *wide[1:],
            left,
            name,
        ]

    def _wall(self, at: float, now: float) -> str:
        return wall(at, self._zone, now) if self._zone is not None else ""

    def _line(self, cells: Sequence[str], width: int, style: str, ground: Style) -> Strip:
        drawn = self.style_of(style) + ground
        segments, used = [], 0
        for text, size in zip(cells, self._widths(width), strict=True):
            used += size + 1
            if used > width + 1:
                break  # A column that does not fit is left out as a whole.
            safe = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
            segments.append(Segment(f"{set_cell_size(safe, size)} ", drawn))
        return Strip(segments).adjust_cell_length(width, ground)


def _together(states: Sequence[str], statuses: set[Binding]) -> str:
    """The states of both records: one word where they agree. Each server has its own word for a free address."""
    if len(set(states)) == 1:
        return states[0]
    status, *others = statuses
    return SHARES[status] if status in SHARES and not others else " / ".join(each[:9] for each in states)


def tail(text: str, width: int) -> str:
    """The end of a client identifier that is too long: DUIDs differ there."""
    return text if len(text) <= width else f"{CUT}{text[1 - width :]}"
