"""The picture of one pool: addresses of both partners and leased, and beside it the backup's share of the free ones.

    wifi  m main 900 (900-990)  b backup 880 (870-930)  l leased 2,316 (2,176-2,326)  % share 49 (46-50) of 50
    4,000 |                                    l     100 |
          |                                              |
        0 +----------------------------------- mb      0 +------------------------ %
          09:00       09:05       09:10                  09:00       09:10

Lines differ in their pattern, and each has a letter at its end, so no colour is needed to tell them apart. A
forecast is a broken line from now to where no address is left.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from textual.content import Content

from console.insight.charts.axis import ticks
from console.insight.charts.columns import Column, Figures, columns, figures, largest, level, nice_top
from console.insight.charts.history import Event, Line, PoolLines
from console.insight.charts.outlook import Outlook
from console.insight.wording import due, left
from console.tui.charts.canvas import DOWN, Canvas, Pattern, broken, dashed, dotted, solid, sparse

LABEL_WIDTH = 8
LETTERS_WIDTH = 4
SHARE_PART = 0.38
"""The part of the width that the share takes."""
STALE, LIMIT, FORECAST = "$stale", "$stale", "$warning"
MAIN, BACKUP, LEASED, SHARE = "$pool-main", "$pool-backup", "$foreground", "$accent"
EVENT, ACTION = "^", "!"
CORNER, FLOOR, WALL, TICK = "└", "─", "│", "┬"

Row = list[tuple[str, str]]
"""Texts with their styles."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the charts of a screen have in common: the time axis, the zone, and now."""

    start: float
    end: float
    now: float
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart. `letter` is written at its end."""

    letter: str
    line: Line
    style: str
    pattern: Pattern


def pool_rows(
    drawn: PoolLines,
    frame: Frame,
    forecast: Outlook | None,
    events: Sequence[Event],
    size: tuple[int, int],
    chosen: bool = False,
) -> list[Content]:
    """The picture in `size` (cells across, rows): the legend in one or two rows, the charts, and their time axes."""
    width, height = size
    legend = _legend(drawn, frame, forecast, width, chosen)
    rows = max(2, height - len(legend) - 2)
    right = 0 if drawn.free else max(LABEL_WIDTH + LETTERS_WIDTH + 10, round(width * SHARE_PART))
    leased = Series("l", drawn.leased, LEASED, dashed)
    shares = [Series("b", drawn.backup, BACKUP, dotted), Series("m", drawn.main, MAIN, solid)]
    addresses = _chart(
        [leased, *([Series("f", drawn.free, MAIN, solid)] if drawn.free else shares)],
        frame,
        (width - right, rows),
        limits={"low": drawn.low} if drawn.low is not None else {},
        forecast=forecast,
        events=events,
    )
    if drawn.free:
        return [*legend, *(_content(row, width) for row in addresses)]
    share = _chart(
        [Series("%", drawn.share, SHARE, solid)],
        frame,
        (right, rows),
        limits={} if drawn.goal is None else _band(drawn.goal, drawn.band),
        top=100,
        events=events,
    )
    joined = [_content([*one, *two]) for one, two in zip(addresses, share, strict=True)]
    return [*legend, *joined]


def free_rows(main: Line, backup: Line, frame: Frame, size: tuple[int, int], title: str = "free") -> list[Content]:
    """The own free addresses of both servers in `size` (cells across, rows), with a legend and the time axis."""
    width, height = size
    legend: list[tuple[str, str]] = [
        (f" {title}  ", "bold"),
        (_figures("m main", figures(main, frame.start, frame.now), frame), MAIN),
        ("  ", ""),
        (_figures("b backup", figures(backup, frame.start, frame.now), frame), BACKUP),
    ]
    series = [Series("b", backup, BACKUP, dotted), Series("m", main, MAIN, solid)]
    rows = _chart(series, frame, (width, max(2, height - 3)), limits={})
    return [_content(legend, width), *(_content(row, width) for row in rows)]


def _band(goal: float, band: float | None) -> dict[str, float]:
    """The goal of the share, and the edges within which the main moves nothing."""
    around = {} if band is None else {"": max(0.0, goal - band), " ": min(100.0, goal + band)}
    return {**around, "goal": goal}


def _legend(drawn: PoolLines, frame: Frame, forecast: Outlook | None, width: int, chosen: bool) -> list[Content]:
    """The figures of each line; the name of the pool first."""
    name = (f"{'>' if chosen else ' '}{drawn.pool}  ", "bold")
    goal = "" if drawn.goal is None else f" of {drawn.goal:.0f}"
    leased = (_figures("l leased", figures(drawn.leased, frame.start, frame.now), frame, alarm=False), LEASED)
    parts: list[tuple[str, str]] = [
        (_figures("m main", figures(drawn.main, frame.start, frame.now), frame), MAIN),
        (_figures("b backup", figures(drawn.backup, frame.start, frame.now), frame), BACKUP),
        leased,
        (_figures("% share", figures(drawn.share, frame.start, frame.now), frame, alarm=False) + goal, SHARE),
    ]
    if drawn.free:  # No rule moves these: there are no shares that could be compared with a goal.
        parts = [(_figures("f free", figures(drawn.free, frame.start, frame.now), frame), MAIN), leased]
    if drawn.low is not None:
        parts.append((f"low {drawn.low:,} free", LIMIT))
    if forecast is not None:
        when = due(forecast.empty_at, frame.zone, frame.now, estimate=True)
        soon = left(forecast.empty_at - frame.now, estimate=True)
        parts.append((f"{forecast.server} empty {when}, {soon}", f"bold {FORECAST}"))
    lines: list[Row] = [[name]]
    used = len(name[0])
    for text, style in parts:
        if used + len(text) > width and len(lines[-1]) > 1:
            lines.append([("   ", "")])
            used = 3
        # The gap is before the text, so that a line that fits exactly is not cut.
        gap = "  " if len(lines[-1]) > 1 else ""
        lines[-1].append((gap + text, style))
        used += len(text) + 2
    return [_content(each, width) for each in lines]


def _figures(label: str, found: Figures | None, frame: Frame, *, alarm: bool = True) -> str:
    """`m main 900 (850-990)`; where the line has ended, the last value is marked as last known."""
    if found is None:
        return f"{label} not known"
    if found.ended is not None:
        return f"{label} ? last {found.last:,.0f} ({found.least:,.0f}-{found.most:,.0f})"
    empty = " EMPTY" if alarm and found.last == 0 else ""
    return f"{label} {found.last:,.0f}{empty} ({found.least:,.0f}-{found.most:,.0f})"


def _chart(
    series: Sequence[Series],
    frame: Frame,
    size: tuple[int, int],
    *,
    limits: Mapping[str, float],
    top: int | None = None,
    forecast: Outlook | None = None,
    events: Sequence[Event] = (),
) -> list[Row]:
    """One chart with its value axis, the letters of its lines, the time axis and the clock times."""
    width, height = size
    canvas = Canvas(max(4, width - LABEL_WIDTH - 1 - LETTERS_WIDTH), height)
    if top is None:
        most = max([largest([each.line for each in series], frame.start, frame.now), *limits.values()])
        top = nice_top(max(most, forecast.value if forecast is not None else 0))
    for limit in limits.values():
        canvas.level_line(limit, top, LIMIT, sparse)
    if forecast is not None:
        canvas.plot(_expected(forecast, frame, canvas.across), top, FORECAST, broken)
    seen = max(1, round(canvas.across * (frame.now - frame.start) / (frame.end - frame.start)))
    letters: dict[int, str] = {}
    for name, limit in limits.items():
        if name.strip():
            letters[_row_of(limit, top, canvas)] = name[:LETTERS_WIDTH]
    for each in series:
        canvas.plot(columns(each.line, frame.start, frame.now, seen), top, each.style, each.pattern)
    for row, found in _letters(series, frame, top, canvas):
        letters[row] = found
    rows: list[Row] = []
    for number, cells in enumerate(canvas.rows()):
        value = _value_label(number, top, height)
        rows.append([(f"{value:>{LABEL_WIDTH - 1}} ", STALE), (WALL, STALE), *cells, _margin(letters.get(number, ""))])
    return [*rows, *_time_axis(frame, canvas.width, events)]


def _margin(letters: str) -> tuple[str, str]:
    return letters[:LETTERS_WIDTH].ljust(LETTERS_WIDTH), "bold"


def _value_label(row: int, top: int, height: int) -> str:
    if row == 0:
        return f"{top:,}"
    if row == height - 1:
        return "0"
    return f"{top // 2:,}" if row == height // 2 and height % 2 and height >= 5 and top % 2 == 0 else ""


def _row_of(value: float, top: float, canvas: Canvas) -> int:
    return canvas.height - 1 - level(value, top, canvas.down) // DOWN


def _letters(series: Iterable[Series], frame: Frame, top: float, canvas: Canvas) -> Iterable[tuple[int, str]]:
    """The letters by row, for the lines that reach now."""
    found: dict[int, str] = {}
    for each in series:
        last = figures(each.line, frame.start, frame.now)
        if last is not None and last.ended is None:
            row = _row_of(last.last, top, canvas)
            found[row] = each.letter + found.get(row, "")
    return found.items()


def _expected(forecast: Outlook, frame: Frame, count: int) -> list[Column | None]:
    """The forecast in columns: one value each."""
    found: list[Column | None] = []
    width = (frame.end - frame.start) / count
    for number in range(count):
        value = forecast.value_at(frame.start + (number + 0.5) * width)
        found.append(None if value is None else Column(value, value, value))
    return found


def _time_axis(frame: Frame, width: int, events: Sequence[Event]) -> list[Row]:
    """The floor with its ticks and the marks of events, and the clock times below."""
    floor, labels = [FLOOR] * width, [" "] * (width + LETTERS_WIDTH)
    span = frame.end - frame.start
    for at, text in ticks(frame.start, frame.end, frame.zone, width):
        cell = min(width - 1, int((at - frame.start) / span * width))
        floor[cell] = TICK
        begin = min(max(0, cell - len(text) // 2), len(labels) - len(text))
        if all(each == " " for each in labels[max(0, begin - 1) : begin + len(text) + 1]):
            labels[begin : begin + len(text)] = text
    marks: dict[int, str] = {}
    for event in events:
        cell = int((event.at - frame.start) / span * width)
        if 0 <= cell < width:
            marks[cell] = ACTION if event.by_operator or marks.get(cell) == ACTION else EVENT
    row: Row = [(" " * LABEL_WIDTH, ""), (CORNER, STALE)]
    row += [(marks[cell], f"bold {FORECAST}") if cell in marks else (floor[cell], STALE) for cell in range(width)]
    row.append((" " * LETTERS_WIDTH, ""))
    return [row, [(" " * (LABEL_WIDTH + 1), ""), ("".join(labels), STALE)]]


def _content(parts: Sequence[tuple[str, str]], width: int | None = None) -> Content:
    """The texts joined, neighbours of one style together."""
    joined: list[tuple[str, str]] = []
    for text, style in parts:
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + text, style)
        else:
            joined.append((text, style))
    content = Content.assemble(*joined)
    return content if width is None else content.truncate(width, ellipsis=True, pad=True)
