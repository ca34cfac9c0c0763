"""What all screens of the picture have in common: they are told when to draw again."""

from typing import ClassVar, Generic, TypeVar

from textual.binding import BindingType
from textual.screen import Screen

from console.desk import Desk
from console.model.picture import PairPicture
from console.places import PLACES

Result = TypeVar("Result")


class PictureScreen(Screen[Result], Generic[Result]):
    """A screen about one pair. The app calls `draw` when the picture or the second has changed."""

    def __init__(self, desk: Desk, pair_name: str) -> None:
        super().__init__()
        self.desk = desk
        self.pair_name = pair_name

    @property
    def pair(self) -> PairPicture:
        return self.desk.watch.pair(self.pair_name)

    def on_screen_resume(self) -> None:
        """Coming back to a screen, it shows what happened meanwhile."""
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        """Draw what is known now."""
        raise NotImplementedError


class PlaceScreen(PictureScreen[None]):
    """A screen from which every place is one key away. A key that it binds itself means what it says there.

    Dialogs and actions are none: a key that strays while something is being decided must not lead away from it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [place.binding for place in PLACES]
