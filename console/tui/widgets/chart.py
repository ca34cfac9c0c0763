"""Free addresses over time on both servers, on the pair's own screen: all pools of a family together, from what the
picture keeps.

The screen of the charts (key C) has each pool, from the journal.
"""

from datetime import tzinfo

from console.model.picture import PairPicture
from console.tui.widgets.panel import Panel

REDRAW_SECONDS = 1.0
LEAST_WIDTH, LEAST_HEIGHT = 30, 4


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
        # Loaded when a chart is drawn: a small screen has none at the start.
        from console.tui.charts.free import free_picture

        self.put(free_picture(pair, now, zone, size))
