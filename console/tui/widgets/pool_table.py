"""Every count of every pool as each server reports it, for large screens."""

from textual.content import Content

from console.insight.arrival import arrival
from console.insight.forecast import forecasts
from console.insight.freshness import is_seen, without_answer
from console.insight.shares import own
from console.insight.wording import rough
from console.model.picture import PairPicture, ServerPicture
from console.tui.widgets.panel import Panel

COLUMNS = (
    ("scope", 12),
    ("total", 8),
    ("leased", 8),
    ("own", 8),
    ("partner's", 11),
    ("offered", 9),
    ("pending", 9),
    ("unavail.", 10),
    ("backup %", 10),
    ("new/h", 7),
    ("empty in", 10),
)


class PoolTable(Panel):
    """A line for each pool of each server, the fewest free addresses first."""

    DEFAULT_CSS = """
    PoolTable { padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def show(self, pair: PairPicture, servers: tuple[ServerPicture, ...], now: float, lines: int) -> None:
        parts = [pool_table_text(pair, server, now, max(1, lines // len(servers) - 2)) for server in servers]
        self.put(Content("\n").join(parts))


def pool_table_text(pair: PairPicture, server: ServerPicture, now: float, lines: int) -> Content:
    """A heading and at most `lines` pools of one server."""
    heads = "".join(name.ljust(width) if name == "scope" else name.rjust(width) for name, width in COLUMNS)
    rows = [Content.assemble((f"pools as reported by {server.name}", "bold")), Content.styled(heads, "$primary")]
    facts = server.facts
    if facts is None:
        return Content("\n").join([rows[0], Content.styled(without_answer(server), "$stale")])
    live = is_seen(server, now)
    ends = {each.pool: each.at for each in forecasts(pair, now) if each.server == server.name}
    if facts.pools is None:
        return Content("\n").join([rows[0], Content.styled("it reports no pools", "$stale")])
    pools = sorted(facts.pools, key=lambda pool: (own(pool) or 0) / max(1, pool.total or 0))
    for pool in pools[:lines]:
        rate = arrival(pair, server, pool, now).fast
        end = ends.get(pool.name)
        shared = pool.undivided is None
        actual = "-" if pool.actual_backup_pct is None else f"{pool.actual_backup_pct:.0f}"
        cells = (
            pool.name[: COLUMNS[0][1] - 1],
            *(_number(count) for count in (pool.total, pool.leased, own(pool))),
            _number(pool.other_available, shared),
            *(_number(count) for count in (pool.offered, pool.pending_available, pool.unavailable)),
            f"{actual}/{_number(pool.backup_pct, shared)}",
            "?" if rate is None else f"{rate:,.0f}",
            "-" if end is None else rough(end - now),
        )
        first, *rest = (cell for cell in zip(cells, (width for _, width in COLUMNS), strict=True))
        line = first[0].ljust(first[1]) + "".join(text.rjust(width) for text, width in rest)
        rows.append(Content.styled(line, "" if live else "$stale"))
    if len(pools) > lines:
        rows.append(Content.styled(f"and {len(pools) - lines} more with more free", "$stale"))
    return Content("\n").join(rows)


def _number(count: float | None, exists: bool = True) -> str:
    """`?`: not known; `-`: a pool without shares does not have it."""
    return ("?" if exists else "-") if count is None else f"{count:,.0f}"
