"""What all screens of the picture have in common: they are told when to draw again, and what a replay looks like."""

from typing import ClassVar, Generic, TypeVar

from textual.binding import BindingType

from console.model.picture import PairPicture
from console.tui.keys.keymap import PLACE
from console.tui.screens.whole import WholeScreen
from console.tui.session import Session
from console.tui.widgets.replay_banner import ReplayBanner
from console.tui.widgets.top import HeaderLine

Result = TypeVar("Result")

SEEK_SECONDS = 30.0


class PictureScreen(WholeScreen[Result], Generic[Result]):
    """A screen about one pair. The app calls `draw_now` when the picture or the second has changed."""

    NAMES_ITS_PAIR = False
    """Whether the screen itself says whose pair it is about and in which environment."""

    def __init__(self, session: Session, pair_name: str) -> None:
        super().__init__()
        self.session = session
        self.pair_name = pair_name

    @property
    def pair(self) -> PairPicture:
        return self.session.store.pair(self.pair_name)

    @property
    def shown(self) -> object:
        """What of the picture is shown: the screen is drawn when that is another object, and once a second."""
        return self.pair

    def on_mount(self) -> None:
        """Over every screen stands whose it is, and of a replay that it is one. (The toolkit calls this beside a
        screen's own.)"""
        if not self.NAMES_ITS_PAIR:
            self.mount(HeaderLine(id="whose"), before=0)
        if self.session.player is not None:
            self.mount(ReplayBanner(id="replay"), before=0)

    def on_screen_resume(self) -> None:
        """Coming back to a screen, it shows what happened meanwhile."""
        self.call_after_refresh(self.draw_now)

    def draw_now(self) -> None:
        """Draw the screen, whose it is, and where a replay stands."""
        if not self.children:
            return  # The console is being left.
        self.draw()
        for header in self.query("#whose").results(HeaderLine):
            self.draw_header(header)
        if self.session.player is not None:
            for banner in self.query(ReplayBanner):
                banner.show(self.session.player, self.session.store.zone)

    def draw_header(self, header: HeaderLine) -> None:
        """The pair, its environment in its colour, and what may be done to it."""
        names = list(self.session.store.picture.pairs)
        position = f" ({names.index(self.pair_name) + 1}/{len(names)})" if len(names) > 1 else ""
        header.styles.background = self.session.colours.get(self.pair_name)
        header.show(self.pair, self.session.mode(self.pair_name), self.session.now, self.session.store.zone, position)

    def draw(self) -> None:
        """Draw what is known now."""
        raise NotImplementedError


class PlaceScreen(PictureScreen[None]):
    """A screen from which every place is one key away, and a replay is moved. A key that it binds itself means what it
    says there.

    Dialogs and actions are none: a key that strays while something is being decided must not lead away from it. The
    footer has the screen's own keys; that of the pair and that of the fleet name the places.
    """

    BINDINGS: ClassVar[list[BindingType]] = PLACE.bindings()

    def action_play(self) -> None:
        """Play or pause; at the end, from the start again."""
        player = self.session.player
        if player is not None:
            if player.now >= player.end:
                player.seek(player.start)
            player.playing = not player.playing
            self.draw_now()

    def action_seek(self, direction: int) -> None:
        """Half a minute back or forth, times the speed."""
        player = self.session.player
        if player is not None:
            player.seek(player.now + direction * SEEK_SECONDS * player.speed)
            self.draw_now()

    def action_event(self, direction: int) -> None:
        """To the event before or after: a change of state, an alarm, what somebody did."""
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
        """Keys of a replay exist only in one."""
        if action in {"play", "seek", "event", "speed"}:
            return self.session.player is not None
        return True
