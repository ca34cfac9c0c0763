"""The command palette: every key of the screen, every place, pair and theme, found by its words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, runtime_checkable

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.keys import format_key
from textual.markup import escape

from console.tui.keys.catalogue import active_keys
from console.tui.keys.check import format_keys
from console.tui.keys.keymap import PLACES
from console.tui.screens.picture import PlaceScreen


@runtime_checkable
class HasKeysAndThemes(Protocol):
    """What the palette reads from the app: the keys that the user has changed, by name, and the theme names."""

    @property
    def keys(self) -> Mapping[str, str]: ...

    @property
    def theme_names(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """One line of the palette."""

    title: str
    help: str
    run: Callable[[], Any]


class Commands(Provider):
    """The commands of the screen below the palette.

    On an action or a dialog only that screen's own keys are offered, so that nothing leads away from a decision.
    """

    def _entries(self) -> Iterator[PaletteEntry]:
        screen, app = self.screen, self.app
        changed = app.keys if isinstance(app, HasKeysAndThemes) else {}
        going = {f"app.go('{each.name}')" for each in PLACES}
        if isinstance(screen, PlaceScreen):
            for each in PLACES:
                key = format_keys(changed.get(f"go.{each.name}", each.key))
                go = partial(screen.session.navigator.go, each.name)
                yield PaletteEntry(f"Go to {each.title}", f"{each.help}  [{key}]", go)
        seen: set[str] = set()
        for found in active_keys(screen):
            action = found.key.action
            if action in going | seen:
                continue
            seen.add(action)
            run = partial(app.run_action, action, found.active.node)
            yield PaletteEntry(found.key.title, f"{found.does}  [{format_key(found.keys[0])}]", run)
        if isinstance(screen, PlaceScreen):
            for name, pair in screen.session.store.picture.pairs.items():
                open_pair = partial(screen.session.navigator.open_pair, name)
                yield PaletteEntry(f"Pair {name}", pair.environment or "open it", open_pair)
        for theme in app.theme_names if isinstance(app, HasKeysAndThemes) else ():
            yield PaletteEntry(f"Theme {theme}", "colours", partial(setattr, app, "theme", theme))

    async def discover(self) -> Hits:
        for each in self._entries():
            yield DiscoveryHit(Content(each.title), each.run, text=each.title, help=escape(each.help))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for each in self._entries():
            score = max(matcher.match(each.title), 0.6 * matcher.match(each.help))
            if score > 0:
                # A name may contain markup characters, and the toolkit would read them as markup.
                marked = Content(each.title) if "[" in each.title else matcher.highlight(each.title)
                yield Hit(score, marked, each.run, text=each.title, help=escape(each.help))


class Palette(CommandPalette):
    """The toolkit's palette, without a fault of it: a page key before its list is laid out raised KeyError."""

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):
            super()._action_command_list(action)
