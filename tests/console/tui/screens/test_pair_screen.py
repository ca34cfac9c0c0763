"""The pair screen by keys, at 80x24."""

from collections.abc import Sequence

import pytest

from console.journal.recorded_pairs import pairs_in
from console.makes.pairwatch.profile import PAIRWATCH
from console.model.observations import Observation, TrapSeen
from console.model.picture import Picture
from console.state.replay import Player
from console.state.store import PictureStore, empty_pair
from console.tui.app import PairwatchApp
from console.tui.screens.alarms import AlarmsScreen
from console.tui.screens.help import HelpScreen
from console.tui.screens.pair import PairScreen
from console.tui.screens.welcome import WelcomeScreen
from console.tui.widgets.panel import Panel
from tests.console.scenes import (
    BACKUP,
    BOTH_DOWN,
    CALM,
    LOGS,
    MAIN,
    MAIN_LOST,
    NOW,
    PAIR,
    RACE,
    ZONE,
    answer,
    failures,
    pool,
    trap,
)
from tests.console.tui.screens.stage import Stage, settle, shown, words

SMALL = (80, 24)
SIZES = [SMALL, (120, 40), (200, 60)]

EXPECTED: dict[str, tuple[Sequence[object], list[str]]] = {
    "calm": (CALM, ["OK", "Protected", "● NORMAL", "no automatic event", "no active alarms"]),
    "lost": (
        MAIN_LOST,
        ["CRITICAL", "cannot see dhcp-a", "LAST KNOWN", "◐ COMM-INTERRUPTED", "3:48:00 left of 4 h"],
    ),
    "race": (RACE, ["BOTH servers run but have lost contact", "DANGER", "PARTNER-DOWN", "~2:13 h", "3:48:00"]),
    "both-down": (BOTH_DOWN, ["▲ PARTNER-DOWN", "DANGER", "duplicate addresses are likely"]),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scene", sorted(EXPECTED))
async def test_shows_state_danger_and_next_event_without_a_key(scene: str, size: tuple[int, int]) -> None:
    """R-137, R-141, R-177: the state, the danger and the next event without a key."""
    observations, expected = EXPECTED[scene]
    stage = Stage(*observations)  # type: ignore[arg-type]
    async with stage.app.run_test(size=size) as pilot:
        await pilot.pause()
        text = shown(pilot)
        for each in expected:
            assert each in text, each


async def test_a_countdown_is_exact_to_the_second() -> None:
    """R-137."""
    stage = Stage(*RACE)
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert "3:48:00 left" in shown(pilot)
        stage.time += 7
        assert isinstance(pilot.app.screen, PairScreen)
        pilot.app.screen.draw()
        await pilot.pause()
        assert "3:47:53 left" in shown(pilot)


async def test_a_report_older_than_fifteen_seconds_is_marked_and_gives_no_verdict() -> None:
    stage = Stage(answer(MAIN), answer(BACKUP))
    async with stage.app.run_test(size=SMALL) as pilot:
        stage.time += 16
        pilot.app.screen.draw()  # type: ignore[attr-defined]
        await pilot.pause()
        text = shown(pilot)
        assert text.count("LAST KNOWN 16 s ago") == 2
        assert "Protected" not in text
        assert "cannot tell whether clients are served" in " ".join(text.split())


async def test_alarms_that_depend_on_time_alone_are_raised_and_drawn() -> None:
    """The app's timer detects that a server has stopped answering."""
    stage = Stage(answer(MAIN), answer(BACKUP), failures(BACKUP, NOW, 1))
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        stage.time += 20
        stage.app.draw_changes()
        await pilot.pause()
        assert "server-unreachable" in shown(pilot)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("1", "dhcp-b lost contact with dhcp-a; before"),
        ("2", "contact with partner 192.0.2.11 lost"),
        ("3", "related-server-type=failover-partner"),
        ("4", "NORMAL -> COMMUNICATIONS-INTERRUPTED"),
        ("5", "m main"),
    ],
)
async def test_number_keys_select_a_tab(key: str, text: str) -> None:
    """R-172, R-173: one key shows the logs of both partners."""
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=(120, 24)) as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert text in shown(pilot)


