"""Themes of one's own: edited and seen at once, saved, and followed as their file changes."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.tui.screens.theme_editor import ThemeEditorScreen
from console.tui.themes.draft import Draft, contrast, draft_of, write
from console.tui.themes.files import COLOURS, VARIABLES, ThemeFault, load_themes, own_folder, read_theme
from console.tui.themes.live import OwnThemes, changes
from tests.console.scenes import MAIN_LOST
from tests.console.tui.screens.stage import Stage, settle, shown


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "pairwatch" / "themes"


def draft(name: str = "night") -> Draft:
    return draft_of(load_themes([own_folder()]).loaded[name])


@pytest.mark.parametrize("name", ["night", "day", "contrast", "colour-blind"])
def test_a_theme_that_is_written_is_the_theme_that_is_read(folder: Path, name: str) -> None:
    written = write(draft(name), folder)
    assert draft_of(read_theme(written)) == draft(name)


@pytest.mark.parametrize("name", ["night", "day", "contrast", "colour-blind"])
def test_every_text_of_our_themes_can_be_read(name: str) -> None:
    """WCAG 2.1 asks for 4.5:1; `stale` may be fainter, since it says that something does not count, but not under 3."""
    for colour in (
        "foreground",
        "state-serving",
        "state-alone",
        "state-danger",
        *(n for n in VARIABLES if n.endswith("text")),
    ):
        ratio = draft(name).contrast(colour)
        assert ratio is not None
        assert ratio >= 4.5, colour
    stale = draft(name).contrast("stale")
    assert stale is not None
    assert stale >= 3


def test_contrast_is_what_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(st.sampled_from(sorted(COLOURS | VARIABLES.keys())), st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_any_colour_can_be_any_other(name: str, colour: str) -> None:
    changed = draft().having(name, colour)
    assert changed.colours[name] == colour
    assert draft_of(changed.theme("x")).colours == changed.colours


@pytest.mark.parametrize(("name", "colour"), [("stale", "greyish"), ("stale", ""), ("sky", "#ffffff")])
def test_what_is_no_colour_is_refused(name: str, colour: str) -> None:
    with pytest.raises(ThemeFault):
        draft().having(name, colour)


@pytest.mark.parametrize("name", ["", "../x", "Mine", "a b", "-x"])
def test_a_name_that_is_no_file_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(ThemeFault, match="is no name"):
        write(Draft(name, True, {"primary": "#ffffff"}), folder)


async def test_a_theme_is_edited_seen_at_once_and_saved_by_keys(folder: Path) -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.action_edit_theme()
        await settle(pilot)
        assert isinstance(stage.app.screen, ThemeEditorScreen)
        await pilot.press("enter", *["backspace"] * 8, *"tomato")
        await settle(pilot)
        name = str(stage.app.screen._chosen)
        assert getattr(stage.app.current_theme, name) == "tomato"
        await pilot.press("enter", "ctrl+s", *["backspace"] * 8, *"mine", "enter")
        await settle(pilot)
        assert stage.app.own_themes.name == "mine"
    assert draft_of(read_theme(folder / "mine.toml")).colours[name] == "tomato"


async def test_leaving_leaves_the_theme_as_it_was(folder: Path) -> None:
    stage = Stage(*MAIN_LOST, theme="day")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.action_edit_theme()
        await settle(pilot)
        await pilot.press("enter", *["backspace"] * 8, *"tomato", "enter", "escape")
        await settle(pilot)
        assert stage.app.theme == "day"
    assert load_themes([folder]).loaded == {}


async def test_what_is_no_colour_is_said_and_the_screen_goes_on(folder: Path) -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.action_edit_theme()
        await settle(pilot)
        await pilot.press("enter", *"zzz")
        await settle(pilot)
        assert "is no colour" in shown(pilot)
        await pilot.press("escape", "escape")
        await settle(pilot)


async def test_a_file_that_is_saved_is_what_the_screen_shows(folder: Path) -> None:
    write(Draft("mine", True, {**draft().colours, "primary": "#111111"}), folder)
    stage = Stage(*MAIN_LOST, theme="mine")
    async with stage.app.run_test(size=(80, 24)):
        own: OwnThemes = stage.app.own_themes
        assert stage.app.current_theme.primary == "#111111"
        write(Draft("mine", True, {**draft().colours, "primary": "#222222"}), folder)
        own.load()
        assert (own.name, stage.app.current_theme.primary) == ("mine", "#222222")
        (folder / "mine.toml").write_text("primary = what?", encoding="utf-8")
        own.load()
        assert stage.app.current_theme.primary == "#222222"
        ((name, reason),) = own.faults()
        assert name == "mine.toml"
        assert "TOML" in reason
        assert own.faults() == []


async def test_changes_of_the_folder_are_noticed_even_when_it_is_made_later(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.tui.themes.live.LOOK_SECONDS", 0.01)
    noticed = changes(folder)
    first = asyncio.ensure_future(anext(noticed))
    await asyncio.sleep(0)
    await asyncio.to_thread(write, draft(), folder)
    async with asyncio.timeout(10):
        await first
        second = asyncio.ensure_future(anext(noticed))
        # The kernel tells only of what happens once it was asked to: write until it has.
        while not second.done():
            await asyncio.to_thread(write, draft("day"), folder)
            await asyncio.sleep(0.05)
    await noticed.aclose()  # type: ignore[attr-defined]
