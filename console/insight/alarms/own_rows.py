"""Alarms about the console itself. own.py finds them; signals.py raises the one about unknown senders."""

from console.insight.alarms.row import AlarmRow
from console.insight.wording import DAY
from console.model.alarm_kinds import AlarmKind
from console.model.picture import Severity

OWN_ROWS: tuple[AlarmRow, ...] = (
    AlarmRow(
        AlarmKind.UNKNOWN_SENDER,
        Severity.INFO,
        "a trap from an address that is in no server's `trap_sources`",
        "a person, or a day without another report",
        "add the address to the configuration, or restrict `sources`",
        lasts=DAY,
        own=True,
    ),
    AlarmRow(
        AlarmKind.JOURNAL_NOT_WRITTEN,
        Severity.MAJOR,
        "the console: its journal cannot be written or read (full disk, database not reachable)",
        "the console: the journal works again",
        "free disk space, or restore the database; until then new entries are held in memory for a while",
        own=True,
    ),
    AlarmRow(
        AlarmKind.JOURNAL_ENTRIES_DROPPED,
        Severity.MAJOR,
        "the console: entries were dropped because the journal was too slow",
        "the console: none for five minutes",
        "the history has a gap at that time",
        follows=(AlarmKind.JOURNAL_NOT_WRITTEN,),
        own=True,
    ),
    AlarmRow(
        AlarmKind.TRAPS_DROPPED,
        Severity.MAJOR,
        "the console: notifications were dropped, by the kernel, the queue or the rate limit",
        "the console: none for five minutes",
        "find the sender of the storm (`pairwatch traps --json` shows sources); raise receive_buffer",
        own=True,
    ),
    AlarmRow(
        AlarmKind.TRAPS_REJECTED,
        Severity.WARNING,
        "the console: notifications were rejected (community, user, key, source)",
        "the console: none for five minutes",
        "compare the servers' trap recipients with [traps]",
        own=True,
    ),
    AlarmRow(
        AlarmKind.COLLECTOR_GONE,
        Severity.CRITICAL,
        "a console that follows: no entry from a collector for two and a half minutes",
        "the console: entries arrive again",
        "start `pairwatch collect`: the data shown is old",
        follows=(AlarmKind.JOURNAL_NOT_WRITTEN,),
        own=True,
    ),
    AlarmRow(
        AlarmKind.NOTIFICATION_FAILED,
        Severity.MAJOR,
        "the console: a message could not be delivered after its retries",
        "the console: the next one is delivered",
        "try `pairwatch notify --test`; the message was not delivered",
        own=True,
    ),
    AlarmRow(
        AlarmKind.SOURCE_FAILED,
        Severity.MAJOR,
        "the console: a source (the trap port, a log) could not be opened",
        "the console: it was opened, after a restart",
        "the text of the alarm has the source and the error",
        own=True,
    ),
)
