"""The alarms of a pair: who reports what, since when, how often; acknowledge, and close what nothing else
closes."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import DataTable, Footer

from console.insight.wording import duration, wall
from console.model.picture import Alarm
from console.screens.drawn import PictureScreen
from console.widgets.panel import Panel
from console.widgets.signs import SEVERITIES

COLUMNS = (("severity", 10), ("state", 9), ("kind", 27), ("since", 13), ("count", 5), ("by", 14))
"""The narrow ones first: at 80 columns the last is cut, and the details below say it too."""
CLEARED_SHOWN = 20


class AlarmsScreen(PictureScreen[None]):
    """Standing alarms first, then those that were cleared lately."""

    CSS_PATH = "alarms.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "acknowledge", "Acknowledge", id="alarms.acknowledge"),
        Binding("A", "acknowledge_all", "Acknowledge all", id="alarms.acknowledge-all"),
        Binding("c", "close_alarm", "Close by hand", id="alarms.close"),
        Binding("escape", "dismiss", "Back", id="alarms.back"),
    ]

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield DataTable(cursor_type="row", zebra_stripes=False)
        yield Panel(id="details")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        table = self._table
        for name, width in COLUMNS:
            table.add_column(name, key=name, width=width)
        table.focus()
        self.draw()

    @property
    def _table(self) -> DataTable[Content]:
        return self.query_one(DataTable)

    def _shown(self) -> list[Alarm]:
        cleared = [alarm for alarm in self.pair.alarms.values() if alarm.cleared is not None]
        cleared.sort(key=lambda alarm: -(alarm.cleared or 0))
        return [*self.pair.open_alarms, *cleared[:CLEARED_SHOWN]]

    def draw(self) -> None:
        shown = self._shown()
        standing = len(self.pair.open_alarms)
        self.query_one("#title", Panel).put(
            Content(f"ALARMS  {self.pair_name}  {standing} standing  {self.desk.mode(self.pair_name)}")
        )
        table = self._table
        rows = {alarm.id: self._cells(alarm) for alarm in shown}
        if [key.value for key in table.rows] != list(rows):
            selected = self._selected_id()
            table.clear()
            for key, cells in rows.items():
                table.add_row(*cells, key=key)
            if selected in rows:
                table.move_cursor(row=list(rows).index(selected), animate=False)
        else:
            for key, cells in rows.items():
                for (name, _), cell in zip(COLUMNS, cells, strict=True):
                    table.update_cell(key, name, cell, update_width=False)
        self._draw_details()

    def _cells(self, alarm: Alarm) -> list[Content]:
        now, zone = self.desk.now, self.desk.watch.zone
        sign = SEVERITIES[alarm.severity]
        state = "STANDS"
        if alarm.cleared is not None:
            state = f"cleared {alarm.cleared_by}"
        elif alarm.acknowledged_by is not None:
            state = f"ack {alarm.acknowledged_by}"
        severity = Content.styled(f"{sign.glyph} {alarm.severity}", sign.colour if alarm.cleared is None else "$stale")
        words = [state, alarm.kind, wall(alarm.since, zone, now), str(alarm.count), "+".join(alarm.sources)]
        return [severity, *(Content(word) for word in words)]

    def _selected_id(self) -> str | None:
        table = self._table
        if not table.row_count:
            return None
        return table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value

    def _selected(self) -> Alarm | None:
        key = self._selected_id()
        return None if key is None else self.pair.alarms.get(key)

    @on(DataTable.RowHighlighted)
    def _draw_details(self) -> None:
        alarm = self._selected()
        words = "no alarm stands"
        if alarm is not None:
            by = "+".join(alarm.sources)
            words = f"{alarm.text}\nreported by {by}, last {self._ago(alarm)} ago, id {alarm.id}"
        self.query_one("#details", Panel).put(Content(words))

    def _ago(self, alarm: Alarm) -> str:
        return duration(self.desk.now - alarm.last)

    def action_acknowledge(self) -> None:
        alarm = self._selected()
        if alarm is not None and alarm.cleared is None:
            self.desk.acknowledge(self.pair_name, alarm.id)
            self.draw()

    def action_acknowledge_all(self) -> None:
        for alarm in self.pair.open_alarms:
            if alarm.acknowledged_by is None:
                self.desk.acknowledge(self.pair_name, alarm.id)
        self.draw()

    def action_close_alarm(self) -> None:
        alarm = self._selected()
        if alarm is not None and alarm.cleared is None:
            self.desk.close_alarm(self.pair_name, alarm.id)
            self.draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A replay is looked at, not worked on."""
        return self.desk.player is None or action not in {"acknowledge", "acknowledge_all", "close_alarm"}
