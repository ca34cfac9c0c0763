"""The diagnosis screen: evidence with its age, the prospect, and remedies that open their action."""

from typing import Any
from unittest.mock import AsyncMock

import pytest
from textual.widgets import DataTable, OptionList

from console.actions.inquiries import Inquiries
from console.errors import Unanswered
from console.insight.remedies import Remedy
from console.makes.pairwatch.configuration import config_objects
from console.model.action_names import ActionName
from console.model.observations import ConfigAnswer, Observation
from console.state.replay import Player
from console.tui.app import PairwatchApp
from console.tui.screens.diagnosis import DiagnosisScreen
from console.tui.screens.set_partner_down import SetPartnerDownScreen
from tests.console.scenes import BACKUP, CALM, MAIN, MAIN_LOST, NOW, PAIR, RACE, ZONE, answer, failures, pair, status
from tests.console.tui.screens.stage import Stage, settle, shown, words


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_shows_the_most_severe_finding_first_with_its_evidence(size: tuple[int, int]) -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=size) as pilot:
        await pilot.press("w")
        await settle(pilot)
        text = shown(pilot)
        assert "dhcp-a is down or cut off" in text
        assert "cannot tell" in text
        assert "other-server-not-responding from dhcp-b" in text
        assert "without action: dhcp-b enters PARTNER-DOWN automatically in 3:48:00" in " ".join(text.split())
        assert "> Set Partner Down on dhcp-b" in text


async def test_a_remedy_opens_its_action_and_an_advice_does_not() -> None:
    stage = Stage(*MAIN_LOST, backup=status(BACKUP, NOW, "COMMUNICATIONS-INTERRUPTED"))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w", "enter")
        await settle(pilot)
        assert pilot.app.screen.query_one(OptionList).has_focus
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, DiagnosisScreen)
        await pilot.press("down", "down", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, SetPartnerDownScreen)


async def test_a_selected_remedy_is_opened_by_the_navigator(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(*RACE)
    opened: list[Remedy] = []
    monkeypatch.setattr(stage.session.navigator, "open_remedy", lambda pair, remedy: opened.append(remedy))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w", "enter", "down", "enter")
        await settle(pilot)
    assert [each.action for each in opened] == [ActionName.SAFE_PERIOD]


async def test_escape_goes_from_the_remedies_to_the_findings_and_back() -> None:
    stage = Stage(*RACE)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w", "enter", "escape")
        await settle(pilot)
        assert pilot.app.screen.query_one(DataTable).has_focus
        await pilot.press("escape")
        await settle(pilot)
        assert not isinstance(pilot.app.screen, DiagnosisScreen)


async def test_without_findings_it_lists_what_was_checked_and_what_was_not() -> None:
    stage = Stage(*CALM)
    async with stage.app.run_test(size=(80, 40)) as pilot:
        await pilot.press("w")
        await settle(pilot)
        text = words(pilot, "#evidence")
        assert text.startswith("● No findings. Checked:")
        assert "✓ the servers' clocks agree" in text
        assert "? both servers have the same scopes: not checked, the configurations have not been read yet" in text
        assert "? every relay forwards to both servers: not checked" in text


async def test_a_server_that_does_not_answer_is_not_reported_as_healthy() -> None:
    stage = Stage([answer(MAIN, NOW - 60), answer(BACKUP, NOW - 60)])
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w")
        await settle(pilot)
        assert words(pilot, "#evidence").startswith("Cannot tell: no answer from dhcp-a and dhcp-b")
        assert "✓" not in words(pilot, "#evidence")


def config_client(config: dict[str, Any] | None) -> Any:
    client = AsyncMock()
    client.config.side_effect = Unanswered("Connection refused") if config is None else None
    client.config.return_value = config_objects(config or {})
    return client


async def test_requests_the_configurations_and_stores_them_as_observations() -> None:
    """R-238: names and values that differ, and only those."""
    stage = Stage(*CALM)
    scope = {"name": "wifi", "subnet": "192.0.2.0/24"}
    servers = {
        MAIN: config_client({"scope": [{**scope, "ranges": ["a"]}]}),
        BACKUP: config_client({"scope": [{**scope, "ranges": ["b"]}]}),
    }
    stage.session.inquiries = Inquiries(stage.store, {PAIR: servers})
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w")
        await settle(pilot)
        text = shown(pilot)
        assert "The servers have different scopes: wifi" in text
        assert "scope wifi ranges: a / b" in text
    assert {each.server for each in stage.store.pair(PAIR).configs.values()} == {MAIN, BACKUP}


async def test_reports_a_configuration_that_cannot_be_read_and_keeps_the_old_one() -> None:
    known = [ConfigAnswer(NOW, PAIR, name, ()) for name in (MAIN, BACKUP)]
    stage = Stage(*CALM, known)
    clients = {MAIN: config_client(None), BACKUP: config_client({"scope": []})}
    stage.session.inquiries = Inquiries(stage.store, {PAIR: clients})
    async with stage.app.run_test(size=(120, 24)) as pilot:
        await pilot.press("w")
        await settle(pilot)
        assert "not known" not in words(pilot, "#title")
        await pilot.press("c")
        await settle(pilot)
        assert "configuration of dhcp-a unknown" in words(pilot, "#title")
    assert stage.store.pair(PAIR).configs[MAIN] == known[0]


async def test_the_cursor_stays_on_its_finding_when_others_are_added_or_removed() -> None:
    stage = Stage([answer(MAIN, reload_pending=True), answer(BACKUP)])
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w")
        await settle(pilot)
        later: list[Observation] = [*failures(BACKUP, NOW + 1), answer(MAIN, NOW + 1, reload_pending=True)]
        for each in later:
            stage.store.observe(each)
        screen = pilot.app.screen
        assert isinstance(screen, DiagnosisScreen)
        screen.draw()
        await settle(pilot)
        assert "has a changed configuration that is not active" in words(pilot, "#evidence")
        assert "2 findings" in words(pilot, "#title")


async def test_a_replay_diagnoses_its_recording_and_runs_no_remedy() -> None:
    observations: list[Observation] = [each for part in RACE for each in part]
    player = Player(observations, [pair()], ZONE)
    player.seek(NOW)
    player.playing = False
    app = PairwatchApp.replaying(player, None, PAIR)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w")
        await settle(pilot)
        assert "Both servers run but have lost contact" in shown(pilot)
        await pilot.press("enter", "down", "enter")
        await settle(pilot)
        assert isinstance(app.screen, DiagnosisScreen)
        await pilot.press("c")
        await settle(pilot)
    assert player.store.pair(PAIR).configs == {}
