"""Incidents of Kea pairs: verdict, diagnosis with evidence, and advice within two polls, on screens of 80x24."""

from datetime import UTC
from pathlib import Path

import pytest

from console.insight.diagnosis.problem import Certainty
from console.insight.diagnosis.table import diagnose
from console.insight.fold import fold_all
from console.insight.remedies import Remedy
from console.insight.verdict import verdict
from console.journal.files import read_recording, write_recording
from console.makes.kea.profile import KEA
from console.model.action_names import ActionName
from console.model.leases import Binding, LeaseFacts
from console.model.observations import LeaseAnswer
from console.model.picture import Picture, Severity
from console.state.store import empty_pair
from tests.console.incidents.kea_stage import BACKUP, MAIN, PAIR, KeaStage, kea_incident


def lost(stage: KeaStage, server: str, **values: object) -> None:
    """A server reports that it has no contact with its partner."""
    stage.servers[server].remote.update(
        {"communication-interrupted": True, "last-state": "unavailable", "age": 70, **values}
    )


def advice(stage: KeaStage, id: str) -> list[ActionName | str]:
    return [step.action for step in stage.problem(id).steps if isinstance(step, Remedy)]


async def test_the_main_of_a_hot_standby_pair_is_killed(tmp_path: Path) -> None:
    """No client is answered until the standby has counted enough of them: critical, and the countdown is in clients."""
    async with kea_incident(tmp_path, "hot-standby") as stage:
        stage.main.daemon = False
        lost(stage, BACKUP, **{"unacked-clients": 1, "unacked-clients-left": 3})
        await stage.polls(2)
        assert stage.verdict == "server2 stands by without contact with server1: clients wait until it takes over."
        gone = stage.problem("partner-gone")
        assert gone.certainty is Certainty.CANNOT_TELL
        assert "it takes over after 3 more clients without an answer of server1" in gone.prospect.text
        assert advice(stage, "partner-gone") == [ActionName.START_MAINTENANCE]
        await stage.diagnosis_shows(
            "server1 is down or cut off; server2 stands by and answers no client",
            "the control agent answers, dhcp4 does not run",
            "Start server1 again",
        )
        stage.shows("clients wait until it takes over", "server2")

        stage.backup.becomes("partner-down", ["server1", "server2"])
        await stage.polls(1)
        assert "server2 serves all clients: server1 was declared down" in stage.verdict
        assert "partner-down" in stage.kinds
        await stage.diagnosis_shows("server2 serves all clients; server1 was declared down and is not seen")


async def test_a_pair_ends_terminated_because_its_clocks_differ(tmp_path: Path) -> None:
    """The cause is measured and in the log; a reset is refused, because it does not end this state."""
    async with kea_incident(tmp_path) as stage:
        stage.backup.skew = 120.0
        for server in stage.servers.values():
            server.becomes("terminated", [server.name], last_state="terminated", communication_interrupted=True, age=9)
        await stage.polls(2)
        assert "server1 and server2 are TERMINATED: leases are not exchanged" in stage.verdict
        assert {"failover-terminated", "clock-skew"} <= stage.kinds
        skew = next(alarm for alarm in stage.pair.open_alarms if alarm.kind == "clock-skew")
        assert skew.text == (
            "the servers' clocks are more than 60 s apart: they give up the exchange of leases, repair NTP"
        )
        ended = stage.problem("terminated")
        assert (ended.severity, ended.certainty) == (Severity.CRITICAL, Certainty.LIKELY)
        assert "their clocks differ by 120 s" in ended.title

        text = (
            "my time: 2026-11-28 17:21:14, partner's time: 2026-11-28 17:23:14, partner's clock is 120s ahead, causing "
            "HA service to terminate"
        )
        stage.writes(MAIN, "HA_HIGH_CLOCK_SKEW_CAUSES_TERMINATION", text, "ERROR")
        await stage.polls(1)
        assert stage.problem("terminated").certainty is Certainty.CERTAIN
        await stage.diagnosis_shows(
            "server1 and server2 gave up the exchange of leases: their clocks differ by 120 s",
            "Correct the clocks by NTP on both servers",
            "Stop BOTH servers, then start both",
            "HA_HIGH_CLOCK_SKEW_CAUSES_TERMINATION",
        )
        await stage.press("o")
        stage.shows("server1 is TERMINATED, which a reset does")
        await stage.press("escape", "t")
        stage.shows("load-balancing -> terminated")


