"""The lease screen: live answers of both servers side by side, recorded for a replay."""

from typing import Any
from unittest.mock import AsyncMock

import pytest

from console.actions.inquiries import Inquiries
from console.errors import Refused, Unanswered
from console.makes.pairwatch.leases import lease_facts
from console.model.leases import LeaseQuery
from console.model.observations import LeaseAnswer, Observation
from console.state.replay import Player
from console.tui.app import PairwatchApp
from console.tui.screens.lease import LeaseScreen
from console.tui.screens.logs import LogsScreen
from tests.console.insight.test_lease import lease
from tests.console.scenes import BACKUP, CALM, MAIN, MAIN_LOST, NOW, PAIR, ZONE, answer, empty
from tests.console.tui.screens.stage import Stage, settle, shown, words


def lease_client(leases: list[dict[str, Any]] | Exception) -> Any:
    client = AsyncMock()
    for method in (client.leases,):
        if isinstance(leases, Exception):
            method.side_effect = leases
        else:
            method.return_value = [lease_facts(each) for each in leases]
    return client


def stage(main: Any, backup: Any, *scene: Any) -> Stage:
    created = Stage(*(scene or CALM))
    created.servers = {MAIN: lease_client(main), BACKUP: lease_client(backup)}
    created.session.inquiries = Inquiries(created.store, {PAIR: created.servers})
    return created


def client_of(created: Stage, server: str = MAIN) -> Any:
    return created.servers[server]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_shows_the_records_of_both_servers_side_by_side_and_marks_differences(size: tuple[int, int]) -> None:
    created = stage(
        [lease()],
        [lease(binding_status="EXPIRED", state="pending-available", potential_received=lease()["potential_sent"])],
    )
    async with created.app.run_test(size=size) as pilot:
        await pilot.press("i", *"192.0.2.7", "enter")
        await settle(pilot)
        text = shown(pilot)
        assert "leased (ACTIVE)" in text
        assert "≠ state" in text
        assert "≠ ends" not in text
        why = words(pilot, "#why")
        assert "dhcp-a (main):" in why
        assert "which takes a moment" in " ".join(why.split())
    client_of(created).leases.assert_awaited_once_with(LeaseQuery("192.0.2.7", by_address=True))


@pytest.mark.parametrize(
    ("typed", "why"),
    [("printer", "not a valid query"), ("192.0.2.700", "not a valid IPv4 address")],
)
async def test_shows_a_wrong_input_below_the_field_and_requests_nothing(typed: str, why: str) -> None:
    created = stage([], [])
    async with created.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i")
        await settle(pilot)
        pilot.app.screen.query_one("#query").value = typed  # type: ignore[attr-defined]  # an Input
        await pilot.press("enter")
        await settle(pilot)
        assert why in words(pilot, "#problem")
    client_of(created).leases_of.assert_not_awaited()


async def test_arrow_keys_select_one_of_several_addresses() -> None:
    first, second = lease(), lease(address="192.0.2.10")
    created = stage([second, first], [first])
    async with created.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i", *"02:00:00:00:00:01", "enter")
        await settle(pilot)
        assert "1 of 2" in words(pilot, "#title")
        assert "address 192.0.2.7" in shown(pilot)
        await pilot.press("right", "right")
        await settle(pilot)
        assert "address 192.0.2.10" in shown(pilot)
        assert "no record" in shown(pilot)


async def test_a_server_that_does_not_answer_is_reported_and_not_marked_as_a_difference() -> None:
    created = stage(Unanswered("Connection refused"), [lease()], *MAIN_LOST)
    async with created.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i", *"192.0.2.7", "enter")
        await settle(pilot)
        text = shown(pilot)
        assert "no answer from dhcp-a: Connection refused" in text
        assert "≠" not in text


async def test_reports_an_address_without_a_record() -> None:
    created = stage([], Refused(422, "not a valid address"))
    async with created.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i", *"192.0.2.7", "enter")
        await settle(pilot)
        assert "dhcp-a has no record of it" in shown(pilot)
        assert "no answer from dhcp-b: not a valid address" in shown(pilot)
        await pilot.press("u")
        await settle(pilot)
    assert client_of(created).leases.await_count == 2


async def test_a_replay_shows_the_last_look_up_and_requests_nothing() -> None:
    observations: list[Observation] = [
        answer(MAIN, NOW),
        answer(BACKUP, NOW),
        LeaseAnswer(NOW + 1, PAIR, MAIN, "192.0.2.7", (lease_facts(lease()),)),
        answer(MAIN, NOW + 2),
    ]
    player = Player(observations, empty().pairs.values(), ZONE)
    player.seek(NOW + 2)
    player.playing = False
    app = PairwatchApp.replaying(player, None, PAIR)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i")
        await settle(pilot)
        assert isinstance(app.screen, LeaseScreen)
        text = shown(pilot)
        assert "address 192.0.2.7" in text
        assert "not requested" in text
        await pilot.press("u", "slash")
        await settle(pilot)
        assert not app.screen.query_one("#query").display


async def test_a_key_opens_the_logs_filtered_by_the_address() -> None:
    created = stage([lease()], [lease()])
    async with created.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i", "enter", "tab", "v")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LeaseScreen)
        await pilot.press("slash", *"192.0.2.7", "enter")
        await settle(pilot)
        await pilot.press("v")
        await settle(pilot)
        screen = created.app.screen
        assert isinstance(screen, LogsScreen)
        assert screen.book.filter.text == "address:192.0.2.7"
