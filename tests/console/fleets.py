"""Many pairs in one picture: every situation that the scenes know, and as many calm pairs as wanted."""

from dataclasses import replace

from console.model.picture import PairPicture, Picture
from console.state.store import PictureStore
from tests.console import scenes

SITES = ("production", "lab", "campus")


def named(pair: PairPicture, number: int) -> PairPicture:
    """The pair under another name, of another environment."""
    return replace(pair, name=f"pair-{number:03d}", environment=SITES[number % len(SITES)])


def fleet_picture(calm: int = 3) -> Picture:
    """A pair that lost its main, one that is split, one with both PARTNER-DOWN, and calm ones; the calm ones first."""
    quiet = scenes.pair(*scenes.CALM)
    troubled = [scenes.pair(*each) for each in (scenes.MAIN_LOST, scenes.RACE, scenes.BOTH_DOWN)]
    pairs = [named(pair, number) for number, pair in enumerate([*[quiet] * calm, *troubled])]
    return Picture({pair.name: pair for pair in pairs}, at=scenes.NOW)


def fleet_watch(calm: int = 3) -> PictureStore:
    """A watch of that picture, whose clock stands still."""
    return PictureStore(fleet_picture(calm), lambda: scenes.NOW, scenes.ZONE)
