"""Both servers are gone: the console says that service is unknown, and keeps what was true before. By keys alone."""

from pathlib import Path

from console.insight.verdict import severity
from console.model.picture import Severity
from tests.console.incidents.stage import open_incident


async def test_both_servers_gone_is_the_worst_that_the_first_line_says(tmp_path: Path) -> None:
    async with open_incident(tmp_path) as incident:
        incident.world.main.crash(vanish=True)
        await incident.advance(90, lambda: "lost contact" in incident.verdict)
        assert severity(incident.pair, incident.now) is Severity.CRITICAL
        incident.world.backup.crash(vanish=True)
        await incident.advance(30, lambda: "SERVICE UNKNOWN" in incident.verdict)
        assert severity(incident.pair, incident.now) is Severity.CRITICAL
        incident.verdict_has(
            "No answer from dhcp-a or dhcp-b: SERVICE UNKNOWN.",
            "dhcp-b was COMM-INTERRUPTED and served alone until",
            "dhcp-a was NORMAL until",
        )
        incident.shows("last known:")
        await incident.advance(60)
        await incident.press("a")
        incident.shows("ALARMS", "critical", "pair-unreachable")
        await incident.press("escape", "w")
        await incident.press("escape")
        incident.world.backup.start()
        await incident.advance(120, lambda: "SERVICE UNKNOWN" not in incident.verdict)
        assert "pair-unreachable" not in {each.kind for each in incident.pair.open_alarms}
