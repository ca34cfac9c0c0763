"""Which actions are offered and why not: for a read-only pair, in a replay, and with a wrong confirmation."""

import json
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from console.tui.screens.action import ActionScreen
from console.tui.screens.actions import ActionsScreen
from console.tui.screens.runbook import RunbookScreen
from console.tui.session import DECISION_SECONDS
from tests.console.scenes import BACKUP, CALM, MAIN, NOW, PAIR, RACE, pool, status
from tests.console.tui.screens.stage import Stage, settle, shown
from tests.console.tui.screens.views import replayed

SMALL = (80, 24)
ALONE = "COMMUNICATIONS-INTERRUPTED"


async def test_a_read_only_pair_offers_no_action_and_shows_how_to_allow_it() -> None:
    scene = Stage(*RACE, main=status(MAIN, NOW, ALONE), backup=status(BACKUP, NOW, ALONE), write=False)
    async with scene.app.run_test(size=SMALL) as pilot:
        await pilot.press("o")
        await settle(pilot)
        text = shown(pilot)
        assert "offered" not in text
        assert "example-pair is read-only here: start the console with --write to change it" in " ".join(text.split())
        await pilot.press("down", "enter", "enter")
        await settle(pilot)
        assert "BLOCKED: example-pair is read-only here" in shown(pilot)
        assert scene.main.posts == scene.backup.posts == []


