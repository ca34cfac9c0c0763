"""The app's navigator: the order of screens, and the pair that is shown.

Screens other than the pair and the fleet are imported when they are opened, which keeps the start fast.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import Screen

from console.insight.remedies import Remedy
from console.tui.place_screens import place_screen
from console.tui.screens.fleet import FleetScreen
from console.tui.screens.pair import PairScreen
from console.tui.screens.picture import PictureScreen
from console.tui.session import Session

if TYPE_CHECKING:
    from console.incidents.listing import OpenedIncident

ROOT_SCREENS = 2
"""The toolkit's own screen, and the first of ours."""


class AppNavigator:
    """Implements `Navigator` on the screen stack of an app.

    On the pair and the fleet a place is pushed; on a place it replaces that place, so that places do not pile up.
    `opened` is called for each new screen, and `replay` with a recording that is to be replayed.
    """

    def __init__(
        self,
        app: App[None],
        session: Session,
        pair: str,
        opened: Callable[[], None],
        replay: "Callable[[OpenedIncident], None]",
        below: int = ROOT_SCREENS,
    ) -> None:
        """`pair`: the name of the pair to show first. `below`: the number of screens that cannot be left."""
        self._app = app
        self._session = session
        self._pair = pair
        self._opened = opened
        self._below = below
        self.open_replay = replay

    def above(self, session: Session, pair: str) -> "AppNavigator":
        """The navigator of a session whose screens are above those that are open now; the session gets it."""
        below = len(self._app.screen_stack) + 1
        session.navigator = made = AppNavigator(self._app, session, pair, self._opened, self.open_replay, below)
        return made

    @property
    def pair(self) -> str:
        """The name of the pair that is shown."""
        screen = self._app.screen
        return screen.pair_name if isinstance(screen, PictureScreen) else self._pair

    @property
    def can_go_back(self) -> bool:
        return len(self._app.screen_stack) > self._below

    def go(self, place: str) -> None:
        if place == "fleet" and isinstance(self._app.screen, FleetScreen):
            return
        self._pair = self.pair
        self._show(place_screen(place, self._session, self._pair))

    def open_logs(self, *, at: float | None = None, words: str = "", ask: bool = False) -> None:
        from console.tui.screens.logs import LogsScreen

        self._pair = self.pair
        self._show(LogsScreen(self._session, self._pair, at, words, ask=ask))

    def open_lease(self, query: str) -> None:
        from console.tui.screens.lease import LeaseScreen

        self._pair = self.pair
        self._show(LeaseScreen(self._session, self._pair, query))

    def _show(self, screen: Screen[Any]) -> None:
        self._opened()
        if isinstance(self._app.screen, PairScreen | FleetScreen):
            self._app.push_screen(screen)
        else:
            self._app.switch_screen(screen)

    def open_pair(self, pair: str) -> None:
        app, self._pair = self._app, pair
        if isinstance(app.screen, PairScreen):
            app.screen.pair_name = pair
            app.screen.draw_now()
            return
        below = app.screen_stack[-2] if len(app.screen_stack) > 1 else None
        if isinstance(below, PairScreen):
            below.pair_name = pair
            app.pop_screen()
        else:
            app.push_screen(PairScreen(self._session, pair))

    def open_remedy(self, pair: str, remedy: Remedy) -> None:
        from console.tui.open_action import action_screen

        screen = action_screen(self._session, pair, remedy)
        if isinstance(screen, str):
            self._app.notify(screen, severity="warning")
        else:
            self._app.push_screen(screen)

    def leave_pair(self) -> None:
        """Go from a pair to the fleet, if there is more than one pair."""
        if len(self._session.store.picture.pairs) > 1:
            self.go("fleet")

    def next_pair(self) -> None:
        """Show the next pair, in the order of the configuration."""
        screen = self._app.screen
        if not isinstance(screen, PairScreen):
            return
        names = list(self._session.store.picture.pairs)
        self._pair = names[(names.index(screen.pair_name) + 1) % len(names)]
        screen.pair_name = self._pair
        screen.draw()
