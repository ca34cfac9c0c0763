"""The rows of alarms that only other makes of server raise, by their logs (`log_rules`)."""

from console.insight.alarms.log_rows import AN_HOUR
from console.insight.alarms.row import AlarmRow
from console.insight.wording import HOUR
from console.model.alarm_kinds import AlarmKind
from console.model.picture import Severity

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
        AlarmKind.LEASE_SYNC_FAILED,
        Severity.MAJOR,
        "log HA_SYNC_FAILED, HA_LEASES_SYNC_FAILED, HA_LEASES_BACKLOG_FAILED (Kea): leases cannot be read from the "
        "partner or sent to it",
        f"log HA_SYNC_SUCCESSFUL, HA_LEASES_BACKLOG_SUCCESS; {AN_HOUR}",
        "check that each server reaches the other at the URL of its peer, and that both load libdhcp_lease_cmds",
        lasts=HOUR,
    ),
)
