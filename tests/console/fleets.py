"""Many pairs in one picture: each scene once, and any number of healthy pairs."""

from dataclasses import replace

from console.model.picture import PairPicture, Picture
from console.state.store import PictureStore
from tests.console import scenes

SITES = ("production", "lab", "campus")


def named(pair: PairPicture, number: int) -> PairPicture:
    """The pair with another name and environment."""
    return replace(pair, name=f"pair-{number:03d}", environment=SITES[number % len(SITES)])


def fleet_picture(calm: int = 3) -> Picture:
    """Healthy pairs, then one that lost its main, one whose link is down, and one with both in PARTNER-DOWN."""
    healthy = scenes.pair(*scenes.CALM)
    troubled = [scenes.pair(*each) for each in (scenes.MAIN_LOST, scenes.RACE, scenes.BOTH_DOWN)]
    pairs = [named(pair, number) for number, pair in enumerate([*[healthy] * calm, *troubled])]
    return Picture({pair.name: pair for pair in pairs}, at=scenes.NOW)


def fleet_store(calm: int = 3) -> PictureStore:
    """A store with that picture and a fixed clock."""
    return PictureStore(fleet_picture(calm), lambda: scenes.NOW, scenes.ZONE)
