"""The timeline: traps, log lines, polls, changes of state and actions of both partners on one time axis."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input

from console.insight.events import SOURCES, Event
from console.insight.timeline import Timeline, offsets, relative
from console.insight.wording import both_clocks, wall
from console.logs.observed import zone_of
from console.model.picture import PairPicture, Severity
from console.state.zones import LocalZone
from console.tui.keys.keymap import TIMELINE
from console.tui.screens.picture import PlaceScreen
from console.tui.session import Session
from console.tui.widgets.clickable import Labels
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.log_text import offset_text
from console.tui.widgets.panel import Panel
from console.tui.widgets.rows import Rows
from console.tui.widgets.signs import SEVERITIES
from console.tui.widgets.timeline_view import Axis, TimelineView

COUNTED_SEVERITIES = (Severity.CRITICAL, Severity.MAJOR, Severity.WARNING)


class TimelineScreen(PlaceScreen):
    """The events of one pair."""

    CSS_PATH = "timeline.tcss"

    BINDINGS: ClassVar[list[BindingType]] = TIMELINE.bindings()

    def __init__(self, session: Session, pair_name: str) -> None:
        super().__init__(session, pair_name)
        self._hidden: frozenset[str] = frozenset()
        self._routine = False
        self._words = ""
        self._mark: Event | None = None
        self._of: PairPicture | None = None
        self._timeline = Timeline()
        self._local = LocalZone()
        self._all: Sequence[Event] = ()
        self._routine_lines = 0

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield Labels(id="sources")
        yield Input(id="entry", placeholder="words to filter by: text, server, source, severity ...")
        yield TimelineView(id="events")
        yield Panel(id="details")
        yield Panel(id="status")
        yield KeyFooter()

    def on_mount(self) -> None:
        self._view.focus()
        self.draw()

    @property
    def _view(self) -> TimelineView:
        return self.query_one(TimelineView)

    def draw(self) -> None:
        pair, zone = self.pair, self.session.store.zone
        if pair is not self._of:
            self._of, self._all = pair, self._timeline.of(pair, self._zones(pair))
            self._routine_lines = sum(each.routine for each in self._all)
        words = self._words.lower().split()
        shown = [event for event in self._all if self._wanted(event, words)]
        roles = {server.name: server.role for server in pair.servers.values()}
        self._view.show(shown, Axis(roles, zone, self._mark))
        self.query_one("#title", Panel).put(self._title(pair, shown))
        self.query_one("#sources", Labels).show(self._sources())
        self._draw_words()

    def _zones(self, pair: PairPicture) -> Mapping[str, tzinfo]:
        return {name: zone_of(name, pair.logs, self._local) for name in pair.servers}

    def _wanted(self, event: Event, words: Sequence[str]) -> bool:
        if self._hidden.issuperset(event.told_by) or (event.routine and not self._routine):
            return False
        if not words:
            return True
        text = f"{event.text} {event.server} {' '.join(event.told_by)} {event.severity}".lower()
        return all(word in text for word in words)

    def _title(self, pair: PairPicture, shown: Sequence[Event]) -> Content:
        """The time range, the number of events by severity, and the corrected clocks."""
        parts: list[str | tuple[str, str]] = ["TIMELINE"]
        if shown:
            zone, now = self.session.store.zone, self.session.now
            parts.append(f"  {wall(shown[0].at, zone, now)} to {wall(shown[-1].at, zone, now)}")
        for severity in COUNTED_SEVERITIES:
            count = sum(event.severity is severity for event in shown)
            if count:
                sign = SEVERITIES[severity]
                parts.append((f"  {sign.glyph} {count} {severity}", sign.colour))
        for server, seconds in offsets(pair).items():
            parts.append((f"  {server}'s clock {offset_text(seconds)}, corrected", "$warning"))
        return Content.assemble(*parts)

    def _sources(self) -> list[tuple[str, str, str]]:
        labels: list[tuple[str, str, str]] = []
        for key, name in enumerate(SOURCES, 1):
            off = name in self._hidden
            labels.append((name, f" {key} {name}{' off' if off else ''} ", "$stale" if off else "bold"))
        return labels

    @on(Labels.Chosen)
    def _clicked(self, event: Labels.Chosen) -> None:
        self.action_source(event.name)

    @on(Rows.Opened)
    def _opened(self) -> None:
        self.action_details()

    @on(TimelineView.Moved)
    def _draw_words(self) -> None:
        view, event = self._view, self._view.selected
        place = f"{view.cursor + 1:,} of {view.count:,}" if event is not None else "no event"
        routine = self._routine_lines
        parts: list[str | tuple[str, str]] = [place]
        if routine:
            parts.append((f"  {routine:,} routine log lines {'shown' if self._routine else 'hidden'} (x)", "$stale"))
        if self._mark is None:
            parts.append(("  m mark  g logs at that time  enter details", "$stale"))
        else:
            parts.append(
                (
                    f"  from {wall(self._mark.at, self.session.store.zone, self.session.now)} (m removes the mark)",
                    "$accent",
                )
            )
        if self._words:
            parts.append((f"  FILTER {self._words} (escape)", "bold $accent"))
        self.query_one("#status", Panel).put(Content.assemble(*parts))
        details = self.query_one("#details", Panel)
        if details.has_class("-on"):
            details.put(Content("no event selected") if event is None else self._describe(event))

    def _describe(self, event: Event) -> Content:
        zone, sign = self.session.store.zone, SEVERITIES[event.severity]
        lines = [
            Content.assemble((f"{sign.glyph} {event.severity.upper()}  ", sign.colour), (_safe(event.text), "bold")),
            Content(f"{both_clocks(event.at, zone)} by this host's clock"),
        ]
        if event.offset:
            reported = both_clocks(event.told_at, zone)
            lines.append(Content(f"{event.server} reported {reported}; its clock is {offset_text(event.offset)}"))
        if self._mark is not None:
            lines.append(Content(f"{relative(event.at, self._mark.at)} from the mark: {_safe(self._mark.text)}"))
        lines.append(Content.styled(f"reported by {', '.join(event.told_by)}:", "$stale"))
        return Content("\n").join([*lines, *(Content(f"  {_safe(each)}") for each in event.evidence)])

    def action_mark(self) -> None:
        """Mark this event: all times become relative to it. On the marked event, remove the mark."""
        event = self._view.selected
        marked = self._mark is not None and event is not None and _same(event, self._mark)
        self._mark = None if marked else event
        self.draw()

    def action_routine(self) -> None:
        self._routine = not self._routine
        self.draw()

    def action_source(self, name: str) -> None:
        """Show or hide the events of a source."""
        self._hidden = self._hidden ^ {name}
        self.draw()

    def action_details(self) -> None:
        self.query_one("#details", Panel).toggle_class("-on")
        self._draw_words()

    def action_logs(self) -> None:
        """Open the logs at the time of this event."""
        event = self._view.selected
        self.session.navigator.open_logs(at=None if event is None else event.at)

    def action_filter(self) -> None:
        field = self.query_one("#entry", Input)
        field.add_class("-on")
        field.focus()

    @on(Input.Changed, "#entry")
    def _typed(self, event: Input.Changed) -> None:
        self._words = event.value
        self.draw()

    @on(Input.Submitted, "#entry")
    def _entered(self) -> None:
        self.query_one("#entry", Input).remove_class("-on")
        self._view.focus()

    def action_back(self) -> None:
        """Clear the filter; else close the details; else remove the mark; else go back."""
        field, details = self.query_one("#entry", Input), self.query_one("#details", Panel)
        if field.has_class("-on") or self._words:
            field.value = ""
            field.remove_class("-on")
            self._view.focus()
        elif details.has_class("-on"):
            details.remove_class("-on")
        elif self._mark is not None:
            self._mark = None
            self.draw()
        elif self.session.navigator.can_go_back:
            self.dismiss(None)


def _same(event: Event, other: Event) -> bool:
    """Whether it is the same event, which may have more reports by now."""
    return (event.at, event.server, event.text) == (other.at, other.server, other.text)


def _safe(text: str) -> str:
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
