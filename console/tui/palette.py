"""The command palette: whatever a key does here, every place, every pair and every theme, found by its words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.keys import format_key
from textual.markup import escape

from console.tui.keymap import shown
from console.tui.places import PLACES
from console.tui.screens.drawn import PlaceScreen

if TYPE_CHECKING:
    from console.tui.app import PairwatchApp


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the palette."""

    title: str
    help: str
    run: Callable[[], Any]


class Commands(Provider):
    """What may be done from the screen beneath.

    Where something is being decided (an action, a dialog) only that screen's own keys are offered: nothing leads away.
    """

    @property
    def _console(self) -> "PairwatchApp":
        return self.app  # type: ignore[return-value]  # the palette of this product's app

    def _offers(self) -> Iterator[Offer]:
        app = self._console
        going = {f"app.go('{each.name}')" for each in PLACES}
        if isinstance(self.screen, PlaceScreen) and app.session is not None:
            for each in PLACES:
                key = shown(app.keys.get(f"go.{each.name}", each.key))
                yield Offer(f"Go to {each.title}", f"{each.help}  [{key}]", partial(app.action_go, each.name))
        seen: set[str] = set()
        for key, active in self.screen.active_bindings.items():
            binding = active.binding
            # What the toolkit binds itself (the focus, scrolling) is no command.
            own = binding.id is not None and not binding.action.startswith(("app.focus", "screen."))
            if not own or not binding.description or not active.enabled or binding.action in going | seen:
                continue
            seen.add(binding.action)
            run = partial(app.run_action, binding.action, active.node)
            yield Offer(binding.description, f"the key {format_key(key)}", run)
        if isinstance(self.screen, PlaceScreen) and app.session is not None:
            for name, pair in app.session.store.picture.pairs.items():
                yield Offer(f"Pair {name}", pair.environment or "open it", partial(app.open_pair, name))
        for theme in app.own_themes.names:
            yield Offer(f"Theme {theme}", "colours", partial(setattr, app, "theme", theme))

    async def discover(self) -> Hits:
        for each in self._offers():
            yield DiscoveryHit(Content(each.title), each.run, text=each.title, help=escape(each.help))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for each in self._offers():
            score = max(matcher.match(each.title), 0.6 * matcher.match(each.help))
            if score > 0:
                # A name is whatever somebody called it, and never markup, which the toolkit would take it for.
                marked = Content(each.title) if "[" in each.title else matcher.highlight(each.title)
                yield Hit(score, marked, each.run, text=each.title, help=escape(each.help))
