"""Pairs of ISC dhcpd as they are judged: verdict, diagnosis and advice, from the answers of two servers."""

from pathlib import Path

import pytest

from console.insight.diagnosis.problem import Problem, ProblemKind
from console.insight.diagnosis.table import checks, diagnose
from console.insight.fold import fold
from console.insight.remedies import Remedy
from console.insight.verdict import severity, verdict
from console.makes.isc.profile import ISC
from console.model.facts import PairFacts, PoolFacts
from console.model.observations import LogLine, PollAnswer
from console.model.phases import Phase
from console.model.picture import Picture, Severity
from console.state.store import empty_pair
from tests.console.makes.isc.dhcpd import Dhcpd, number
from tests.console.makes.isc.stage import IscStage, dhcpd
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE

FREE = "lease 10.9.0.{} {{\n  binding state {};\n}}\n"


def leases(folder: Path, free: int, backup: int, active: int = 2) -> dict[str, Path]:
    """Both servers' leases files, with the same content."""
    states = ["free"] * free + ["backup"] * backup + ["active"] * active
    text = "".join(FREE.format(number, state) for number, state in enumerate(states))
    found = {}
    for name in (MAIN, BACKUP):
        found[name] = folder / f"{name}.leases"
        found[name].write_text(text)
    return found


def problem(stage: IscStage, kind: ProblemKind) -> Problem | None:
    return next((each for each in diagnose(stage.pair, stage.time, ZONE) if each.kind is kind), None)


def advice(found: Problem) -> str:
    return "\n".join(each if isinstance(each, str) else str(each.action) for each in found.steps)


def sentence(stage: IscStage) -> str:
    return verdict(stage.pair, stage.time, ZONE)


async def test_a_pair_whose_leases_files_are_here_is_protected(tmp_path: Path) -> None:
    stage = IscStage(dhcpd(), dhcpd("backup"), tmp_path, leases(tmp_path, 20, 18))
    async with stage.running():
        assert sentence(stage).startswith("Protected: both NORMAL")
        assert severity(stage.pair, NOW) is Severity.OK
        assert diagnose(stage.pair, NOW, ZONE) == ()
        assert stage.pair.open_alarms == ()


async def test_without_its_files_the_console_cannot_tell_whether_addresses_are_free(tmp_path: Path) -> None:
    stage = IscStage(dhcpd(), dhcpd("backup"), tmp_path)
    async with stage.running():
        assert sentence(stage) == (
            "Both NORMAL; cannot tell whether all clients are served: ISC dhcpd does not report its pools."
        )
        assert severity(stage.pair, NOW) is Severity.UNKNOWN
        missing = dict(checks(stage.pair, NOW, ZONE))
        assert missing["both servers have free addresses"] == "ISC dhcpd does not report its pools"


async def test_a_partner_that_holds_all_free_addresses_is_found(tmp_path: Path) -> None:
    """Table 5: dhcpd's `peer holds all free leases`."""
    stage = IscStage(dhcpd(), dhcpd("backup"), tmp_path, leases(tmp_path, 38, 0))
    async with stage.running():
        found = problem(stage, ProblemKind.HOLDS_ALL_FREE)
        assert found is not None
        assert found.about == BACKUP
        assert found.title == "dhcp-a holds all free addresses of leases; dhcp-b has none for new clients"
        assert "restart dhcp-b alone" in advice(found)
        assert severity(stage.pair, NOW) in (Severity.WARNING, Severity.OK)


@pytest.mark.parametrize(("local", "word"), [(6, "recover"), (254, "recover-wait")])
async def test_a_server_that_recovers_is_described_with_its_end(local: int, word: str, tmp_path: Path) -> None:
    """R-184: RECOVER-WAIT ends MCLT after it began."""
    main = dhcpd("main", NOW - 60, local_state=local, partner_state=4)
    backup = dhcpd("backup", local_state=4, partner_state=local)
    async with IscStage(main, backup, tmp_path).running() as stage:
        found = problem(stage, ProblemKind.RECOVERING)
        assert found is not None
        assert found.evidence[0].text == word
        assert found.prospect.at == (NOW - 60 + 1800 if local == 254 else None)
        assert "do not restart it" in advice(found)


async def test_a_server_that_was_started_alone_after_a_takeover_is_found(tmp_path: Path) -> None:
    """5.1, dhcpd's known danger: one took over and is gone, the other starts with its old leases and serves."""
    main, backup = dhcpd("main", NOW - 30), dhcpd("backup", NOW - 3600, local_state=4)
    async with IscStage(main, backup, tmp_path, leases(tmp_path, 20, 18)).running() as stage:
        main.state["local-state"] = number(3)
        backup.stop()
        stage.time = NOW + 20
        for _ in range(3):
            await stage.poll()
        found = problem(stage, ProblemKind.STARTED_ALONE)
        assert found is not None
        assert found.about == MAIN
        assert found.severity is Severity.CRITICAL
        assert advice(found).startswith(
            "Stop dhcp-a: it grants addresses that dhcp-b may have leased\nStart dhcp-b fir"
        )
        assert all(not isinstance(each, Remedy) or each.server != MAIN for each in found.steps)