async def test_control_characters_in_a_log_do_not_reach_the_terminal() -> None:
    line = LOGS[0].__class__(NOW, PAIR, MAIN, "before \x1b[2J\x07 after")
    stage = Stage(answer(MAIN), answer(BACKUP), line)
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.press("2")
        await pilot.pause()
        text = shown(pilot)
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "after" in text


async def test_markup_in_text_from_servers_is_shown_as_text() -> None:
    odd = answer(MAIN, serving=False, not_serving_reason="[red]disk[/] [full")
    stage = Stage(odd, answer(BACKUP), trap("server-stop", reason="[bold]"))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "[red]disk[/] [full" in shown(pilot)


async def test_set_partner_down_is_not_offered_for_a_healthy_pair() -> None:
    """R-148."""
    stage = Stage(*CALM)
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.press("d")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PairScreen)
        (notice,) = pilot.app._notifications
        assert "not offered" in notice.message


async def test_the_help_opens_and_closes() -> None:
    stage = Stage(*CALM)
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HelpScreen)
        text = shown(pilot)
        assert "to start the main again" in text
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PairScreen)


async def test_acknowledges_and_closes_alarms_by_keys() -> None:
    stage = Stage(*MAIN_LOST, [trap("address-conflict", at=NOW - 5, contested_address="192.0.2.9")])
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.press("a")
        await pilot.pause()
        assert isinstance(pilot.app.screen, AlarmsScreen)
        await pilot.press("a", *"it is mine", "enter")
        await pilot.pause()
        first, *_ = stage.store.pair(PAIR).open_alarms
        assert (first.acknowledged_by, first.comment) == ("jo", "it is mine")
        assert "owned by jo since 05:12:00 CEST: it is mine" in shown(pilot)
        conflict = next(alarm for alarm in stage.store.pair(PAIR).open_alarms if alarm.kind == "address-conflict")
        position = [alarm.id for alarm in stage.store.pair(PAIR).open_alarms].index(conflict.id)
        await pilot.press(*["down"] * position, "c")
        await pilot.pause()
        assert stage.store.pair(PAIR).alarms[conflict.id].cleared_by == "jo"
        await pilot.press("A", "enter")
        await pilot.pause()
        assert all(alarm.acknowledged_by == "jo" for alarm in stage.store.pair(PAIR).open_alarms)


async def test_expert_mode_is_in_the_header_and_expires_after_fifteen_minutes() -> None:
    """R-149."""
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.press("e")
        await pilot.pause()
        assert "EXPERT 15:00" in words(pilot, "#header")
        stage.time += 15 * 60
        pilot.app.screen.draw()  # type: ignore[attr-defined]
        assert "EXPERT" not in words(pilot, "#header")
        assert not stage.session.expert


async def test_the_header_of_a_read_only_pair_has_the_word() -> None:
    stage = Stage(*CALM, write=False)
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert "READ-ONLY" in words(pilot, "#header")


async def test_a_key_shows_the_next_pair() -> None:
    pairs = {
        name: empty_pair(name, "", [("a", "main", PAIRWATCH), ("b", "backup", PAIRWATCH)])
        for name in ("first", "second")
    }
    stage = Stage()
    stage.session.store = PictureStore(Picture(pairs), lambda: NOW, ZONE)
    app = PairwatchApp(stage.session, "first")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert "first (1/2)" in words(pilot, "#header")
        await pilot.press("p")
        await pilot.pause()
        assert "second (2/2)" in words(pilot, "#header")
        await pilot.press("p")
        await pilot.pause()
        assert "first (1/2)" in words(pilot, "#header")


async def test_a_key_switches_through_all_themes() -> None:
    stage = Stage(*RACE)
    async with stage.app.run_test(size=SMALL) as pilot:
        seen = {pilot.app.theme}
        for _ in range(3):
            await pilot.press("T")
            await pilot.pause()
            seen.add(pilot.app.theme)
        assert seen == {"night", "day", "contrast", "colour-blind"}


