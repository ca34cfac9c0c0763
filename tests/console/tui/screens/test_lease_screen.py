"""The lease inspector on the screen: both servers asked live, side by side, kept for the replay."""

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


def answering(leases: list[dict[str, Any]] | Exception) -> Any:
    client = AsyncMock()
    for method in (client.leases,):
        if isinstance(leases, Exception):
            method.side_effect = leases
        else:
            method.return_value = [lease_facts(each) for each in leases]
    return client


def stage(main: Any, backup: Any, *scene: Any) -> Stage:
    made = Stage(*(scene or CALM))
    made.servers = {MAIN: answering(main), BACKUP: answering(backup)}
    made.session.inquiries = Inquiries(made.store, {PAIR: made.servers})
    return made


def client_of(made: Stage, server: str = MAIN) -> Any:
    return made.servers[server]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_both_servers_records_stand_side_by_side_with_what_differs(size: tuple[int, int]) -> None:
    made = stage(
        [lease()],
        [lease(binding_status="EXPIRED", state="pending-available", potential_received=lease()["potential_sent"])],
    )
    async with made.app.run_test(size=size) as pilot:
        await pilot.press("i", *"192.0.2.7", "enter")
        await settle(pilot)
        text = shown(pilot)
        assert "leased (ACTIVE)" in text
        assert "≠ state" in text
        assert "≠ ends" not in text
        why = words(pilot, "#why")
        assert "dhcp-a (main):" in why
        assert "which takes a moment" in why
    client_of(made).leases.assert_awaited_once_with(LeaseQuery("192.0.2.7", by_address=True))


@pytest.mark.parametrize(
    ("typed", "why"),
    [("printer", "not a valid query"), ("192.0.2.700", "not a valid IPv4 address"), ("2001:db8::1", "IPv6")],
)
async def test_bad_input_is_said_under_the_field_and_nobody_is_asked(typed: str, why: str) -> None:
    made = stage([], [])
    async with made.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i")
        await settle(pilot)
        pilot.app.screen.query_one("#query").value = typed  # type: ignore[attr-defined]  # an Input
        await pilot.press("enter")
        await settle(pilot)
        assert why in words(pilot, "#problem")
    client_of(made).leases_of.assert_not_awaited()


async def test_a_client_with_several_addresses_is_leafed_through() -> None:
    first, second = lease(), lease(address="192.0.2.10")
    made = stage([second, first], [first])
    async with made.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i", *"02:00:00:00:00:01", "enter")
        await settle(pilot)
        assert "1 of 2" in words(pilot, "#title")
        assert "address 192.0.2.7" in shown(pilot)
        await pilot.press("right", "right")
        await settle(pilot)
        assert "address 192.0.2.10" in shown(pilot)
        assert "no record" in shown(pilot)


async def test_a_server_that_cannot_be_asked_is_said_and_is_no_difference() -> None:
    made = stage(Unanswered("Connection refused"), [lease()], *MAIN_LOST)
    async with made.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i", *"192.0.2.7", "enter")
        await settle(pilot)
        text = shown(pilot)
        assert "no answer from dhcp-a: Connection refused" in text
        assert "≠" not in text


async def test_an_address_without_a_record_says_so() -> None:
    made = stage([], Refused(422, "it is no address"))
    async with made.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i", *"192.0.2.7", "enter")
        await settle(pilot)
        assert "dhcp-a has no record of it" in shown(pilot)
        assert "no answer from dhcp-b: it is no address" in shown(pilot)
        await pilot.press("g")
        await settle(pilot)
    assert client_of(made).leases.await_count == 2


async def test_a_replay_shows_the_last_look_up_and_asks_nobody() -> None:
    told: list[Observation] = [
        answer(MAIN, NOW),
        answer(BACKUP, NOW),
        LeaseAnswer(NOW + 1, PAIR, MAIN, "192.0.2.7", (lease_facts(lease()),)),
        answer(MAIN, NOW + 2),
    ]
    player = Player(told, empty().pairs.values(), ZONE)
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
        await pilot.press("g", "slash")
        await settle(pilot)
        assert not app.screen.query_one("#query").display


async def test_a_key_leads_to_the_logs_of_the_address_that_is_looked_at() -> None:
    made = stage([lease()], [lease()])
    async with made.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i", "enter", "tab", "v")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LeaseScreen)
        await pilot.press("slash", *"192.0.2.7", "enter")
        await settle(pilot)
        await pilot.press("v")
        await settle(pilot)
        screen = made.app.screen
        assert isinstance(screen, LogsScreen)
        assert screen.book.filter.text == "address:192.0.2.7"
