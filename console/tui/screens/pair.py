"""The pair screen. It answers: do all clients have service, is there a danger of duplicate addresses, what happens next
without an operator and when, and which actions are offered. It needs 80x24 and uses additional room.
"""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from console.insight.freshness import main_first
from console.insight.remedies import Remedy
from console.insight.situations import GOOD
from console.insight.verdict import verdict
from console.insight.wording import wall
from console.model.action_names import ActionName
from console.model.picture import Severity
from console.tui.findings import worst_finding
from console.tui.keys.keymap import PAIR
from console.tui.screens.picture import PlaceScreen
from console.tui.session import Session
from console.tui.widgets.chart import FreeChart
from console.tui.widgets.clickable import Labels
from console.tui.widgets.evidence import EvidenceLines, alarm_lines
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.lines import Lines
from console.tui.widgets.panel import Panel
from console.tui.widgets.partner import PartnerPanel
from console.tui.widgets.pools import PoolBars
from console.tui.widgets.signs import SEVERITIES
from console.tui.widgets.top import Banners, Countdowns, HeaderLine, VerdictLine

TABS = ("alarms", "log", "traps", "events", "chart")
SHOWN_SEVERITIES = frozenset({Severity.CRITICAL, Severity.MAJOR})
SHORT_HEIGHT, HIGH_HEIGHT = 30, 50
WIDE_WIDTH = 160


