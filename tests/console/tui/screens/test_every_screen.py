"""Every screen in every theme at three sizes, compared character by character and colour by colour.

`pytest --snapshot-update tests/console/tui/screens/test_every_screen.py` writes the snapshots again; look at the
pictures first (`make screenshots`).
"""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.screen import Screen

import console.tui.screens
from console.tui.keys.keymap import PLACES
from tests.console.tui.screens.drawing import cells, screen_text
from tests.console.tui.screens.views import SIZES, THEMES, VIEWS, View, show, still


class AsText(SingleFileSnapshotExtension):
    """One file for each screen and size."""

    _write_mode = WriteMode.TEXT
    _file_extension = "txt"


@pytest.fixture
def drawn(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(AsText)


@pytest.fixture(autouse=True)
def _fixed_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use paths that are the same on every host and do not exist."""
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nonexistent/config")
    monkeypatch.setenv("XDG_STATE_HOME", "/nonexistent/state")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
async def test_the_screen_matches_its_snapshot(view: View, size: tuple[int, int], drawn: SnapshotAssertion) -> None:
    app = view.make()
    in_themes: dict[str, Any] = {}
    async with app.run_test(size=size) as pilot:
        await show(pilot, view)
        assert type(app.screen).__name__ == view.screen
        for theme in THEMES:
            app.theme = theme
            await still(pilot)
            in_themes[theme] = cells(app)
    assert screen_text(in_themes) == drawn


def test_every_place_has_a_view() -> None:
    """A screen without a view has no snapshot."""
    keys = {key for view in VIEWS for key in view.keys[:1]}
    missing = [place.name for place in PLACES if place.key not in keys and place.name != "fleet"]
    assert missing == []


def test_every_screen_class_has_a_view() -> None:
    for module in pkgutil.iter_modules(console.tui.screens.__path__, "console.tui.screens."):
        importlib.import_module(module.name)
    screens = {each.__name__ for each in _screens(Screen) if each.__module__.startswith("console.tui.screens.")}
    assert screens == {view.screen for view in VIEWS}


def _screens(base: type[Screen[Any]]) -> Iterator[type[Screen[Any]]]:
    """The subclasses that have no subclass themselves."""
    derived = base.__subclasses__()
    if not derived:
        yield base
    for each in derived:
        yield from _screens(each)


def test_no_snapshot_is_without_a_view() -> None:
    names = {f"{view.name}-" for view in VIEWS}
    folder = Path(__file__).parent / "__snapshots__" / "test_every_screen"
    files = [path.stem for path in folder.glob("*.txt")]
    assert len(files) == len(VIEWS) * len(SIZES)
    assert all(any(name in file for name in names) for file in files)
