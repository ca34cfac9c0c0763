"""The texts around the lines of a log: the title, the status, and one line in full."""

from collections.abc import Callable, Sequence
from datetime import tzinfo

from textual.content import Content

from console.insight.wording import both_clocks, duration, plural, wall
from console.logs.book import LogBook
from console.logs.line import decode_line, parse_line
from console.logs.selection import Source
from console.tui.widgets.log_view import LogView

KEYS = "/ filter  s search  : time  enter the line  1-5 filter by a field  c copy"
"""The keys, shown if there is room."""
LETTERS = {"main": "M", "backup": "B"}


def title_text(sources: Sequence[Source], origin: Callable[[str], str]) -> Content:
    """The servers of the logs, where each log is read from, and clock corrections."""
    parts: list[str | tuple[str, str]] = ["LOGS"]
    for source in sources:
        parts += [
            "  ",
            (
                f"{LETTERS.get(source.role, '·')} {source.server}",
                f"$pool-{source.role}" if source.role in LETTERS else "",
            ),
        ]
        parts.append((f" from {origin(source.server)}", "$stale"))
        if source.shift:
            parts.append((f" (clock {offset_text(source.shift)}, corrected)", "$warning"))
    return Content.assemble(*parts)


def offset_text(seconds: float) -> str:
    """`7 s ahead`."""
    return f"{duration(abs(seconds))} {'ahead' if seconds > 0 else 'behind'}"


def status_text(book: LogBook, view: LogView, now: float, zone: tzinfo) -> Content:
    """Two lines: the position; the filter, the search and their progress."""
    count, merged = view.count, book.shown.merged
    if view.following:
        where: list[str | tuple[str, str]] = [("▶ FOLLOWING", "bold $success")]
    else:
        new = f"  {plural(view.new_lines, 'new line')}" if view.new_lines else ""
        where = [(f"■ PAUSED{new}", "bold $warning"), ("  end follows", "$stale")]
    if count:
        at = merged.key(min(view.cursor, count - 1))
        where.append(f"  line {view.cursor + 1:,} of {count:,}  {wall(at, zone, now)}")
    elif book.complete and not book.filter.text:
        where.append("  no lines yet")
    elif book.complete:
        where.append("  no line matches: escape shows all lines")
    shown: list[str | tuple[str, str]] = []
    if not book.complete:
        shown.append((f"reading {book.reading:.0%}, the end is shown already  ", "bold"))
    if book.filter.text:
        asked = "" if book.filtering is None else f" ... {book.filtering:.0%}"
        shown.append((f"FILTER {book.filter.text}{asked}  ", "bold $accent"))
    if book.search is not None:
        shown.append((f"SEARCH {book.search.text}  {match_text(book, view)}  ", "bold $accent"))
    shown += [(f"{source.server}'s log {source.lost}  ", "$warning") for source in book.sources if source.lost]
    return Content("\n").join([Content.assemble(*where), Content.assemble(*(shown or [(KEYS, "$stale")]))])


def match_text(book: LogBook, view: LogView) -> str:
    """`12 of 3,408`: the position of the cursor among the matches."""
    if book.found is None:
        return f"... {book.searching or 0:.0%}"
    total = len(book.found.merged)
    place = book.place(view.cursor)
    if place is None or not total:
        return f"{total:,} found"
    at = book.position(place, book.found)
    exact = at < total and book.found.merged.line(at) == book.shown.merged.line(view.cursor)
    return f"{at + 1:,} of {total:,}" if exact else f"{total:,} found"


def line_text(book: LogBook, position: int, zone: tzinfo) -> Content:
    """One line in full, with the meaning of its message."""
    try:
        lane, number = book.shown.merged.line(position)
    except IndexError:
        return Content("no line selected")
    source = book.shown.sources[lane]
    data = source.line(number)
    if data is None:
        return Content(f"This line is no longer in the log of {source.server}.")
    text = decode_line(data)
    read = parse_line(text)
    at = book.shown.merged.key(position)
    clock = f", whose clock is {offset_text(source.shift)}" if source.shift else ""
    lines = [
        Content.styled("".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text), "bold"),
        _field("time", f"{both_clocks(at, zone)} by this host's clock"),
        _field("written by", f"{source.server}{f' ({source.role})' if source.role else ''}{clock}"),
    ]
    if read.meaning:
        lines.append(_field(f"message {read.id}", read.meaning))
    known = [
        f"{key} {name} {value}"
        for key, name, value in (("1", "client", read.client), ("2", "address", read.address))
        if value
    ]
    if known:
        lines.append(_field("filter by", ", ".join(known)))
    return Content("\n").join(lines)


def _field(name: str, text: str) -> Content:
    return Content.assemble((f"{name:<14}", "$stale"), text)
