"""The numbers of both servers side by side; for the selected one its formula, meaning, and what to do."""

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import DataTable

from console.insight.freshness import age, is_seen, without_answer
from console.insight.joint import Joint, joint
from console.insight.numbers.reading import Reading
from console.insight.numbers.table import NUMBERS, Number
from console.insight.numbers.table import number as number_of
from console.insight.wording import rough
from console.model.picture import ServerPicture, Severity
from console.tui.keys import keymap
from console.tui.screens.picture import PlaceScreen
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.panel import Panel
from console.tui.widgets.pool_table import PoolTable
from console.tui.widgets.signs import SEVERITIES, UNSEEN

NAME_WIDTH, VALUE_WIDTH = 19, 26
NARROW = 80
SHORT_HEIGHT, HIGH_HEIGHT = 30, 50
MARKED = frozenset({Severity.WARNING, Severity.CRITICAL})


class NumbersScreen(PlaceScreen):
    """One row for each number, with the values of the main and the backup."""

    CSS_PATH = "numbers.tcss"
    # The toolkit declares these on instances, so they cannot be ClassVar.
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT_HEIGHT, "-tall"), (HIGH_HEIGHT, "-high")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = keymap.NUMBERS.bindings()

    def __init__(self, session: Any, pair_name: str) -> None:
        super().__init__(session, pair_name)
        self._value_width = VALUE_WIDTH

    def compose(self) -> ComposeResult:
        yield Panel(id="heads")
        yield DataTable(cursor_type="row", show_header=False, zebra_stripes=False)
        yield Panel(id="details")
        yield PoolTable(id="pools")
        yield KeyFooter()

    def on_mount(self) -> None:
        table = self._table
        self._value_width = VALUE_WIDTH + max(0, self.app.size.width - NARROW) // 2
        for name, width in (("name", NAME_WIDTH), ("main", self._value_width), ("backup", self._value_width)):
            table.add_column(name, key=name, width=width)
        for each in NUMBERS:
            table.add_row(Content(each.name), Content(""), Content(""), key=each.id)
        table.focus()
        self.draw()

    @property
    def _table(self) -> DataTable[Content]:
        return self.query_one(DataTable)

    @property
    def _both(self) -> Joint:
        return joint(self.pair, self.session.now, self.session.store.zone)

    def draw(self) -> None:
        both = self._both
        heads = [self._head(server) for server in (both.main, both.backup)]
        label = (" NUMBERS".ljust(NAME_WIDTH + 3), "bold")
        self.query_one("#heads", Panel).put(Content.assemble(label, heads[0], "  ", heads[1]))
        table = self._table
        for each in NUMBERS:
            for column, cell in zip(("main", "backup"), self._cells(each, both), strict=True):
                if table.get_cell(each.id, column) != cell:
                    table.update_cell(each.id, column, cell, update_width=False)
        servers = (both.main, both.backup)
        self.query_one(PoolTable).show(both.pair, servers, both.now, self.query_one(PoolTable).size.height)
        self._draw_details()

    def _head(self, server: ServerPicture) -> Content:
        seconds = age(server, self.session.now)
        if seconds is None:
            words, style = without_answer(server), "$stale"
        elif is_seen(server, self.session.now):
            words, style = f"seen {rough(seconds)} ago", "$stale"
        else:
            words, style = f"{UNSEEN.glyph} last known {rough(seconds)} ago", UNSEEN.colour
        name = server.name[: max(6, self._value_width - len(words) - 2)]
        gap = " " * max(0, self._value_width - len(name) - len(words) - 2)
        return Content.assemble((name, "bold"), (f"  {words}", style), gap)

    def _cells(self, number: Number, both: Joint) -> tuple[Content, Content]:
        if number.of_pair:
            return self._cell(number.read(both, both.main), both.phases != (None, None)), Content("")
        first, second = (self._cell(number.read(both, each), both.seen(each)) for each in (both.main, both.backup))
        return first, second

    @staticmethod
    def _cell(reading: Reading, live: bool) -> Content:
        if reading.severity is Severity.UNKNOWN:
            return Content.styled(f"? {reading.words}", "$stale")
        if not live:
            return Content.styled(f"{UNSEEN.glyph} {reading.words}", "$stale")
        if reading.severity in MARKED:
            sign = SEVERITIES[reading.severity]
            return Content.styled(f"{sign.glyph} {reading.words}", f"bold {sign.colour}")
        return Content(f"  {reading.words}")

    @on(DataTable.RowHighlighted)
    def _draw_details(self) -> None:
        table = self._table
        if not table.row_count:
            return
        key = table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value
        number, both = number_of(str(key)), self._both
        parts = [
            Content.assemble((number.name, "bold"), ("  =  ", "$stale"), number.formula),
            Content(number.meaning),
            Content.assemble(("what to do: ", "$primary"), number.to_do),
        ]
        for server in (both.main,) if number.of_pair else (both.main, both.backup):
            label = "" if number.of_pair else f"{server.name}: "
            parts += [Content.styled(f"{label}{line}", "$stale") for line in number.read(both, server).details]
        self.query_one("#details", Panel).put(Content("\n").join(parts))
