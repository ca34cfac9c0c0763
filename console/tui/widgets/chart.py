"""Free addresses over time on both servers, on the pair's own screen: all pools of a family together, from what the
picture keeps.

The screen of the charts (key C) has each pool, from the journal.
"""

from datetime import tzinfo

from textual.content import Content

from console.insight.charts.history import Line
from console.insight.charts.samples import free_line
from console.insight.freshness import main_first
from console.insight.wording import MINUTE
from console.model.facts import IPV4_FAMILIES, leading_family
from console.model.picture import PairPicture
from console.tui.charts.pool import Frame, free_rows
from console.tui.widgets.panel import Panel

REDRAW_SECONDS = 1.0
LEAST_WIDTH, LEAST_HEIGHT = 30, 4
SHORTEST_SECONDS = 5 * MINUTE
"""The least time on the axis, so that a start does not show a few seconds across the whole width."""


class FreeChart(Panel):
    """The own free addresses of the main and the backup. Redrawn at most once a second."""

    DEFAULT_CSS = """
    FreeChart { width: 1fr; height: 1fr; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._drawn_for: tuple[float, tuple[int, int]] | None = None

    def show(self, pair: PairPicture, now: float, zone: tzinfo) -> None:
        size = (self.size.width, self.size.height)
        if not self.display or size[0] < LEAST_WIDTH or size[1] < LEAST_HEIGHT:
            return
        if (
            self._drawn_for is not None
            and self._drawn_for[1] == size
            and 0 <= now - self._drawn_for[0] < REDRAW_SECONDS
        ):
            return
        self._drawn_for = (now, size)
        main, backup = (free_line(server, now) for server in main_first(pair.servers.values()))
        if not main and not backup:
            self.put(Content.styled(" no answer with pools yet", "$stale"))
            return
        frame = Frame(min(_first(main, now), _first(backup, now), now - SHORTEST_SECONDS), now, now, zone)
        self.put(Content("\n").join(free_rows(main, backup, frame, size, _title(pair))[: size[1]]))


def _title(pair: PairPicture) -> str:
    """What is added up, where the pair has pools of several families."""
    pools = [pool for server in pair.servers.values() if server.facts for pool in server.facts.pools or ()]
    if len({pool.family for pool in pools}) < 2:
        return "free"
    family = leading_family(pools)
    return "free IPv4" if family in IPV4_FAMILIES else f"free {family}"


def _first(line: Line, now: float) -> float:
    return line[0].points[0][0] if line else now
