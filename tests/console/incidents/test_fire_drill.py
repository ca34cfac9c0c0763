"""The fire drill by keys: the main is out of service for a short time, and the result is recorded."""

import json
from pathlib import Path

from dhcpserver.failover.states import State
from tests.console.incidents.stage import BACKUP, MAIN, open_incident


async def test_the_main_is_taken_out_of_service_and_the_result_is_recorded(tmp_path: Path) -> None:
    """R-102, R-103: what only a live test shows, with the date and the result in the audit log."""
    async with open_incident(tmp_path) as incident:
        await incident.start_runbook("Fire drill")
        await incident.advance(3)
        incident.shows("Every relay has both servers as helper addresses", "forwarded to both in the last hour")
        await incident.press("y")
        incident.shows(f"Stop {MAIN} for a short time")
        await incident.press("enter", "enter")
        await incident.confirm("drill")
        incident.shows(f"✔ {MAIN} has stopped")
        await incident.press("escape")
        assert incident.state(BACKUP) is State.COMMUNICATIONS_INTERRUPTED
        await incident.advance(240)
        incident.shows("Start a BOOTP device")
        await incident.press("y")
        incident.shows("All were served: y records that with the date")
        await incident.press("y")
        incident.shows(f"Start {MAIN}")
        incident.restart(MAIN)
        await incident.advance(60, incident.both_normal)
        await incident.advance(20)
        incident.shows("COMPLETE")
    entries = [json.loads(line) for line in incident.audit.read_text().splitlines()]
    (result,) = [each for each in entries if each.get("runbook") == "fire-drill/result"]
    assert result["how"] == "done"
    assert result["at"]
