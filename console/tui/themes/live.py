"""The user's themes while the console runs: a file that is saved is what the screen shows a moment later."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from textual.app import App

from console.tui.themes.files import Themes, load_themes

LOOK_SECONDS = 2.0
"""How often to look whether the folder is there, while it is not."""


async def changes(folder: Path) -> AsyncIterator[None]:
    """Each time that something in the folder has changed; it may be made later, or go and come again."""
    from watchfiles import awatch

    while True:
        if not await asyncio.to_thread(folder.is_dir):
            await asyncio.sleep(LOOK_SECONDS)
            continue
        yield None
        async for _ in awatch(folder, stop_event=None, recursive=False):
            yield None


class OwnThemes:
    """The product's themes and the user's, registered with the app; the one in use is replaced when its file changes.

    The toolkit paints a theme anew only under another name, so that a changed one is `night#1`.
    """

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._changes = 0
        self._told: set[tuple[Path, str]] = set()
        self.found = Themes({}, {})
        self.load()

    @property
    def names(self) -> list[str]:
        return sorted(self.found.loaded)

    @property
    def name(self) -> str:
        """The theme in use, as people call it."""
        return self._app.theme.split("#")[0]

    def load(self) -> None:
        """Read the folders, and show what has become of the theme in use."""
        before = self.found.loaded
        self.found = load_themes()
        for each in self.found.loaded.values():
            self._app.register_theme(each)
        now = self.found.loaded.get(self.name)
        if now is not None and now != before.get(self.name, now):
            self.show(self.name)

    def show(self, name: str) -> None:
        """Use the theme of that name, as it is now."""
        theme = self.found.loaded[name]
        previous = self._app.theme
        self._changes += 1
        passing = f"{name}#{self._changes}"
        self._app.register_theme(replace(theme, name=passing))
        self._app.theme = passing
        if "#" in previous:
            self._app.unregister_theme(previous)

    def faults(self) -> list[tuple[str, str]]:
        """Files that cannot be used, with the reason; each is told once."""
        new = [(path, reason) for path, reason in self.found.failed.items() if (path, reason) not in self._told]
        self._told |= set(new)
        return [(path.name, reason) for path, reason in new]
