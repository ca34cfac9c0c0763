"""The user's themes: edited with a preview, saved, and applied when their file changes."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.tui.screens.theme_editor import ThemeEditorScreen
from console.tui.themes.draft import Draft, contrast, draft_from_theme, save_draft
from console.tui.themes.files import COLOURS, VARIABLES, ThemeError, load_themes, own_folder, read_theme
from console.tui.themes.live import AppThemes, watch_folder
from tests.console.scenes import MAIN_LOST
from tests.console.tui.screens.stage import Stage, settle, shown


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "pairwatch" / "themes"


def draft(name: str = "night") -> Draft:
    return draft_from_theme(load_themes([own_folder()]).loaded[name])


@pytest.mark.parametrize("name", ["night", "day", "contrast", "colour-blind"])
def test_a_saved_theme_is_read_unchanged(folder: Path, name: str) -> None:
    written = save_draft(draft(name), folder)
    assert draft_from_theme(read_theme(written)) == draft(name)


@pytest.mark.parametrize("name", ["night", "day", "contrast", "colour-blind"])
def test_every_text_colour_of_the_products_themes_is_readable(name: str) -> None:
    """WCAG 2.1 requires 4.5:1. `stale` may have less, because it marks values that do not count, but at least 3:1."""
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


def test_contrast_matches_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(st.sampled_from(sorted(COLOURS | VARIABLES.keys())), st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_any_colour_can_be_changed_to_any_other(name: str, colour: str) -> None:
    changed = draft().with_colour(name, colour)
    assert changed.colours[name] == colour
    assert draft_from_theme(changed.theme("x")).colours == changed.colours


@pytest.mark.parametrize(("name", "colour"), [("stale", "greyish"), ("stale", ""), ("sky", "#ffffff")])
def test_refuses_an_invalid_colour(name: str, colour: str) -> None:
    with pytest.raises(ThemeError):
        draft().with_colour(name, colour)


@pytest.mark.parametrize("name", ["", "../x", "Mine", "a b", "-x"])
def test_refuses_an_invalid_name(folder: Path, name: str) -> None:
    with pytest.raises(ThemeError, match="is not a valid theme name"):
        save_draft(Draft(name, True, {"primary": "#ffffff"}), folder)


async def test_edits_previews_and_saves_a_theme_by_keys(folder: Path) -> None:
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
        assert stage.app.app_themes.name == "mine"
    assert draft_from_theme(read_theme(folder / "mine.toml")).colours[name] == "tomato"


async def test_leaving_the_editor_restores_the_theme(folder: Path) -> None:
    stage = Stage(*MAIN_LOST, theme="day")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.action_edit_theme()
        await settle(pilot)
        await pilot.press("enter", *["backspace"] * 8, *"tomato", "enter", "escape")
        await settle(pilot)
        assert stage.app.theme == "day"
    assert load_themes([folder]).loaded == {}


async def test_shows_that_a_colour_is_invalid_and_continues(folder: Path) -> None:
    stage = Stage(*MAIN_LOST)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.action_edit_theme()
        await settle(pilot)
        await pilot.press("enter", *"zzz")
        await settle(pilot)
        assert "is not a valid colour" in shown(pilot)
        await pilot.press("escape", "escape")
        await settle(pilot)


async def test_applies_a_theme_file_when_it_is_saved(folder: Path) -> None:
    save_draft(Draft("mine", True, {**draft().colours, "primary": "#111111"}), folder)
    stage = Stage(*MAIN_LOST, theme="mine")
    async with stage.app.run_test(size=(80, 24)):
        themes: AppThemes = stage.app.app_themes
        assert stage.app.current_theme.primary == "#111111"
        save_draft(Draft("mine", True, {**draft().colours, "primary": "#222222"}), folder)
        themes.load()
        assert (themes.name, stage.app.current_theme.primary) == ("mine", "#222222")
        (folder / "mine.toml").write_text("primary = what?", encoding="utf-8")
        themes.load()
        assert stage.app.current_theme.primary == "#222222"
        ((name, reason),) = themes.faults()
        assert name == "mine.toml"
        assert "TOML" in reason
        assert themes.faults() == []


async def test_detects_changes_of_the_folder_even_if_it_is_created_later(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.tui.themes.live.CHECK_SECONDS", 0.01)
    noticed = watch_folder(folder)
    first = asyncio.ensure_future(anext(noticed))
    await asyncio.sleep(0)
    await asyncio.to_thread(save_draft, draft(), folder)
    async with asyncio.timeout(10):
        await first
        second = asyncio.ensure_future(anext(noticed))
        # The kernel reports changes only after the watch has started: write until it has.
        while not second.done():
            await asyncio.to_thread(save_draft, draft("day"), folder)
            await asyncio.sleep(0.05)
    await noticed.aclose()  # type: ignore[attr-defined]
