"""The alarms of a pair and of the console itself: severity, age, kind, subject, count and owner.

Alarms of one kind are one line that can be expanded; an action on that line applies to all of them.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import DataTable

from console.errors import AuditError
from console.insight.alarms.announcing import is_announced
from console.insight.alarms.causes import because_of
from console.insight.alarms.listing import FILTERS, Row, entity, rows
from console.insight.alarms.table import BY_KIND
from console.insight.wording import both_clocks, plural, rough, wall
from console.model.alarm_actions import ACKNOWLEDGE, CLOSE, SUPPRESS, UNACKNOWLEDGE, UNSUPPRESS
from console.model.picture import Alarm, PairPicture
from console.tui.keys.keymap import ALARMS
from console.tui.screens.alarm_dialogs import PlanDialog, UntilDialog
from console.tui.screens.picture import PlaceScreen
from console.tui.screens.reason_dialog import ReasonDialog
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.panel import Panel
from console.tui.widgets.signs import SEVERITIES

if TYPE_CHECKING:
    from console.actions.pins import PinActions

COLUMNS = (("severity", 10), ("age", 7), ("kind", 27), ("what", 11), ("count", 5), ("owner", 8))
"""80 columns with the gaps; additional columns go to `what`."""
NARROW = 80
ACTING = frozenset(key.action for key in ALARMS.keys if key.changes)
HISTORY_SHOWN = 3


class AlarmsScreen(PlaceScreen):
    """Active alarms, the most severe first; with the filter `all` also alarms that were cleared recently."""

    CSS_PATH = "alarms.tcss"

    BINDINGS: ClassVar[list[BindingType]] = ALARMS.bindings()

    def __init__(self, session: Any, pair_name: str) -> None:
        super().__init__(session, pair_name)
        self._filter = FILTERS[0]
        self._opened: set[str] = set()
        self._whole = False

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield DataTable(cursor_type="row", zebra_stripes=False)
        yield Panel(id="details")
        yield KeyFooter()

    def on_mount(self) -> None:
        table = self._table
        spare = max(0, self.app.size.width - NARROW)
        for name, width in COLUMNS:
            table.add_column(name, key=name, width=width + (spare if name == "what" else 0))
        table.focus()
        self.draw()

    @property
    def _table(self) -> DataTable[Content]:
        return self.query_one(DataTable)

    @property
    def _pairs(self) -> tuple[PairPicture, PairPicture]:
        return self.pair, self.session.store.picture.own

    def _rows(self) -> list[Row]:
        return rows(self._pairs, self._filter, self.session.operator, self._opened, self.session.now)

    def draw(self) -> None:
        active = [alarm for pair in self._pairs for alarm in pair.open_alarms]
        unowned = sum(alarm.acknowledged_by is None and not alarm.suppressed for alarm in active)
        waiting = sum(not is_announced(alarm, self.session.now) for alarm in active)
        later = f", {waiting} not announced yet (v: all)" if waiting else ""
        words = f"ALARMS  {len(active)} active, {unowned} unowned{later}  showing: {self._filter}"
        self.query_one("#title", Panel).put(Content(words))
        table = self._table
        drawn = {row.key: self._cells(row) for row in self._rows()}
        if [key.value for key in table.rows] != list(drawn):
            selected, line = self._selected_key(), table.cursor_row
            table.clear()
            for key, cells in drawn.items():
                table.add_row(*cells, key=key)
            row = list(drawn).index(selected) if selected in drawn else min(line, len(drawn) - 1)
            if drawn:
                table.move_cursor(row=row, animate=False)
        else:
            for key, cells in drawn.items():
                for (name, _), cell in zip(COLUMNS, cells, strict=True):
                    if table.get_cell(key, name) != cell:
                        table.update_cell(key, name, cell, update_width=False)
        self._draw_details()

    def _cells(self, row: Row) -> list[Content]:
        alarm = row.worst
        sign = SEVERITIES[alarm.severity]
        muted = not alarm.is_active or alarm.suppressed
        word = "cleared" if not alarm.is_active else str(alarm.severity)
        mark = "✓" if not alarm.is_active else sign.glyph
        severity = Content.styled(f"{mark} {word}", "$stale" if muted else sign.colour)
        what = f"{plural(len(row.alarms), 'alarm')}" if row.folded else entity(alarm)
        if not row.folded and self._cause(alarm) is not None:
            what = f"↳ {what}"
        fold = ("▾ " if row.key in self._opened else "▸ ") if row.folded else "  " if row.inside else ""
        oldest = min(each.since for each in row.alarms)
        words = [rough(self.session.now - oldest), f"{fold}{alarm.kind}", what, str(row.count), _owner(row)]
        style = "$stale" if muted else ""
        return [severity, *(Content.styled(each, style) if style else Content(each) for each in words)]

    def _cause(self, alarm: Alarm) -> Alarm | None:
        pair = next((pair for pair in self._pairs if alarm.id in pair.alarms), None)
        return None if pair is None or not alarm.is_active else because_of(pair, alarm)

    def _selected_key(self) -> str | None:
        table = self._table
        if not table.row_count:
            return None
        return table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value

    def _selected(self) -> Row | None:
        key = self._selected_key()
        return next((row for row in self._rows() if row.key == key), None)

    @on(DataTable.RowHighlighted)
    def _draw_details(self) -> None:
        row = self._selected()
        details = self.query_one("#details", Panel)
        details.set_class(self._whole, "-whole")
        if row is None:
            active = any(pair.open_alarms for pair in self._pairs)
            calm = self._filter == FILTERS[0] and not active
            details.put(Content("no active alarms" if calm else "no alarm matches the filter"))
        elif row.folded:
            newest = max(row.alarms, key=lambda alarm: alarm.last)
            details.put(
                Content(f"{plural(len(row.alarms), 'alarm')} of one kind; Enter expands them. Latest: {newest.text}")
            )
        else:
            details.put(Content("\n".join(self._details(row.worst))))

    def _details(self, alarm: Alarm) -> list[str]:
        now, zone = self.session.now, self.session.store.zone
        by = "+".join(alarm.sources)
        lines = [alarm.text]
        row = BY_KIND.get(alarm.kind)
        if row is not None and not row.advises and alarm.is_active:
            lines.append(f"to do: {row.act}")
        cause = self._cause(alarm)
        if cause is not None:
            lines.append(f"caused by {cause.kind}: {cause.text}")
        lines.append(
            f"reported {alarm.count}x by {by}, first {wall(alarm.since, zone, now)}, last {wall(alarm.last, zone, now)}"
        )
        if alarm.cleared is not None:
            lines.append(f"cleared by {alarm.cleared_by} at {wall(alarm.cleared, zone, now)}")
        elif alarm.suppressed_until is not None:
            until = both_clocks(alarm.suppressed_until, zone)
            lines.append(f"silenced by {alarm.suppressed_by} until {until}: {alarm.suppressed_for}")
        if alarm.acknowledged_by is not None and alarm.acknowledged_at is not None:
            comment = f": {alarm.comment}" if alarm.comment else ""
            lines.append(f"owned by {alarm.acknowledged_by} since {wall(alarm.acknowledged_at, zone, now)}{comment}")
        past = alarm.history if self._whole else alarm.history[-HISTORY_SHOWN:]
        for entry in past:
            comment = f": {entry.text}" if entry.text else ""
            lines.append(f"  {wall(entry.at, zone, now)} {entry.who} {entry.what}{comment}")
        return lines

    @on(DataTable.RowSelected)
    def _open_clicked(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Expand or collapse alarms of one kind; for one alarm, show its whole history or the end of it."""
        row = self._selected()
        if row is not None and row.folded:
            self._opened ^= {row.key}
        else:
            self._whole = not self._whole
        self.draw()

    def action_filter(self) -> None:
        self._filter = FILTERS[(FILTERS.index(self._filter) + 1) % len(FILTERS)]
        self.draw()

    def _active(self) -> list[Alarm]:
        row = self._selected()
        return [] if row is None else [alarm for alarm in row.alarms if alarm.is_active]

    def action_acknowledge(self) -> None:
        self._ask_to_acknowledge(self._active())

    def action_acknowledge_all(self) -> None:
        """Acknowledge all alarms that are shown and are not acknowledged."""
        shown = {alarm.id: alarm for row in self._rows() for alarm in row.alarms}
        self._ask_to_acknowledge([each for each in shown.values() if each.is_active and each.acknowledged_by is None])

    @work
    async def _ask_to_acknowledge(self, alarms: Sequence[Alarm]) -> None:
        if not alarms:
            return
        others = sorted({each.acknowledged_by for each in alarms if each.acknowledged_by} - {self.session.operator})
        over = f", taking it over from {' and '.join(others)}" if others else ""
        question = f"Acknowledge {_describe_alarms(alarms)} as {self.session.operator}{over}"
        comment = await self.app.push_screen_wait(ReasonDialog(question, "comment, ticket", required=False))
        if comment is not None:
            self._act(ACKNOWLEDGE, alarms, comment=comment)

    @work
    async def action_suppress(self) -> None:
        alarms = self._active()
        if not alarms:
            return
        detail = await self.app.push_screen_wait(UntilDialog(self.session, f"Silence {_describe_alarms(alarms)} until"))
        if detail is not None:
            self._act(SUPPRESS, alarms, **detail)

    @work
    async def action_plan(self) -> None:
        """Plan a silence."""
        plan = await self.app.push_screen_wait(PlanDialog(self.session, self.pair_name))
        if plan is not None:
            self._pin(lambda pins: pins.plan(plan))

    @work
    async def action_unplan(self) -> None:
        """Remove a planned silence of the journal."""
        names = list(self.session.store.picture.own.plans)
        if not names:
            self.notify("No silence is planned in the journal; those of pairwatch.toml are removed there.")
            return
        listed = "\n".join(f"{number}  {name}" for number, name in enumerate(names, 1))
        typed = await self.app.push_screen_wait(ReasonDialog(f"Remove which planned silence?\n{listed}", "number"))
        if typed is None:
            return
        if not typed.isdecimal() or not 1 <= int(typed) <= len(names):
            self.notify(f"There is no planned silence {typed}.", severity="warning")
            return
        self._pin(lambda pins: pins.unplan(names[int(typed) - 1]))

    def _pin(self, act: "Callable[[PinActions], None]") -> None:
        pins = self.session.pin_actions
        if pins is None:
            self.notify("This console has no journal for planned silences.", severity="warning")
            return
        try:
            act(pins())
        except AuditError as error:
            self.notify(str(error), severity="error")
        self.draw()

    def action_unacknowledge(self) -> None:
        self._act(UNACKNOWLEDGE, [alarm for alarm in self._active() if alarm.acknowledged_by is not None])

    def action_unsuppress(self) -> None:
        self._act(UNSUPPRESS, [alarm for alarm in self._active() if alarm.suppressed])

    def action_close_alarm(self) -> None:
        self._act(CLOSE, self._active())

    def _act(self, action: str, alarms: Sequence[Alarm], **detail: object) -> None:
        try:
            self.session.act_on_alarms(action, alarms, **detail)
        except AuditError as error:
            self.notify(str(error), severity="error")
        self.draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the keys of actions in a replay."""
        if action in ACTING:
            return not self.session.unchangeable
        return super().check_action(action, parameters)


def _owner(row: Row) -> str:
    alarm = row.worst
    if alarm.cleared is not None:
        return f"by {alarm.cleared_by}"
    if row.folded:
        names = {each.acknowledged_by for each in row.alarms}
        return (names.pop() or "-") if len(names) == 1 else "several"
    if alarm.suppressed:
        return "silenced"
    return alarm.acknowledged_by or "-"


def _describe_alarms(alarms: Sequence[Alarm]) -> str:
    kinds = {alarm.kind for alarm in alarms}
    words = f"{alarms[0].kind} {entity(alarms[0])}" if len(alarms) == 1 else f"{len(alarms)} alarms"
    return f"{words} of kind {alarms[0].kind}" if len(alarms) > 1 and len(kinds) == 1 else words
