"""The fleet: every pair on one screen, the most severe first, with its verdict and the next automatic event."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input

from console.insight.fleet import FleetRow, counted, fleet
from console.insight.wording import due, left, plural, wall
from console.tui.findings import worst_finding
from console.tui.keys.keymap import FLEET
from console.tui.screens.picture import PlaceScreen
from console.tui.session import Session
from console.tui.widgets.fleet_table import FleetTable
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.panel import Panel
from console.tui.widgets.signs import SEVERITIES

AT_ONCE_PAIRS = 20
"""Up to this number of pairs a change is drawn at once; above it, once a second."""


class FleetScreen(PlaceScreen):
    """One line for each pair; details of the selected pair below. The keys of places open them for that pair."""

    CSS_PATH = "fleet.tcss"
    NAMES_ITS_PAIR = True

    BINDINGS: ClassVar[list[BindingType]] = FLEET.bindings()

    def __init__(self, session: Session, pair_name: str) -> None:
        super().__init__(session, pair_name)
        self._words = ""

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield Panel(id="counts")
        yield Input(id="filter", placeholder="name, environment, state, severity ...")
        yield FleetTable(id="pairs")
        yield Panel(id="details")
        yield KeyFooter()

    def on_mount(self) -> None:
        # The cursor starts on the most severe pair, or on the pair that was shown before.
        if self.session.navigator.can_go_back:
            self._table.select(self.pair_name)
        self._table.focus()
        self.draw()

    @property
    def _table(self) -> FleetTable:
        return self.query_one(FleetTable)

    @property
    def shown(self) -> object:
        pairs = self.session.store.picture.pairs
        return pairs if len(pairs) <= AT_ONCE_PAIRS else None

    def draw(self) -> None:
        now, zone = self.session.now, self.session.store.zone
        rows = fleet(self.session.store.picture, now, zone)
        shown = [row for row in rows if row.matches(self._words)]
        self.query_one("#title", Panel).put(Content(self._title(len(rows), len(shown))))
        self.query_one("#counts", Panel).put(_counts(rows))
        self._table.show(shown, now, zone)
        self._draw_details()

    def _title(self, all_pairs: int, shown: int) -> str:
        chosen = f", {shown} shown" if shown != all_pairs else ""
        wall_clock = wall(self.session.now, self.session.store.zone)
        return f"FLEET  {plural(all_pairs, 'pair')}{chosen}  {wall_clock}  {self.session.mode(self.pair_name)}"

    @on(FleetTable.Moved)
    def _draw_details(self) -> None:
        row = self._table.selected
        if row is None:
            self.query_one("#details", Panel).put(Content("no pair matches: Esc clears the filter"))
            return
        self.pair_name = row.pair
        self.query_one("#details", Panel).put(self._describe(row))
        self.query_one("#title", Panel).put(
            Content(self._title(len(self.session.store.picture.pairs), self._table.count))
        )

    def _describe(self, row: FleetRow) -> Content:
        now, zone = self.session.now, self.session.store.zone
        sign = SEVERITIES[row.severity]
        environment = f"  {row.environment.upper()}" if row.environment else ""
        alarms = f"  {plural(row.unowned, 'alarm')} unowned" if row.unowned else ""
        lines = [
            Content.assemble(
                (f"{sign.glyph} {row.severity.upper()}  ", sign.colour), (f"{row.pair}{environment}{alarms}", "bold")
            )
        ]
        if row.event is None:
            words = "no automatic event" if row.event_known else "cannot tell the next automatic event"
            lines.append(Content.styled(f"NEXT {words}", "$stale"))
        else:
            known = "  (last known)" if row.event.last_known else ""
            event = row.event
            when = f"{left(event.at - now, event.estimate)}  {due(event.at, zone, now, event.estimate)}"
            lines.append(Content.assemble(("NEXT ", "bold $primary"), f"{when}  {row.event.text}{known}"))
        found = worst_finding(self.session, self.session.store.pair(row.pair))
        more = [] if found is None else [Content.assemble(("FINDING ", "bold $warning"), found.title)]
        return Content("\n").join([*lines, Content(row.verdict), *more])

    def action_open(self) -> None:
        self._table.action_choose()

    @on(FleetTable.Chosen)
    def _chosen(self, event: FleetTable.Chosen) -> None:
        self.session.navigator.open_pair(event.pair)

    def action_filter(self) -> None:
        field = self.query_one("#filter", Input)
        field.add_class("-on")
        field.focus()

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        self._words = event.value
        self.draw()

    @on(Input.Submitted, "#filter")
    def _focus_table(self) -> None:
        self._table.focus()

    def action_back(self) -> None:
        """Clear the filter; without one, go back."""
        field = self.query_one("#filter", Input)
        if field.has_class("-on"):
            field.value = ""
            field.remove_class("-on")
            self._table.focus()
        elif self.session.navigator.can_go_back:
            self.dismiss(None)


def _counts(rows: list[FleetRow]) -> Content:
    parts: list[str | tuple[str, str]] = []
    for severity, count in counted(rows).items():
        sign = SEVERITIES[severity]
        parts += [(f"{sign.glyph} {count} {severity}", sign.colour), "   "]
    return Content.assemble(*parts)