async def test_a_server_that_was_alone_before_the_takeover_did_not_start_alone(tmp_path: Path) -> None:
    main, backup = dhcpd("main", NOW - 3600, local_state=3), dhcpd("backup", NOW - 30, local_state=4)
    async with IscStage(main, backup, tmp_path).running() as stage:
        backup.stop()
        stage.time = NOW + 20
        for _ in range(3):
            await stage.poll()
        assert problem(stage, ProblemKind.STARTED_ALONE) is None


async def test_a_server_whose_partner_had_not_taken_over_did_not_start_alone(tmp_path: Path) -> None:
    main, backup = dhcpd("main", NOW - 30), dhcpd("backup", NOW - 3600)
    async with IscStage(main, backup, tmp_path).running() as stage:
        main.state["local-state"] = number(3)
        backup.stop()
        stage.time = NOW + 20
        for _ in range(3):
            await stage.poll()
        assert problem(stage, ProblemKind.PARTNER_GONE) is not None
        assert problem(stage, ProblemKind.STARTED_ALONE) is None


@pytest.mark.parametrize(("ahead", "worst"), [(4, None), (20, Severity.WARNING)])
async def test_clocks_that_differ_are_found_by_one_change_in_both_records(
    ahead: int, worst: Severity | None, tmp_path: Path
) -> None:
    """5.2.6: OMAPI has no clock and reports a difference of 0; each server records when its partner changed."""
    main, backup = dhcpd(), dhcpd("backup", NOW - 720 + ahead)
    async with IscStage(main, backup, tmp_path).running() as stage:
        found = problem(stage, ProblemKind.CLOCK)
        assert (found and found.severity) is worst
        if found is not None:
            assert found.title == f"The clocks differed by {ahead} s at the last change of state"
            assert "by its clock" in found.evidence[0].text
            assert "repair NTP" in advice(found)


async def test_a_different_split_of_the_clients_is_found(tmp_path: Path) -> None:
    """R-159: the secondary takes the split from the primary when it connects."""
    main = dhcpd(load_balance_hba=b"\xff" * 32)
    async with IscStage(main, dhcpd("backup"), tmp_path).running() as stage:
        found = problem(stage, ProblemKind.SPLIT_DIFFERS)
        assert found is not None
        assert [each.text for each in found.evidence] == [
            "main 256, backup 0 of 256 buckets",
            "main 128, backup 128 of 256 buckets",
        ]


async def test_both_interrupted_is_a_race_whose_end_is_not_reported(tmp_path: Path) -> None:
    """5.2: `auto-partner-down` is not in OMAPI."""
    both: list[Dhcpd] = [dhcpd(role, local_state=3) for role in ("main", "backup")]
    async with IscStage(both[0], both[1], tmp_path).running() as stage:
        assert sentence(stage) == (
            "BOTH servers run but have lost contact. Cannot tell whether one takes over automatically: "
            "ISC dhcpd does not report whether it takes over automatically."
        )
        assert severity(stage.pair, NOW) is Severity.CRITICAL


async def test_lines_of_the_logs_are_evidence(tmp_path: Path) -> None:
    """dhcpd's own lines, by the ids of their dialect: a partner that holds all, and a connection that was refused."""
    stage = IscStage(dhcpd(), dhcpd("backup"), tmp_path, leases(tmp_path, 38, 0))
    async with stage.running():
        line = "DHCPDISCOVER from 02:00:00:00:00:07 via 10.9.0.1: peer holds all free leases"
        stage.store.observe(LogLine(NOW - 5, PAIR, BACKUP, line))
        found = problem(stage, ProblemKind.HOLDS_ALL_FREE)
        assert found is not None
        assert found.evidence[-1].source == f"log of {BACKUP}"
    both = [dhcpd(role, local_state=3) for role in ("main", "backup")]
    async with IscStage(both[0], both[1], tmp_path).running() as stage:
        refused = "Failover CONNECT from dhcp: time offset too large"
        stage.store.observe(LogLine(NOW - 5, PAIR, MAIN, refused))
        race = problem(stage, ProblemKind.RACE)
        assert race is not None
        assert any("time offset too large" in each.text for each in race.evidence)


def test_pools_without_a_common_name_are_not_compared() -> None:
    """The configuration of one server is on this host and that of the other is not: their pools have other names."""
    pairs = {}
    for names in (("10.9.0.0/24", "leases"), ("10.9.0.0/24", "10.9.0.0/24")):
        pair = empty_pair(PAIR, "", [(MAIN, "main", ISC), (BACKUP, "backup", ISC)])
        picture = Picture({PAIR: pair})
        for server, name in zip((MAIN, BACKUP), names, strict=True):
            pools = (PoolFacts(name, "v4", total=40, available=20, other_available=20),)
            facts = PairFacts(NOW, server, "", "", Phase.NORMAL, "normal", pools=pools)
            picture = fold(picture, PollAnswer(NOW, PAIR, server, facts, {}))
        pairs[names] = dict(checks(picture.pairs[PAIR], NOW, ZONE))["both servers share the same pools"]
    assert list(pairs.values()) == ["both servers must be seen, with pools that have the same names", None]
