"""The top of the pair screen: the pair, the verdict, the dangers, and the next events."""

from datetime import UTC, datetime, tzinfo
from textwrap import wrap

from textual.content import Content

from console.insight.countdowns import cannot_tell, countdowns
from console.insight.danger import banners
from console.insight.verdict import judge
from console.insight.wording import due, left
from console.model.picture import PairPicture, Severity
from console.tui.widgets.panel import Panel
from console.tui.widgets.signs import SEVERITIES

SHORTEST_EVENT = 20
"""Columns: a narrower text of an event is cut at the edge instead of being continued."""


class HeaderLine(Panel):
    """Pair, environment and mode on the left, both clocks on the right."""

    DEFAULT_CSS = """
    HeaderLine { height: 1; background: $panel; color: auto 95%; padding: 0 1; text-style: bold; }
    """

    def show(self, pair: PairPicture, mode: str, now: float, zone: tzinfo, position: str) -> None:
        local, universal = datetime.fromtimestamp(now, zone), datetime.fromtimestamp(now, UTC)
        clocks = f"{universal:%H:%M:%S}Z"
        if local.utcoffset() != universal.utcoffset():
            clocks = f"{local:%H:%M:%S} {local.tzname()}  {clocks}"
        environment = f"  {pair.environment.upper()}" if pair.environment else ""
        left = f"{pair.name}{position}{environment}  {mode}"
        gap = max(2, self.size.width - 2 - len(left) - len(clocks))
        self.put(Content(left + " " * gap + clocks))


class VerdictLine(Panel):
    """The sentence that states whether clients have service."""

    DEFAULT_CSS = """
    VerdictLine { height: auto; padding: 0 1; text-style: bold; }
    """

    def show(self, pair: PairPicture, now: float, zone: tzinfo) -> None:
        judged = judge(pair, now, zone)
        sign = SEVERITIES[judged.severity]
        self.put(Content.assemble((f"{sign.glyph} {judged.severity.upper()}  ", sign.colour), judged.sentence))


class Banners(Panel):
    """The dangers, the most severe first."""

    DEFAULT_CSS = """
    Banners { height: auto; display: none; padding: 0 1; text-style: bold; }
    Banners.-critical { display: block; background: $banner-critical; color: $banner-critical-text; }
    Banners.-warning { display: block; background: $banner-warning; color: $banner-warning-text; }
    """

    def show(self, pair: PairPicture, now: float, zone: tzinfo) -> None:
        found = banners(pair, now, zone)
        worst = found[0].severity if found else None
        self.set_class(worst is Severity.CRITICAL, "-critical")
        self.set_class(worst is Severity.WARNING, "-warning")
        marks = {Severity.CRITICAL: "!! DANGER  ", Severity.WARNING: "!  CAUTION  "}
        self.put(Content("\n").join(Content(marks[each.severity] + each.text) for each in found))


class Countdowns(Panel):
    """The automatic events with their times, the next first; then the deadlines of the operator."""

    DEFAULT_CSS = """
    Countdowns { height: auto; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def show(self, pair: PairPicture, now: float, zone: tzinfo, lines: int) -> None:
        self.put(countdowns_text(pair, now, zone, lines, self.content_size.width))


def countdowns_text(pair: PairPicture, now: float, zone: tzinfo, lines: int, columns: int = 0) -> Content:
    """At most `lines` countdowns: time left, wall clock time and event. In `columns`, a longer event continues in the
    next line; 0 for any width."""
    found = countdowns(pair, now)
    # Automatic events come first: they limit the time of the operator.
    ordered = sorted(found, key=lambda each: (not each.automatic, each.at))[:lines]
    if not any(each.automatic for each in found):
        unknown = cannot_tell(pair, now)
        words = "no automatic event" if unknown is None else f"cannot tell the next automatic event: {unknown}"
        head = [Content.assemble(("NEXT ", "bold $primary"), words)]
        ordered = ordered[: max(0, lines - 1)]
    else:
        head = []
    rows = []
    clocks = [due(each.at, zone, now, each.estimate) for each in ordered]
    width = max(map(len, clocks), default=0)
    for number, each in enumerate(ordered):
        mark = "NEXT " if each.automatic and number == 0 else "     "
        style = "$stale" if each.last_known else "bold $warning" if each.automatic else ""
        known = "last known: " if each.last_known else ""
        before = len(mark) + 8 + 2 + width + 2
        room = columns - before
        words = known + each.text
        if room >= SHORTEST_EVENT:
            words = f"\n{' ' * before}".join(wrap(words, room))
        rows.append(
            Content.assemble(
                (mark, "bold $primary"),
                (f"{left(each.at - now, each.estimate):>8}", style),
                (f"  {clocks[number]:<{width}}  ", "$stale"),
                (words, "$stale" if each.last_known else ""),
            )
        )
    return Content("\n").join([*head, *rows])
