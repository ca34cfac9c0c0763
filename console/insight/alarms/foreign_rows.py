"""The rows of alarms that only other makes of server raise, by their logs (`log_rules`) or their counters."""

from collections.abc import Iterator, Mapping

from console.insight.alarms.log_rows import AN_HOUR
from console.insight.alarms.row import AlarmRow, Fault
from console.insight.counted_changes import new_changes
from console.insight.wording import HOUR
from console.model.alarm_kinds import AlarmKind
from console.model.phases import Phase
from console.model.picture import PairPicture, Severity

COUNTED: Mapping[Phase, Severity] = {Phase.TAKEN_OVER: Severity.CRITICAL, Phase.RETURNING: Severity.WARNING}


def counted(pair: PairPicture, now: float) -> Iterator[Fault]:
    """A server entered a state, by its counters. It is not known whether it left it again."""
    for server, change in new_changes(pair, now):
        text = f"{server.name} entered {change.word}; whether it is still in that state is not reported"
        yield Fault(AlarmKind.STATE_CHANGE_COUNTED, server.name, COUNTED.get(change.phase, Severity.MAJOR), text)


FOREIGN_ROWS: tuple[AlarmRow, ...] = (
    AlarmRow(
        AlarmKind.LEASE_UPDATES_REJECTED,
        Severity.MAJOR,
        "log HA_LEASE_UPDATE_CONFLICT, HA_LEASE_UPDATE_..._FAILED_ON_PEER (Kea), BIND_UPDATE_REJECTED (ISC dhcpd): the "
        "partner refuses a lease",
        AN_HOUR,
        "compare the lease on both servers; after max-rejected-lease-updates of them Kea gives up the exchange",
        lasts=HOUR,
    ),
    AlarmRow(
        AlarmKind.STATE_CHANGE_COUNTED,
        Severity.MAJOR,
        "polls: a counter of changes of state rose (Windows); into PARTNER-DOWN: critical, into RECOVER: warning",
        "an hour without another change: that a state was left again is not counted",
        "read the state on the server (runbook windows-partner-lost)",
        lasts=HOUR,
        find=counted,
    ),
    AlarmRow(
        AlarmKind.LEASE_SYNC_FAILED,
        Severity.MAJOR,
        "log HA_SYNC_FAILED, HA_LEASES_SYNC_FAILED, HA_LEASES_BACKLOG_FAILED (Kea): leases cannot be read from the "
        "partner or sent to it",
        f"log HA_SYNC_SUCCESSFUL, HA_LEASES_BACKLOG_SUCCESS; {AN_HOUR}",
        "check that each server reaches the other at the URL of its peer, and that both load libdhcp_lease_cmds",
        lasts=HOUR,
    ),
)
