"""Pool balance: how the free addresses are shared between the partners, the fullest scope first."""

from collections.abc import Sequence

from textual.content import Content

from console.insight.forecast import forecasts
from console.insight.freshness import is_seen, main_first, without_answer
from console.insight.shares import free
from console.insight.wording import left
from console.model.facts import PoolFacts
from console.model.picture import PairPicture, ServerPicture
from console.tui.widgets.panel import Panel

BAR_LEAST, BAR_MOST = 10, 60
NAME_LEAST, NAME_MOST = 9, 18
ROOM_FOR_FORECAST = 100
BY_PARITY = ("dhcp6-na", "dhcp6-ta")
MAIN_GLYPH, BACKUP_GLYPH, USED_GLYPH = "█", "▒", "·"


class PoolBars(Panel):
    """A line for each pool: the free addresses of the main and the backup, the used ones, and the goal of the share."""

    DEFAULT_CSS = """
    PoolBars { height: auto; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def show(self, pair: PairPicture, now: float, lines: int, width: int) -> None:
        self.put(pool_bars_text(pair, now, lines, width))


def pool_bars_text(pair: PairPicture, now: float, lines: int, width: int) -> Content:
    """At most `lines` pools and a line that counts the others, `width` cells wide."""
    server = _reporting_server(pair, now)
    if server is None or server.facts is None:
        return Content.styled(f"pools: {without_answer(next(iter(pair.servers.values())))}", "$stale")
    live = is_seen(server, now)
    soonest = {(each.server, each.pool): each.at for each in forecasts(pair, now)}
    if server.facts.pools is None:
        return Content.styled(f"pools: not reported by {server.name}", "$stale")
    pools = sorted(server.facts.pools, key=lambda pool: (free(pool) or 0) / max(1, pool.total or 0))
    shown = pools if len(pools) <= lines else pools[: max(1, lines - 1)]
    drawn_lines = []
    wide = min(NAME_MOST, max([NAME_LEAST, *(len(pool.name) for pool in shown)]))
    for pool in shown:
        ends = [at for (_, name), at in soonest.items() if name == pool.name and at is not None]
        drawn_lines.append(_line(pool, server, width, live, min(ends) - now if ends else None, wide))
    if len(shown) < len(pools):
        drawn_lines.append(_others(pools[len(shown) :]))
    if not pools:
        drawn_lines.append(Content.styled(f"{server.name} reports no pools", "$stale"))
    return Content("\n").join(drawn_lines)


def _others(pools: Sequence[PoolFacts]) -> Content:
    """A line for the pools that have no line of their own: how many, and how many of them are empty or not known."""
    empty = sum(free(pool) == 0 and pool.total != 0 for pool in pools)
    unknown = sum(free(pool) is None for pool in pools)
    notes = ([f"{empty} EMPTY"] if empty else []) + ([f"{unknown} not known"] if unknown else [])
    words = f"and {len(pools)} more pools" + (f": {', '.join(notes)}" if notes else " with more free")
    return Content.styled(words, "bold $warning" if notes else "$stale")


def _reporting_server(pair: PairPicture, now: float) -> ServerPicture | None:
    """The server whose counts are shown: the main if it answers, else the backup, else the last one that answered."""
    servers = [server for server in main_first(pair.servers.values()) if server.facts is not None]
    seen = [server for server in servers if is_seen(server, now)]
    return next(iter(seen or sorted(servers, key=lambda server: -(server.reported_at or 0))), None)


def _line(pool: PoolFacts, server: ServerPicture, width: int, live: bool, empty_in: float | None, wide: int) -> Content:
    own, other, total = pool.available, pool.other_available, pool.total
    if pool.undivided is not None and total is not None:
        return _undivided(pool, pool.undivided, total, width, live, wide)
    if own is None or other is None or total is None:
        words = f"{pool.name[:wide].ljust(wide)}  free addresses not reported"
        return Content.styled(words, "$stale")
    main, backup = (own, other) if server.role == "main" else (other, own)
    both = main + backup
    words = f" main {main:,} + backup {backup:,} free of {total:,}"
    actual = 100 * backup / both if both else 0.0
    goal = "" if pool.backup_pct is None else f" (goal {pool.backup_pct:.0f})"
    share = f", backup {actual:.0f} %{goal}" if both else ", NONE FREE"
    # On a narrow screen the countdowns show it for the worst pool.
    shows_end = empty_in is not None and empty_in > 0 and width >= ROOM_FOR_FORECAST
    end = f", empty in {left(empty_in, estimate=True)}" if shows_end and empty_in is not None else ""
    if wide + BAR_LEAST + len(words) + len(share) + 3 > width:
        share = share.partition(" (goal")[0]  # Left out as a whole rather than cut.
    bar = min(BAR_MOST, max(BAR_LEAST, width - wide - len(words) - len(share) - len(end) - 3))
    main_cells, backup_cells = _cells(main, backup, total, bar)
    return Content.assemble(
        (pool.name[:wide].ljust(wide) + " ", "" if live else "$stale"),
        (MAIN_GLYPH * main_cells, "$pool-main" if live else "$stale"),
        (BACKUP_GLYPH * backup_cells, "$pool-backup" if live else "$stale"),
        (USED_GLYPH * (bar - main_cells - backup_cells), "$stale"),
        (words + share, "" if live else "$stale"),
        (end, "bold $warning"),
    )


def _undivided(pool: PoolFacts, free: int, total: int, width: int, live: bool, wide: int) -> Content:
    """A pool without shares: either server may lease its free addresses, or parity divides them."""
    how = "divided by parity" if pool.family in BY_PARITY else "both shares together"
    words = f" {free:,} free of {total:,}, {how}" if free else f" NONE FREE of {total:,}"
    bar = min(BAR_MOST, max(BAR_LEAST, width - wide - len(words) - 3))
    cells, _ = _cells(free, 0, total, bar)
    return Content.assemble(
        (pool.name[:wide].ljust(wide) + " ", "" if live else "$stale"),
        (MAIN_GLYPH * cells, "$pool-main" if live else "$stale"),
        (USED_GLYPH * (bar - cells), "$stale"),
        (words, "bold $warning" if not free else "" if live else "$stale"),
    )


def _cells(main: int, backup: int, total: int, bar: int) -> tuple[int, int]:
    """The cells of the bar for each share. A share that is not zero has at least one cell."""
    scale = bar / max(1, total)
    main_cells = max(1 if main else 0, round(main * scale))
    backup_cells = max(1 if backup else 0, round(backup * scale))
    over = max(0, main_cells + backup_cells - bar)
    if main_cells >= backup_cells:
        return main_cells - over, backup_cells
    return main_cells, backup_cells - over