async def test_without_a_configuration_it_shows_how_to_create_one_and_offers_the_demo() -> None:
    app = PairwatchApp.unconfigured()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert isinstance(pilot.app.screen, WelcomeScreen)
        assert "pairwatch.toml" in shown(pilot)
        await pilot.press("d")
        await pilot.pause()
    assert app.demo_requested


def player() -> Player:
    observations: list[Observation] = [each for part in MAIN_LOST for each in part]
    return Player(observations, pairs_in(observations), ZONE)


async def test_a_replay_has_a_banner_and_no_actions() -> None:
    app = PairwatchApp.replaying(player(), None, PAIR)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert words(pilot, "#replay").startswith("REPLAY")
        assert "REPLAY" in words(pilot, "#header")
        await pilot.press("d", "e")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PairScreen)
        await pilot.press("a", "a")
        await settle(pilot)
        assert app.session is not None
        assert all(alarm.acknowledged_by is None for alarm in app.session.store.pair(PAIR).open_alarms)


async def test_a_replay_can_be_moved_forward_back_and_faster() -> None:
    app = PairwatchApp.replaying(player(), None, PAIR)
    async with app.run_test(size=SMALL) as pilot:
        assert app.session is not None
        assert app.session.player is not None
        await pilot.press("space")
        start = app.session.player.now
        await pilot.press("plus", "plus", "right")
        assert app.session.player.now == pytest.approx(start + 30 * 20, abs=1)
        await pilot.press("left")
        assert app.session.player.now == pytest.approx(start, abs=1)
        app.session.player.seek(app.session.player.end)
        pilot.app.screen.draw()  # type: ignore[attr-defined]
        await pilot.pause()
        assert "COMM-INTERRUPTED" in shown(pilot)


def test_moving_back_in_a_replay_restores_the_earlier_picture() -> None:
    found = player()
    found.seek(found.start + 300)
    once = found.store.picture
    found.seek(found.end)
    found.seek(found.start + 300)
    assert found.store.picture == once


async def test_ignores_a_trap_from_an_unknown_sender() -> None:
    stage = Stage(*CALM, [TrapSeen(NOW, "", "", "server-stop", "1.3", "203.0.113.9:1", "v1")])
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert "Protected" in shown(pilot)


async def test_the_header_has_the_configured_colour_of_the_pair() -> None:
    stage = Stage(*CALM)
    stage.session.colours = {PAIR: "#7a1f1f"}
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert pilot.app.screen.query_one("#header").styles.background.hex == "#7A1F1F"


async def test_unchanged_panels_are_not_painted_again() -> None:
    """Painting them would fill a slow connection: drawing the same picture twice updates nothing."""
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        pilot.app.screen.draw()  # type: ignore[attr-defined]
        panels = list(pilot.app.screen.query(Panel))
        painted: list[Panel] = []
        for panel in panels:
            panel.update = lambda *rest, of=panel, **more: painted.append(of)  # type: ignore[method-assign]
        pilot.app.screen.draw()  # type: ignore[attr-defined]
        assert painted == []
        stage.time += 1
        pilot.app.screen.draw()  # type: ignore[attr-defined]
        assert painted


async def test_the_verdict_has_the_alarm_that_decides_the_severity_on_a_small_screen() -> None:
    """R-142: CRITICAL never stands before a sentence that all is well."""
    pools = [pool("wifi", 50, 50, 4096, new_clients_15m=500)]
    stage = Stage([answer(MAIN, NOW, pools=pools)], [answer(BACKUP, NOW, pools=pools)])
    async with stage.app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert "Protected" not in shown(pilot)
        assert "pool-exhaustion: wifi on dhcp-a runs out" in shown(pilot)
    calm = Stage(*CALM)
    async with calm.app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert pilot.app.screen.query_one("#finding").region.height == 0
