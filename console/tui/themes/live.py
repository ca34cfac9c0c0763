"""The themes of a running console: a saved theme file is applied at once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from textual.app import App

from console.settings import paths
from console.tui.themes.files import Themes, load_themes

CHECK_SECONDS = 2.0
"""How often to check for the folder while it does not exist."""


async def watch_folder(folder: Path) -> AsyncIterator[None]:
    """Yield after each change in the folder. The folder may be created later, or removed and created again."""
    from watchfiles import awatch

    while True:
        if not await asyncio.to_thread(folder.is_dir):
            await asyncio.sleep(CHECK_SECONDS)
            continue
        yield None
        async for _ in awatch(folder, stop_event=None, recursive=False):
            yield None


class AppThemes:
    """The themes of the product and the user, registered with the app. A change of the present theme's file is applied.

    The toolkit redraws a changed theme only under another name, so that a changed `night` is registered as `night#1`.
    """

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._changes = 0
        self._reported: set[tuple[Path, str]] = set()
        self.found = Themes({}, {})
        self.load()

    @property
    def names(self) -> list[str]:
        return sorted(self.found.loaded)

    @property
    def name(self) -> str:
        """The name of the present theme, without a number."""
        return self._app.theme.split("#")[0]

    def load(self) -> None:
        """Load the folders, and apply changes of the present theme."""
        before = self.found.loaded
        self.found = load_themes()
        for each in self.found.loaded.values():
            self._app.register_theme(each)
        now = self.found.loaded.get(self.name)
        if now is not None and now != before.get(self.name, now):
            self.show(self.name)

    def show(self, name: str) -> None:
        """Use the theme of that name, in its present version."""
        theme = self.found.loaded[name]
        previous = self._app.theme
        self._changes += 1
        temporary_name = f"{name}#{self._changes}"
        self._app.register_theme(replace(theme, name=temporary_name))
        self._app.theme = temporary_name
        if "#" in previous:
            self._app.unregister_theme(previous)

    def show_next(self) -> None:
        """Use the next theme."""
        position = self.names.index(self.name) if self.name in self.names else -1
        self._app.theme = self.names[(position + 1) % len(self.names)]

    async def follow(self) -> None:
        """Load the user's themes again each time that one is saved, until cancelled."""
        async for _ in watch_folder(paths.user_themes()):
            self.load()
            self.notify_faults()

    def notify_faults(self) -> None:
        """Show the faults of theme files on the screen."""
        for name, reason in self.faults():
            self._app.notify(f"{name}: {reason}", title="Theme not used", severity="warning")

    def faults(self) -> list[tuple[str, str]]:
        """Files that cannot be used, with the reason; each fault is returned once."""
        new = [(path, reason) for path, reason in self.found.failed.items() if (path, reason) not in self._reported]
        self._reported |= set(new)
        return [(path.name, reason) for path, reason in new]
