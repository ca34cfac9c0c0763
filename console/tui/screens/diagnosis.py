"""The diagnosis: findings, the most severe first; for the selected one its evidence, prospect and remedies."""

from textwrap import wrap
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import DataTable, OptionList
from textual.widgets.option_list import Option

from console.insight.alarms.judging import undecided
from console.insight.diagnosis.problem import Problem
from console.insight.diagnosis.table import checks, diagnose
from console.insight.freshness import is_seen
from console.insight.remedies import Remedy
from console.insight.remedy_words import step_words
from console.insight.wording import due, left, plural, rough
from console.tui.keys.keymap import DIAGNOSIS
from console.tui.screens.picture import PlaceScreen
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.panel import Panel
from console.tui.widgets.signs import SEVERITIES

MARK_WIDTH, CERTAINTY_WIDTH, SCENARIO_WIDTH = 2, 11, 4
GAPS = 8
SOURCE_WIDTH, AGE_WIDTH = 13, 6
CONFIGURATION_AGE_SECONDS = 60.0
"""Configurations older than this are requested again when the screen is opened."""


class DiagnosisScreen(PlaceScreen):
    """A table of findings, the evidence of the selected one, and a list of its remedies."""

    CSS_PATH = "diagnosis.tcss"

    BINDINGS: ClassVar[list[BindingType]] = DIAGNOSIS.bindings()

    def __init__(self, session: Any, pair_name: str) -> None:
        super().__init__(session, pair_name)
        self._found: tuple[Problem, ...] = ()
        self._listed: tuple[str, ...] | None = None
        self._complaint = ""

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield DataTable(cursor_type="row", show_header=False, zebra_stripes=False)
        with VerticalScroll(id="scroll"):
            yield Panel(id="evidence")
        yield OptionList(id="steps", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        room = self.app.size.width - MARK_WIDTH - CERTAINTY_WIDTH - SCENARIO_WIDTH - GAPS - 1
        for name, width in (
            ("mark", MARK_WIDTH),
            ("title", max(20, room)),
            ("certainty", CERTAINTY_WIDTH),
            ("scenario", SCENARIO_WIDTH),
        ):
            self._table.add_column(name, key=name, width=width)
        self._table.focus()
        self.draw()
        known = self.pair.configs
        old = [each for each in known.values() if self.session.now - each.at > CONFIGURATION_AGE_SECONDS]
        if len(known) < 2 or old:
            self._ask_for_configurations()

    @property
    def _table(self) -> DataTable[Content]:
        return self.query_one(DataTable)

    @property
    def _steps(self) -> OptionList:
        return self.query_one(OptionList)

    def draw(self) -> None:
        self._found = diagnose(self.pair, self.session.now, self.session.store.zone)
        count = plural(len(self._found), "finding") if self._found else "no findings"
        complaint = f"  ({self._complaint})" if self._complaint else ""
        title = f"DIAGNOSIS  {count}{complaint}"
        self.query_one("#title", Panel).put(Content(title))
        self._draw_table()
        self._draw_details()

    def _draw_table(self) -> None:
        table = self._table
        table.set_class(not self._found, "-nothing")
        if not self._found and (table.has_focus or self._steps.has_focus):
            self.query_one("#scroll").focus()
        drawn = {each.id: _cells(each) for each in self._found}
        if [key.value for key in table.rows] != list(drawn):
            chosen, line = self._chosen_id(), table.cursor_row
            table.clear()
            for key, cells in drawn.items():
                table.add_row(*cells, key=key)
            if drawn:
                row = list(drawn).index(chosen) if chosen in drawn else min(line, len(drawn) - 1)
                table.move_cursor(row=row, animate=False)
            return
        for key, cells in drawn.items():
            for name, cell in zip(("mark", "title", "certainty", "scenario"), cells, strict=True):
                if table.get_cell(key, name) != cell:
                    table.update_cell(key, name, cell, update_width=False)

    def _chosen_id(self) -> str | None:
        table = self._table
        if not table.row_count:
            return None
        return table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value

    @property
    def _chosen(self) -> Problem | None:
        key = self._chosen_id()
        return next((each for each in self._found if each.id == key), None)

    @on(DataTable.RowHighlighted)
    def _draw_details(self) -> None:
        finding = self._chosen
        panel, steps = self.query_one("#evidence", Panel), self._steps
        panel.put(self._nothing() if finding is None else self._describe(finding))
        steps.set_class(finding is None, "-nothing")
        words = () if finding is None else tuple(step_words(step) for step in finding.steps)
        if words != self._listed:
            highlighted = steps.highlighted
            steps.clear_options()
            steps.add_options([Option(text) for text in words])
            steps.highlighted = min(highlighted or 0, len(words) - 1) if words else None
            self._listed = words

    def _describe(self, finding: Problem) -> Content:
        now, zone = self.session.now, self.session.store.zone
        sign = SEVERITIES[finding.severity]
        parts = [
            Content.assemble(
                (f"{sign.glyph} {finding.title}", f"bold {sign.colour}"),
                (f"  {finding.certainty}; {finding.scenario}", "$stale"),
            )
        ]
        at, guess = finding.prospect.at, finding.prospect.estimate
        when = "" if at is None else f" in {left(at - now, guess)}, at {due(at, zone, now, guess)}"
        # The prospect comes before the evidence, so that it is visible even if the rest does not fit.
        parts.append(Content.assemble(("without action: ", "bold $warning"), f"{finding.prospect.text}{when}"))
        room = max(20, self.size.width - SOURCE_WIDTH - AGE_WIDTH - 5)
        for each in finding.evidence:
            age = "" if each.at is None else rough(max(0.0, now - each.at))
            source = f"{each.source[:SOURCE_WIDTH]:<{SOURCE_WIDTH}} {age:>{AGE_WIDTH}}  "
            first, *rest = wrap(each.text, room) or [""]
            parts.append(Content.assemble((source, "$stale"), first))
            parts += [Content(" " * len(source) + line) for line in rest]
        return Content("\n").join(parts)

    def _nothing(self) -> Content:
        """The text without findings: what was checked, and what could not be checked."""
        unseen = [server.name for server in self.pair.servers.values() if not is_seen(server, self.session.now)]
        if unseen:
            head = Content.styled(f"Cannot tell: no answer from {' and '.join(unseen)}", "bold $warning")
        elif undecided(self.pair, self.session.now) is not None:
            head = Content.styled("No findings, but not everything could be checked:", "bold $warning")
        else:
            head = Content.styled("● No findings. Checked:", "bold $success")
        lines = [head]
        for checked, missing in checks(self.pair, self.session.now, self.session.store.zone):
            if missing is not None:
                lines.append(Content.styled(f"  ? {checked}: not checked, {missing}", "$stale"))
            elif not unseen:
                lines.append(Content.assemble(("  ✓ ", "$success"), checked))
        return Content("\n").join(lines)

    @on(DataTable.RowSelected)
    def _focus_steps(self) -> None:
        self._steps.focus()

    @on(OptionList.OptionSelected)
    def _open_step(self, event: OptionList.OptionSelected) -> None:
        finding = self._chosen
        if finding is None or event.option_index >= len(finding.steps):
            return
        step = finding.steps[event.option_index]
        if isinstance(step, Remedy):
            self.session.navigator.open_remedy(self.pair_name, step)
        else:
            self.notify("A person must do this; the console cannot.")

    def action_back(self) -> None:
        """Go from the remedies to the findings, and from the findings back."""
        if self._steps.has_focus:
            self._table.focus()
        else:
            self.dismiss(None)

    def action_compare(self) -> None:
        self._ask_for_configurations()

    @work(exclusive=True)
    async def _ask_for_configurations(self) -> None:
        """Request the configurations of both servers. A replay uses the recorded ones."""
        inquiries = self.session.inquiries
        failed = [] if inquiries is None else await inquiries.configurations(self.pair_name)
        self._complaint = f"configuration of {' and '.join(failed)} unknown" if failed else ""
        self.draw()


def _cells(finding: Problem) -> tuple[Content, ...]:
    sign = SEVERITIES[finding.severity]
    scenario = finding.scenario[:3] if finding.scenario[:1].isdigit() else "-"
    return (
        Content.styled(sign.glyph, sign.colour),
        Content(finding.title),
        Content.styled(str(finding.certainty), "$stale"),
        Content.styled(scenario, "$stale"),
    )