async def test_a_recording_of_an_incident_needs_no_kea(tmp_path: Path) -> None:
    """Written, read and folded again it has the same verdict, diagnosis and alarms."""
    async with kea_incident(tmp_path) as stage:
        stage.backup.skew = 120.0
        for server in stage.servers.values():
            server.becomes("terminated", [server.name], last_state="terminated", communication_interrupted=True, age=9)
        await stage.polls(1)
        stage.writes(MAIN, "HA_TERMINATED", "HA service terminated due to an unrecoverable condition.", "ERROR")
        await stage.polls(1)
        write_recording(tmp_path / "incident.jsonl.gz", stage.kept)
        empty = empty_pair(PAIR, "production", [(MAIN, "main", KEA), (BACKUP, "backup", KEA)])
        read = read_recording(tmp_path / "incident.jsonl.gz").observations
        replayed = fold_all(Picture({PAIR: empty}), read).pairs[PAIR]
        assert verdict(replayed, stage.now, UTC) == stage.verdict
        assert diagnose(replayed, stage.now, UTC) == diagnose(stage.pair, stage.now, UTC)
        assert {str(each.kind) for each in replayed.open_alarms} == stage.kinds


async def test_a_pair_ends_terminated_by_conflicting_leases(tmp_path: Path) -> None:
    """Only the log has the cause: without it the console cannot tell, and says what to look for."""
    async with kea_incident(tmp_path) as stage:
        for server in stage.servers.values():
            server.becomes("terminated", [server.name], last_state="terminated", communication_interrupted=True, age=9)
        await stage.polls(2)
        unknown = stage.problem("terminated")
        assert (unknown.certainty, "cannot tell why" in unknown.title) == (Certainty.CANNOT_TELL, True)
        assert any("HA_LEASE_UPDATE_CONFLICT" in str(step) for step in unknown.steps)

        refused = "[hwtype=1 02:00:00:00:00:07]: lease update to server2 returned conflict status code: ResourceBusy"
        stage.writes(MAIN, "HA_LEASE_UPDATE_CONFLICT", refused)
        await stage.polls(1)
        assert "lease-updates-rejected" in stage.kinds
        assert stage.problem("terminated").certainty is Certainty.LIKELY
        many = "too many rejected lease updates cause the HA service to terminate"
        stage.writes(MAIN, "HA_LEASE_UPDATE_REJECTS_CAUSED_TERMINATION", many, "ERROR")
        await stage.polls(1)
        found = stage.problem("terminated")
        assert (found.certainty, "too many leases were in conflict" in found.title) == (Certainty.CERTAIN, True)
        await stage.diagnosis_shows("Find the addresses that both gave", "Stop BOTH servers, then start both")


async def test_a_copied_configuration_gives_both_servers_one_name(tmp_path: Path) -> None:
    """The main waits for its partner, which talks to itself."""
    async with kea_incident(tmp_path) as stage:
        stage.backup.own_name, stage.backup.role = MAIN, "primary"
        stage.backup.becomes("syncing", [], last_state="unavailable", communication_interrupted=True, role="secondary")
        stage.main.becomes("waiting", [], last_state="syncing", communication_interrupted=True)
        stage.now += 61  # The configuration is read again.
        await stage.polls(2)
        same = stage.problem("same-name")
        assert (same.severity, same.certainty) == (Severity.CRITICAL, Certainty.CERTAIN)
        assert "No server serves clients: server1 is waiting, server2 is syncing." in stage.verdict
        await stage.diagnosis_shows(
            "Both servers call themselves server1",
            "Set this-server-name on the server with the copied configuration to its own name",
            "Stop BOTH servers, then start both",
        )


