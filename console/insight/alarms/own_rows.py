"""Alarms about the console itself (own.py finds them, except the one about senders that are not configured)."""

from console.insight.alarms.row import AlarmRow
from console.insight.wording import DAY
from console.model.alarm_kinds import AlarmKind
from console.model.picture import Severity

OWN_ROWS: tuple[AlarmRow, ...] = (
    AlarmRow(
        AlarmKind.UNKNOWN_SENDER,
        Severity.INFO,
        "a trap from an address that is nobody's `trap_sources`",
        "a person, or a day without another report",
        "name the address in the configuration, or limit `sources`",
        lasts=DAY,
        own=True,
    ),
    AlarmRow(
        AlarmKind.JOURNAL_NOT_WRITTEN,
        Severity.MAJOR,
        "the console: its journal cannot be written or read (a full disk, a database that is away)",
        "the console: it can",
        "make room, or bring the database back; what happens meanwhile is kept in memory for a while",
        own=True,
    ),
    AlarmRow(
        AlarmKind.JOURNAL_ENTRIES_DROPPED,
        Severity.MAJOR,
        "the console: entries were dropped because the journal could not follow",
        "the console: none for five minutes",
        "the history has a gap there",
        follows=(AlarmKind.JOURNAL_NOT_WRITTEN,),
        own=True,
    ),
    AlarmRow(
        AlarmKind.TRAPS_DROPPED,
        Severity.MAJOR,
        "the console: notifications were dropped, by the kernel, the queue or the rate limit",
        "the console: none for five minutes",
        "find the sender of the storm (`pairwatch traps --json` names sources); raise receive_buffer",
        own=True,
    ),
    AlarmRow(
        AlarmKind.TRAPS_REJECTED,
        Severity.WARNING,
        "the console: notifications were refused (community, user, key, source)",
        "the console: none for five minutes",
        "compare the servers' trap recipients with [traps]",
        own=True,
    ),
    AlarmRow(
        AlarmKind.COLLECTOR_GONE,
        Severity.CRITICAL,
        "a console that watches: nothing came from a collector for two and a half minutes",
        "the console: something comes",
        "start `pairwatch collect`: what is shown is old",
        follows=(AlarmKind.JOURNAL_NOT_WRITTEN,),
        own=True,
    ),
    AlarmRow(
        AlarmKind.NOTIFICATION_FAILED,
        Severity.MAJOR,
        "the console: a message could not be delivered after its retries",
        "the console: the next one is delivered",
        "try `pairwatch notify --test`; nobody was told",
        own=True,
    ),
    AlarmRow(
        AlarmKind.SOURCE_FAILED,
        Severity.MAJOR,
        "the console: a source (the trap port, a log) could not be opened",
        "the console: it could, after a restart",
        "the text says which and why",
        own=True,
    ),
)
