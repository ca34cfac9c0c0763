"""The picture of the free addresses of both servers, all pools of a family together."""

from datetime import tzinfo

from textual.content import Content

from console.insight.charts.history import Line
from console.insight.charts.samples import free_line
from console.insight.freshness import main_first
from console.insight.wording import MINUTE
from console.model.facts import IPV4_FAMILIES, leading_family
from console.model.picture import PairPicture
from console.tui.charts.pool import Frame, free_rows

SHORTEST_SECONDS = 5 * MINUTE
"""The least time on the axis, so that a start does not show a few seconds across the whole width."""


def free_picture(pair: PairPicture, now: float, zone: tzinfo, size: tuple[int, int]) -> Content:
    """The picture in `size` (cells across, rows)."""
    main, backup = (free_line(server, now) for server in main_first(pair.servers.values()))
    if not main and not backup:
        return Content.styled(" no answer with pools yet", "$stale")
    frame = Frame(min(_first(main, now), _first(backup, now), now - SHORTEST_SECONDS), now, now, zone)
    return Content("\n").join(free_rows(main, backup, frame, size, _title(pair))[: size[1]])


def _title(pair: PairPicture) -> str:
    """What is added up, where the pair has pools of several families."""
    pools = [pool for server in pair.servers.values() if server.facts for pool in server.facts.pools or ()]
    if len({pool.family for pool in pools}) < 2:
        return "free"
    family = leading_family(pools)
    return "free IPv4" if family in IPV4_FAMILIES else f"free {family}"


def _first(line: Line, now: float) -> float:
    return line[0].points[0][0] if line else now