class PairScreen(PlaceScreen):
    """One pair, both partners side by side."""

    CSS_PATH = "pair.tcss"
    NAMES_ITS_PAIR = True
    # The toolkit declares these on instances, so they cannot be ClassVar.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE_WIDTH, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT_HEIGHT, "-tall"), (HIGH_HEIGHT, "-high")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = PAIR.bindings()

    def __init__(self, session: Session, pair_name: str) -> None:
        super().__init__(session, pair_name)
        self._evidence = EvidenceLines()

    def compose(self) -> ComposeResult:
        yield HeaderLine(id="header")
        yield VerdictLine(id="verdict")
        yield Banners(id="banners")
        yield Panel(id="finding")
        yield Panel(id="trouble")
        yield Panel(id="notes")
        with Horizontal(id="partners"):
            yield PartnerPanel(id="main")
            yield PartnerPanel(id="backup")
        yield Countdowns(id="countdowns")
        yield PoolBars(id="pools")
        with Horizontal(id="lower"):
            with Vertical(id="left"):
                yield FreeChart(id="chart-panel")
                yield Static("Alarms", id="alarm-title")
                yield Lines("no active alarms", id="alarm-panel", follow=False)
            with Vertical(id="evidence"):
                yield Labels(id="tabs")
                with ContentSwitcher(initial=TABS[0]):
                    yield Lines("no active alarms", id="alarms", follow=False)
                    yield Lines("no log lines yet", id="log")
                    yield Lines("no traps yet", id="traps")
                    yield Lines("no events yet", id="events")
                    yield FreeChart(id="chart")
        yield KeyFooter()

    def on_mount(self) -> None:
        if self.size.width >= WIDE_WIDTH and self.size.height >= SHORT_HEIGHT:
            # On a large screen the alarms have their own panel.
            self.query_one(ContentSwitcher).current = "log"
        self.draw()

    def on_resize(self) -> None:
        # The sizes of the children are known after the next layout.
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        pair, now, zone = self.pair, self.session.now, self.session.store.zone
        tall = self.size.height >= SHORT_HEIGHT
        self.draw_header(self.query_one(HeaderLine))
        self.query_one(VerdictLine).show(pair, now, zone)
        self.query_one(Banners).show(pair, now, zone)
        self._draw_trouble()
        self._draw_notes()
        main, backup = main_first(pair.servers.values())
        self.query_one("#main", PartnerPanel).show(main, backup, now, zone)
        self.query_one("#backup", PartnerPanel).show(backup, main, now, zone)
        self._draw_finding(tall)
        self.query_one(Countdowns).show(pair, now, zone, 5 if tall else 2)
        self.query_one(PoolBars).show(pair, now, 6 if tall else 2, self.size.width - 2)
        self._draw_evidence()
        for chart in self.query(FreeChart):
            chart.show(pair, now, zone)

    def _draw_finding(self, tall: bool) -> None:
        """Draw the most severe finding that the verdict does not include.

        Without one the line stays empty, so that the screen does not move. On a small screen the line is shown only
        if the verdict is good.
        """
        line = self.query_one("#finding", Panel)
        pair, now, zone = self.pair, self.session.now, self.session.store.zone
        calm = verdict(pair, now, zone).startswith(GOOD)
        found = worst_finding(self.session, pair) if tall or calm else None
        line.set_class(not tall and found is not None, "-on")
        if found is None:
            line.put(Content(""))
            return
        sign = SEVERITIES[found.severity]
        line.put(Content.assemble((f"{sign.glyph} ", sign.colour), found.title, ("  w: details", "$stale")))

    def _draw_trouble(self) -> None:
        own = self.session.store.picture.own.open_alarms
        texts = [alarm.text for alarm in own if alarm.acknowledged_by is None and alarm.severity in SHOWN_SEVERITIES]
        # Failures of this console are shown at once; the alarm with the same text follows and is not shown again.
        troubles = [*self.session.complaints, *filter(None, [self.session.trouble()])]
        troubles += [text for text in texts if not any(trouble in text for trouble in troubles)]
        line = self.query_one("#trouble", Panel)
        line.set_class(bool(troubles), "-on")
        line.put(Content("\n".join(f"console: {trouble}" for trouble in troubles)))

    def _draw_notes(self) -> None:
        """Draw the pinned notes, the latest first; on a small screen only that one."""
        notes = sorted(self.pair.notes.values(), key=lambda each: -each.at)
        line = self.query_one("#notes", Panel)
        line.set_class(bool(notes), "-on")
        most = 3 if self.size.height >= SHORT_HEIGHT else 1
        now, zone = self.session.now, self.session.store.zone
        lines = [f"NOTE {each.text} ({each.who}, {wall(each.at, zone, now)})" for each in notes[:most]]
        if len(notes) > most:
            lines[-1] = f"(+{len(notes) - most}, H: all)  {lines[-1]}"
        line.put(Content("\n".join(lines)))

    def _draw_evidence(self) -> None:
        pair, now, zone = self.pair, self.session.now, self.session.store.zone
        alarms = alarm_lines(pair, self.session.store.picture.own, now, zone)
        current = self.query_one(ContentSwitcher).current
        counts = {"alarms": len(alarms), "traps": len(pair.traps)}
        labels = []
        for number, name in enumerate(TABS, 1):
            count = f" {counts[name]}" if counts.get(name) else ""
            style = "reverse bold" if name == current else ""
            labels.append((name, f" {number} {name.title()}{count} ", style))
        self.query_one("#tabs", Labels).show(labels, " ")
        self.query_one("#alarms", Lines).show(alarms)
        self.query_one("#alarm-panel", Lines).show(alarms)
        evidence = self._evidence.prepare(pair, now, zone)
        lines = {"log": evidence.logs, "traps": evidence.traps, "events": evidence.events}.get(current or "")
        if lines is not None:
            self.query_one(f"#{current}", Lines).show(lines())

    @on(Labels.Chosen)
    def _clicked(self, event: Labels.Chosen) -> None:
        self.action_tab(event.name)

    def action_tab(self, name: str) -> None:
        self.query_one(ContentSwitcher).current = name
        self.draw()
        self.call_after_refresh(self.draw)

    def action_expert(self) -> None:
        if self.session.unchangeable:
            self.notify(f"Actions are {self.session.unchangeable}.", severity="warning")
            return
        self.session.toggle_expert()
        self.draw()

    def action_set_partner_down(self) -> None:
        """Open the action on the server where it is offered; else show why it is not offered (R-148)."""
        self.session.navigator.open_remedy(self.pair_name, Remedy(ActionName.SET_PARTNER_DOWN, ""))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the keys of actions in a replay."""
        if action in {"expert", "set_partner_down"}:
            return not self.session.unchangeable
        return super().check_action(action, parameters)
