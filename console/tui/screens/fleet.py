"""The fleet: every pair on one screen, the worst first, with its verdict and the next thing that happens by itself."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Footer, Input

from console.insight.diagnosis.table import beyond_the_verdict
from console.insight.fleet import FleetRow, counted, fleet
from console.insight.wording import due, left, plural, wall
from console.tui.places import PLACES
from console.tui.screens.drawn import PlaceScreen
from console.tui.session import Session
from console.tui.widgets.fleet_table import FleetTable
from console.tui.widgets.panel import Panel
from console.tui.widgets.signs import SEVERITIES

FEW = 20
"""Of so many pairs a change is drawn at once; of more, something changes all the time, and a second is soon enough."""
OF_ONE_PAIR = ("logs", "timeline")
"""Places that the footer leaves to the pair's: eighty columns must have room for the way to the help and out."""


class FleetScreen(PlaceScreen):
    """One line for each pair; the pair under the cursor in full below. Its keys open that pair's places."""

    CSS_PATH = "fleet.tcss"
    NAMES_ITS_PAIR = True

    BINDINGS: ClassVar[list[BindingType]] = [
        *(place.binding(shown=place.name not in OF_ONE_PAIR) for place in PLACES),
        Binding("enter", "open", "Open", id="fleet.open-pair"),
        Binding("slash", "filter", "Filter", id="fleet.filter"),
        Binding("escape", "back", "Back", id="fleet.back", show=False),
    ]

    def __init__(self, session: Session, pair_name: str) -> None:
        super().__init__(session, pair_name)
        self._words = ""

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield Panel(id="counts")
        yield Input(id="filter", placeholder="name, environment, state, severity ...")
        yield FleetTable(id="pairs")
        yield Panel(id="details")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        # The worst pair is where to begin; who comes from a pair finds the cursor on it.
        if len(self.app.screen_stack) > 2:
            self._table.select(self.pair_name)
        self._table.focus()
        self.draw()

    @property
    def _table(self) -> FleetTable:
        return self.query_one(FleetTable)

    @property
    def shown(self) -> object:
        pairs = self.session.store.picture.pairs
        return pairs if len(pairs) <= FEW else None

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
            self.query_one("#details", Panel).put(Content("no pair matches: escape clears the filter"))
            return
        self.pair_name = row.pair
        self.query_one("#details", Panel).put(self._told(row))
        self.query_one("#title", Panel).put(
            Content(self._title(len(self.session.store.picture.pairs), self._table.count))
        )

    def _told(self, row: FleetRow) -> Content:
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
            words = "nothing happens by itself" if row.event_known else "cannot tell what happens by itself"
            lines.append(Content.styled(f"NEXT {words}", "$stale"))
        else:
            known = "  (last known)" if row.event.last_known else ""
            event = row.event
            when = f"{left(event.at - now, event.estimate)}  {due(event.at, zone, now, event.estimate)}"
            lines.append(Content.assemble(("NEXT ", "bold $primary"), f"{when}  {row.event.text}{known}"))
        found = beyond_the_verdict(self.session.store.pair(row.pair), now, zone)
        more = [] if found is None else [Content.assemble(("WRONG ", "bold $warning"), found.title)]
        return Content("\n").join([*lines, Content(row.verdict), *more])

    def action_open(self) -> None:
        self._table.action_choose()

    @on(FleetTable.Chosen)
    def _chosen(self, event: FleetTable.Chosen) -> None:
        self.app.open_pair(event.pair)  # type: ignore[attr-defined]  # the app of this product

    def action_filter(self) -> None:
        field = self.query_one("#filter", Input)
        field.add_class("-on")
        field.focus()

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        self._words = event.value
        self.draw()

    @on(Input.Submitted, "#filter")
    def _found(self) -> None:
        self._table.focus()

    def action_back(self) -> None:
        """Take the filter away; without one, go back to where one came from."""
        field = self.query_one("#filter", Input)
        if field.has_class("-on"):
            field.value = ""
            field.remove_class("-on")
            self._table.focus()
        elif len(self.app.screen_stack) > 2:
            self.dismiss(None)


def _counts(rows: list[FleetRow]) -> Content:
    parts: list[str | tuple[str, str]] = []
    for severity, count in counted(rows).items():
        sign = SEVERITIES[severity]
        parts += [(f"{sign.glyph} {count} {severity}", sign.colour), "   "]
    return Content.assemble(*parts)