async def test_a_replay_shows_the_list_and_opens_no_action() -> None:
    app = replayed()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("o")
        await settle(pilot)
        assert isinstance(app.screen, ActionsScreen)
        assert "off in a replay" in shown(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert isinstance(app.screen, ActionsScreen)


async def test_a_replay_shows_a_runbook_and_ticks_no_step() -> None:
    app = replayed()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("r", "enter", "enter", "y", "s", "s", "u", "x")
        await settle(pilot)
        assert isinstance(app.screen, RunbookScreen)
        assert "Actions are off in a replay." in shown(pilot)
        assert app.session is not None
        assert not app.session.store.pair(PAIR).marks


@pytest.mark.parametrize("typed", ["", "example", "example-pairs", "EXAMPLE-PAIR", "dhcp-a"])
async def test_a_wrong_name_sends_nothing_and_is_recorded(tmp_path: Path, typed: str) -> None:
    scene = Stage(*CALM, main=status(MAIN), backup=status(BACKUP), audit=tmp_path / "audit.log")
    async with scene.app.run_test(size=SMALL) as pilot:
        await pilot.press("o", *["down"] * 4, "enter")
        await settle(pilot)
        await pilot.press("enter", "tab")
        await pilot.press(*("minus" if char == "-" else char for char in typed), "enter")
        await settle(pilot)
        assert f"NOT DONE: {typed!r} is not the pair's name example-pair" in " ".join(shown(pilot).split())
        assert scene.main.posts == []
    (line,) = [json.loads(line) for line in (tmp_path / "audit.log").read_text().splitlines()]
    assert (line["event"], line["action"]) == ("refused", "reload")


async def test_forces_an_address_after_it_is_typed_and_verified(tmp_path: Path) -> None:
    """The seed's force-available: the address, a person's confirmation that it is not used, and the pair's name."""
    before = status(MAIN, pools=[pool("scope-1", 75, 75, 250, unavailable=3, leased=97)])
    scene = Stage(*CALM, main=before, backup=status(BACKUP), audit=tmp_path / "audit.log")
    scene.main.after_post = status(MAIN, pools=[pool("scope-1", 76, 75, 250, unavailable=2, leased=97)])
    async with scene.app.run_test(size=(120, 40)) as pilot:
        await pilot.press("o", *["down"] * 6, "enter")
        await settle(pilot)
        assert isinstance(scene.app.screen, ActionScreen)
        await pilot.press("enter")
        await pilot.pause()
        assert "BLOCKED: no address is given" in shown(pilot)
        await pilot.press(*"192", "full_stop", "0", "full_stop", "2", "full_stop", "7", "enter")
        await settle(pilot)
        text = shown(pilot)
        assert "Is the address unused?" in text
        assert "pairwatch act force-available example-pair --on dhcp-a --address 192.0.2.7" in text
        await pilot.press("space", "tab", "tab", *"example", "minus", *"pair", "enter")
        await settle(pilot)
        assert "✔ 192.0.2.7 can be leased again; 2 still unavailable on dhcp-a" in shown(pilot)
    assert scene.main.paths == ["/leases/192.0.2.7/force-available"]


async def post_keys(pilot: Pilot[None], keys: list[str], at: float, apart: float) -> float:
    """Post keys as a terminal does, `apart` seconds from each other. Returns the time of the last one."""
    for key in keys:
        event = events.Key("minus" if key == "-" else key, key if len(key) == 1 else None)
        event.time, at = at, at + apart
        pilot.app.post_message(event)
        await pilot.pause()
    return at - apart


async def go_to_name(pilot: Pilot[None]) -> None:
    """Open the last step of a reload, which asks for the pair's name."""
    await pilot.press("o", *["down"] * 4, "enter")
    await settle(pilot)
    await pilot.press("enter", "tab")
    await pilot.pause()


async def test_a_paste_that_arrives_as_keys_sends_nothing_until_enter_is_pressed(tmp_path: Path) -> None:
    """A terminal that does not mark a paste sends it as keys, including the line breaks."""
    scene = Stage(*CALM, main=status(MAIN), backup=status(BACKUP), audit=tmp_path / "audit.log")
    scene.session.decision_seconds = DECISION_SECONDS
    scene.main.after_post = status(MAIN, started="2026-07-15T04:00:00Z")
    async with scene.app.run_test(size=SMALL) as pilot:
        await go_to_name(pilot)
        last = await post_keys(pilot, [*PAIR, "enter", "enter"], 1000.0, 0.002)
        await settle(pilot)
        assert "NOT DONE: Enter came together with the text" in " ".join(shown(pilot).split())
        assert scene.main.posts == []
        assert not (tmp_path / "audit.log").exists()
        await post_keys(pilot, ["enter"], last + 2 * DECISION_SECONDS, 1)
        await settle(pilot)
        assert len(scene.main.posts) == 1


async def test_a_name_cannot_be_pasted(tmp_path: Path) -> None:
    """A terminal that marks a paste sends it as one event, with all its lines and tabs."""
    scene = Stage(*CALM, main=status(MAIN), backup=status(BACKUP), audit=tmp_path / "audit.log")
    async with scene.app.run_test(size=SMALL) as pilot:
        await go_to_name(pilot)
        pilot.app.post_message(events.Paste(f"{PAIR}\n\n"))
        await pilot.pause()
        assert f"NOT DONE: the name must be typed, not pasted: {PAIR}" in " ".join(shown(pilot).split())
        await pilot.press("shift+tab")
        pilot.app.post_message(events.Paste(f"why\t{PAIR}\n"))
        await pilot.pause()
        await pilot.press("enter", "enter")
        await settle(pilot)
        assert "NOT DONE: '' is not the pair's name" in " ".join(shown(pilot).split())
        assert scene.main.posts == []


async def test_a_step_that_the_servers_contradict_needs_a_second_key_and_is_recorded_so(tmp_path: Path) -> None:
    """A person may have better information than the servers' answers; a later reader must see that."""
    scene = Stage(*RACE, main=status(MAIN, NOW, ALONE), backup=status(BACKUP, NOW, ALONE))
    async with scene.app.run_test(size=SMALL) as pilot:
        await pilot.press("r", "enter", "enter")
        await settle(pilot)
        await pilot.press("y")
        await settle(pilot)
        assert "NOT SEEN: the safe period is on at dhcp-a" in " ".join(shown(pilot).split())
        assert "race/off-main" not in scene.store.pair(PAIR).marks

        # After any other key it is asked again.
        await pilot.press("escape", "enter", "y")
        await settle(pilot)
        assert "race/off-main" not in scene.store.pair(PAIR).marks
        await pilot.press("y")
        await settle(pilot)
        assert "[done unseen: " in shown(pilot)
    mark = scene.store.pair(PAIR).marks["race/off-main"]
    assert mark.how == "done unseen"
    entry = scene.store.pair(PAIR).timeline[-1].text
    assert "done unseen, the console saw: the safe period is on at dhcp-a" in entry
