"""The base classes of all screens that show the picture: drawing, header and replay keys."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, Generic, TypeVar

from textual.binding import BindingType
from textual.css.query import NoMatches

from console.model.picture import PairPicture
from console.tui.keys.keymap import PLACE
from console.tui.screens.atomic import AtomicScreen
from console.tui.session import Session
from console.tui.widgets.failure_line import FailureLine
from console.tui.widgets.replay_banner import ReplayBanner
from console.tui.widgets.top import HeaderLine

Result = TypeVar("Result")

SEEK_SECONDS = 30.0
ADDED = ("whose", "replay")
"""The widgets that every screen gets in addition to its own."""


def _guarded(draw: Callable[[Any], None]) -> Callable[[Any], None]:
    """Drawing that shows its own failure on the screen, so that a fault in one screen does not end the console."""

    @wraps(draw)
    def guarded(screen: "PictureScreen[Any]") -> None:
        if not screen.is_open:
            return  # It was left, and a drawing that was put off comes too late.
        try:
            draw(screen)
        except Exception as error:
            if not screen.session.store.lives_on or isinstance(error, NoMatches):
                raise
            logging.getLogger(__name__).exception("a screen cannot be drawn")
            screen.show_failure(f"{type(error).__name__}: {error}")
        else:
            screen.show_failure(None)

    return guarded


class PictureScreen(AtomicScreen[Result], Generic[Result]):
    """A screen about one pair. The app calls `draw_now` when the picture has changed and once a second."""

    NAMES_ITS_PAIR = False
    """Whether the screen itself shows the pair and its environment."""

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        if "draw" in cls.__dict__:
            setattr(cls, "draw", _guarded(cls.draw))  # noqa: B010

    def __init__(self, session: Session, pair_name: str) -> None:
        super().__init__()
        self.session = session
        self.pair_name = pair_name

    @property
    def pair(self) -> PairPicture:
        return self.session.store.pair(self.pair_name)

    @property
    def has_own_widgets(self) -> bool:
        """Whether it has more widgets than those that every screen gets."""
        return not all(each.id in ADDED or isinstance(each, FailureLine) for each in self.children)

    @property
    def is_open(self) -> bool:
        """Whether it can be drawn. The widgets of a screen that was left are removed one after the other; when the
        console is closed, they may never have been mounted."""
        return self.has_own_widgets and self in self.app.screen_stack

    @property
    def shown(self) -> object:
        """The part of the picture on the screen: the screen is drawn when it is another object, and once a second."""
        return self.pair

    def on_mount(self) -> None:
        """Add the header and, in a replay, the banner. (The toolkit also calls the subclass's own `on_mount`.)"""
        if not self.is_attached:
            return  # The console is closing.
        if not self.NAMES_ITS_PAIR:
            self.mount(HeaderLine(id="whose"), before=0)
        if self.session.player is not None:
            self.mount(ReplayBanner(id="replay"), before=0)

    def on_screen_resume(self) -> None:
        """Draw the present picture when the screen is shown again."""
        self.call_after_refresh(self.draw_now)

    def draw_now(self) -> None:
        """Draw the screen, its header, and the position of a replay."""
        if not self.is_open:
            return
        self.draw()
        for header in self.query("#whose").results(HeaderLine):
            self.draw_header(header)
        if self.session.player is not None:
            for banner in self.query(ReplayBanner):
                banner.show(self.session.player, self.session.store.zone)

    def show_failure(self, reason: str | None) -> None:
        """Show above all why the screen could not be drawn; without a reason remove that line."""
        for line in self.query(FailureLine):
            if reason is None:
                line.remove()
            else:
                line.tell(reason)
            return
        if reason is not None:
            line = FailureLine()
            line.tell(reason)
            self.mount(line, before=0)

    def draw_header(self, header: HeaderLine) -> None:
        """Draw the pair, its environment in its colour, and the mode."""
        names = list(self.session.store.picture.pairs)
        position = f" ({names.index(self.pair_name) + 1}/{len(names)})" if len(names) > 1 else ""
        header.styles.background = self.session.colours.get(self.pair_name)
        header.show(self.pair, self.session.mode(self.pair_name), self.session.now, self.session.store.zone, position)

    def draw(self) -> None:
        """Draw the present content."""
        raise NotImplementedError


class PlaceScreen(PictureScreen[None]):
    """A screen with the keys of all places and of a replay.

    Dialogs and actions are not place screens, because a mistyped key must not leave a decision. The footer shows the
    screen's own keys; the footers of the pair and the fleet show the places.
    """

    BINDINGS: ClassVar[list[BindingType]] = PLACE.bindings()

    def action_press(self, key: str) -> None:
        """Act as that key does: j, k, g and G move as in less, vim and k9s."""
        self.app.simulate_key(key)

    def action_match(self, direction: int) -> None:
        """Go to the next or previous match. A filter shows the matches only, so that is the next row."""
        self.action_press("down" if direction > 0 else "up")

    def action_search(self) -> None:
        """Search the logs of the pair; screens with a filter or a search of their own replace this."""
        self.session.navigator.open_logs(ask=True)

    def action_play(self) -> None:
        """Play or pause; at the end, play from the start."""
        player = self.session.player
        if player is not None:
            if player.now >= player.end:
                player.seek(player.start)
            player.playing = not player.playing
            self.draw_now()

    def action_seek(self, direction: int) -> None:
        """Move half a minute back or forward, times the speed."""
        player = self.session.player
        if player is not None:
            player.seek(player.now + direction * SEEK_SECONDS * player.speed)
            self.draw_now()

    def action_event(self, direction: int) -> None:
        """Move to the previous or next event: a change of state, an alarm, an action."""
        player = self.session.player
        if player is not None:
            player.to_event(self.pair_name, direction)
            self.draw_now()

    def action_speed(self, step: int) -> None:
        player = self.session.player
        if player is not None:
            player.faster(step)
            self.draw_now()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the replay keys outside of a replay."""
        if action in {"play", "seek", "event", "speed"}:
            return self.session.player is not None
        return True
