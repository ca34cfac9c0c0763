"""The table of alarms: one row for each kind, in the order of `AlarmKind`. docs/alarms.md is made from it."""

from collections.abc import Iterable, Mapping

from console.insight.alarms.foreign_rows import FOREIGN_ROWS
from console.insight.alarms.link_rows import LINK_ROWS
from console.insight.alarms.log_rows import LOG_ROWS
from console.insight.alarms.own_rows import OWN_ROWS
from console.insight.alarms.pool_rows import POOL_ROWS
from console.insight.alarms.row import AlarmRow
from console.insight.alarms.service_rows import SERVICE_ROWS
from console.insight.alarms.trap_rows import TRAP_ROWS
from console.model.alarm_kinds import AlarmKind
from console.model.picture import Severity

ROWS: tuple[AlarmRow, ...] = tuple(
    sorted(
        (*LINK_ROWS, *SERVICE_ROWS, *POOL_ROWS, *TRAP_ROWS, *LOG_ROWS, *FOREIGN_ROWS, *OWN_ROWS),
        key=lambda row: list(AlarmKind).index(row.kind),
    )
)
BY_KIND: Mapping[str, AlarmRow] = {row.kind: row for row in ROWS}
"""The rows by the text of their kind. The journal of another version can have alarms of a kind that is not here."""


def severity_of(kind: AlarmKind) -> Severity:
    """The default severity of a kind."""
    return BY_KIND[kind].severity


def documented(rows: Iterable[AlarmRow] = ROWS) -> str:
    """The table of docs/alarms.md."""
    lines = ["| kind | severity | after | raised by | ended by | what to do |", "| --- | --- | --- | --- | --- | --- |"]
    lines += [
        f"| {row.kind} | {row.severity} | {_after(row)} | {row.raised} | {row.ended} | {row.act} |" for row in rows
    ]
    return "\n".join(lines)


def _after(row: AlarmRow) -> str:
    return f"{row.waits:.0f} s" if row.waits else ""