async def test_the_link_is_cut_and_both_servers_take_over(tmp_path: Path) -> None:
    """The partner answers the console while it counts as down: two clients can get one address."""
    async with kea_incident(tmp_path) as stage:
        for server in stage.servers.values():
            lost(stage, server.name)
            server.becomes("communication-recovery", [server.name])
        await stage.polls(2)
        assert "BOTH servers run but have lost contact" in stage.verdict

        stage.main.becomes("partner-down", ["server1", "server2"])
        await stage.polls(1)
        assert "server1 declared server2 down, but server2 serves" in stage.verdict
        two = stage.problem("two-serve")
        assert two.severity is Severity.CRITICAL
        assert "Stop server2 on its host: at once: only one of the two may serve" in two.steps
        await stage.diagnosis_shows("server1 took over while server2 serves: two clients can have the same address")

        stage.backup.becomes("partner-down", ["server1", "server2"])
        await stage.polls(1)
        assert "BOTH servers are PARTNER-DOWN" in stage.verdict


@pytest.mark.parametrize(
    ("state", "reason"),
    [("terminated", "server2 has given up the exchange of leases"), ("load-balancing", "does not let it in")],
)
async def test_a_server_waits_for_ever(tmp_path: Path, state: str, reason: str) -> None:
    """A restart of one server of a terminated pair: it waits, and its partner never lets it in."""
    async with kea_incident(tmp_path) as stage:
        stage.backup.becomes(state, ["server2"], last_state="waiting", last_scopes=[])
        stage.main.becomes("waiting", [], last_state=state)
        await stage.polls(2)
        if state != "terminated":
            stage.now += 60
            await stage.polls(2)
        waits = stage.problem(f"waits-for-ever/{MAIN}")
        assert reason in waits.title
        assert waits.severity is Severity.CRITICAL
        await stage.diagnosis_shows("server1 waits for server2 and serves no client")


async def test_the_control_channel_is_lost_while_clients_are_served(tmp_path: Path) -> None:
    """The partner still has contact: the pair works, and only this console is blind."""
    async with kea_incident(tmp_path) as stage:
        stage.backup.reaches = False
        await stage.polls(4)
        seen = stage.problem("not-seen-here")
        assert seen.title == "server2 has contact with server1; only this console cannot see it"
        assert "clients are not affected" in seen.prospect.text
        assert stage.verdict == "server1 is load-balancing; cannot see server2."


async def test_the_databases_drift_apart_while_the_servers_work_together(tmp_path: Path) -> None:
    """By the counts of a subnet it is likely, by one lease that was asked of both it is certain."""
    async with kea_incident(tmp_path) as stage:
        stage.main.leased, stage.backup.leased = 120, 97
        await stage.polls(1)
        apart = stage.problem("databases-differ")
        assert apart.certainty is Certainty.LIKELY
        assert advice(stage, "databases-differ") == [ActionName.SYNC_LEASES, ActionName.SYNC_LEASES]
        assert [step.server for step in apart.steps if isinstance(step, Remedy)] == [BACKUP, MAIN]

        stage.main.leased = stage.backup.leased = 97
        lease = LeaseFacts("10.0.0.20", "10.0.0.0/16", "assigned", Binding.ACTIVE, hardware="02:00:00:00:00:07")
        for server, found in ((MAIN, (lease,)), (BACKUP, ())):
            stage.store.observe(LeaseAnswer(stage.now, PAIR, server, "10.0.0.20", found))
        await stage.polls(1)
        assert stage.problem("databases-differ").certainty is Certainty.CERTAIN
        await stage.diagnosis_shows("10.0.0.20 (looked up as 10.0.0.20): only one server has it", "Synchronise leases")


async def test_maintenance_is_planned_and_no_alarm_of_duplicates(tmp_path: Path) -> None:
    async with kea_incident(tmp_path) as stage:
        stage.main.becomes("partner-in-maintenance", ["server1", "server2"], last_state="in-maintenance")
        stage.backup.becomes("in-maintenance", [], last_state="partner-in-maintenance")
        await stage.polls(2)
        assert stage.verdict == "server1 serves all clients while server2 is in maintenance and can be stopped."
        assert advice(stage, "maintenance") == [ActionName.CANCEL_MAINTENANCE]
        assert stage.problem("maintenance").severity is Severity.WARNING
