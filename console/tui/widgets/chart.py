"""Free addresses over time on both servers.

The time axis has relative minutes with own labels, because the date axis of the chart library is an hour off in some
zones. At most two points for each column are drawn, the lowest and the highest, so that a dip stays visible and a
redraw is cheap.

A chart needs two points, so the chart library is loaded with the second sample: it would delay the first facts of a
start.
"""

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from rich.text import Text
from textual.color import Color
from textual.widget import Widget

from console.insight.freshness import main_first
from console.insight.wording import MINUTE
from console.model.picture import PairPicture, Sample

if TYPE_CHECKING:
    from textual_plotext.plot import Plot

REDRAW_SECONDS = 1.0
TICKS = 4


class FreeChart(Widget):
    """The own free addresses of the main and the backup. Redrawn at most once a second."""

    DEFAULT_CSS = """
    FreeChart { width: 1fr; height: 1fr; min-height: 6; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._drawn_at: float | None = None
        self._plot: Plot | None = None

    def show(self, pair: PairPicture, now: float, zone: tzinfo) -> None:
        if not self.display or self.size.width < 20:
            return
        if self._drawn_at is not None and 0 <= now - self._drawn_at < REDRAW_SECONDS:
            return
        if all(len(server.samples) < 2 for server in pair.servers.values()):
            return
        self._drawn_at = now
        plot = self._plot or _new_plot()
        self._plot = plot
        plot.clear_figure()
        plot.title("own free addresses, minutes ago")
        for server in main_first(pair.servers.values()):
            points = thin_out(server.samples, max(20, self.size.width))
            if points:
                minutes = [(sample.at - now) / MINUTE for sample in points]
                colour = self._rgb("pool-main" if server.role == "main" else "pool-backup")
                # The two lines have different markers as well as colours.
                marker = "braille" if server.role == "main" else "dot"
                label = f"{server.role} {server.name}"
                plot.plot(minutes, [sample.available for sample in points], label=label, color=colour, marker=marker)
        oldest = min((server.samples[0].at for server in pair.servers.values() if server.samples), default=now)
        span = max(1.0, (now - oldest) / MINUTE)
        places = [-span * tick / TICKS for tick in range(TICKS + 1)]
        plot.xlim(-span, 0)
        plot.xticks(places, [_tick(place, span) for place in places])
        plot.canvas_color(self._rgb("surface"))
        plot.axes_color(self._rgb("surface"))
        plot.ticks_color(self._rgb("foreground"))
        self.refresh()

    def render(self) -> Text:
        """The plot in the size of the widget; nothing before the second sample."""
        if self._plot is None:
            return Text()
        # The library keeps an older size unless it is set in both places.
        self._plot.plotsize(self.size.width, self.size.height)
        self._plot._set_size(self.size.width, self.size.height)
        return Text.from_ansi(self._plot.build())

    def _rgb(self, variable: str) -> tuple[int, int, int]:
        colour = Color.parse(self.app.theme_variables[variable])
        return colour.rgb


def _new_plot() -> "Plot":
    from textual_plotext.plot import Plot

    return Plot()


def _tick(minutes: float, span: float) -> str:
    if minutes == 0:
        return "now"
    return f"{minutes:.0f}" if span > TICKS else f"{minutes:.1f}"


def thin_out(samples: Sequence[Sample], columns: int) -> list[Sample]:
    """At most two samples for each column, its lowest and its highest, in order of time."""
    if len(samples) <= 2 * columns:
        return list(samples)
    first, last = samples[0].at, samples[-1].at
    width = (last - first) / columns or 1.0
    columned: dict[int, list[Sample]] = {}
    for sample in samples:
        columned.setdefault(min(columns - 1, int((sample.at - first) / width)), []).append(sample)
    found = []
    for column in sorted(columned):
        inside = columned[column]
        lowest = min(inside, key=lambda sample: sample.available)
        highest = max(inside, key=lambda sample: sample.available)
        found += sorted({id(each): each for each in (lowest, highest)}.values(), key=lambda sample: sample.at)
    return found
