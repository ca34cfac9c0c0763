"""The chart of a pool without shares: one line of free addresses, and no goal."""

from datetime import UTC

from console.insight.charts.history import PoolLines, Segment
from console.tui.charts.pool import Frame, pool_rows

FRAME = Frame(0.0, 900.0, 900.0, UTC)
FREE = (Segment(((0.0, 80.0), (450.0, 60.0)), 900.0),)
LEASED = (Segment(((0.0, 20.0), (450.0, 40.0)), 900.0),)


def drawn(free: tuple[Segment, ...]) -> str:
    lines = PoolLines("na", (), (), LEASED, (), None, 20, None, free)
    return "\n".join(row.plain for row in pool_rows(lines, FRAME, None, (), (100, 14)))


def test_free_addresses_without_shares_are_one_line() -> None:
    text = drawn(FREE)
    legend = text.splitlines()[0]
    assert "f free 60 (60-80)" in legend
    assert "l leased 40 (20-40)" in legend
    assert "low 20 free" in legend
    assert "not known" not in text
    assert "share" not in text
    assert max(len(line.rstrip()) for line in text.splitlines()) > 90, "the chart has the whole width"


def test_shares_that_are_not_known_are_named() -> None:
    assert "m main not known" in drawn(())
