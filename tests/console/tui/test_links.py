"""`--place` and `--find`: the place is open above the pair, with what is looked for; wrong ones are refused."""

import pytest
from textual.widgets import Input

from console import cli
from console.commands.opening import Link
from console.errors import ConfigError
from console.tui.place_screens import SCREENS
from console.tui.screens.lease import LeaseScreen
from console.tui.screens.logs import LogsScreen
from console.tui.screens.pair import PairScreen
from tests.console.scenes import CALM
from tests.console.tui.screens.stage import Stage, settle, shown
from tests.console.tui.screens.views import lease_lookup


@pytest.mark.parametrize("place", sorted(SCREENS))
async def test_every_place_opens_and_escape_returns_to_the_pair(place: str) -> None:
    app = Stage(*CALM).app
    app.link(place, "")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert type(app.screen).__name__ == SCREENS[place].partition(":")[2]
        if place != "fleet":
            for _ in range(2):
                await pilot.press("escape")
                await settle(pilot)
            assert isinstance(app.screen, PairScreen)


async def test_a_lease_is_looked_up_at_both_servers() -> None:
    app = lease_lookup()
    app.link("lease", "192.0.2.7")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, LeaseScreen)
        assert "address 192.0.2.7" in shown(pilot)
        assert app.screen.query_one("#query", Input).value == "192.0.2.7"


async def test_an_invalid_lease_is_refused_on_the_screen() -> None:
    app = lease_lookup()
    app.link("lease", "10.0.0.999")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "is not a valid IPv4 address" in shown(pilot)


async def test_logs_open_with_their_filter() -> None:
    app = Stage(*CALM).app
    app.link("logs", "level:warning")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, LogsScreen)
        assert "level:warning" in shown(pilot)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (Link("leese", ""), "there is no place 'leese': choose one of actions, alarms, charts"),
        (Link("", "192.0.2.7"), "--find needs --place lease or --place logs"),
        (Link("alarms", "x"), "--find needs --place lease or --place logs"),
    ],
)
def test_a_wrong_link_is_refused(link: Link, words: str) -> None:
    with pytest.raises(ConfigError, match="^" + words[:20]) as refused:
        link.check()
    assert words in str(refused.value)


def test_the_command_refuses_a_wrong_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--place", "leese"]) != 0
    assert "there is no place 'leese'" in capsys.readouterr().err
