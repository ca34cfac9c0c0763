"""The own free addresses of one server as a line, from the samples that the picture keeps. Pure."""

from itertools import pairwise

from console.insight.charts.history import SILENCE_SECONDS, Line, Segment
from console.insight.freshness import is_seen
from console.model.picture import ServerPicture


def free_line(server: ServerPicture, now: float) -> Line:
    """A line of all pools of one family together. It breaks where no answer arrived for long, and where the server is
    not seen."""
    samples = server.samples
    if not samples:
        return ()
    breaks = [number for number, (one, two) in enumerate(pairwise(samples), 1) if two.at - one.at > SILENCE_SECONDS]
    found = []
    for start, end in pairwise([0, *breaks, len(samples)]):
        points = tuple((each.at, float(each.available)) for each in samples[start:end])
        found.append(Segment(points, points[-1][0]))
    if is_seen(server, now):
        found[-1] = Segment(found[-1].points, max(now, found[-1].until))
    return tuple(found)
