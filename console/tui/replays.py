"""The session of a replay, and what an app returns to when a replay that it opened ends."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.actions.access import Access
from console.incidents.saving import ReplayIncidents
from console.journal.history import PlayedHistories
from console.settings import paths
from console.state.replay import Player
from console.tui.navigator import AppNavigator
from console.tui.session import Session


def replay_session(
    player: Player, command: Sequence[str], missing: Sequence[str] = (), access: Access = Access.OPERATE
) -> Session:
    """The session of a recording, without actions. `missing`: what could not be read of it. `access`: whether a part of
    it can be saved."""
    player.store.lives_on = True
    session = Session(
        player.store,
        player=player,
        trouble=lambda: player.store.fault,
        incidents=ReplayIncidents(player.between, paths.incidents(), access),
        access=access,
        command=command,
        complaints=list(missing),
    )
    session.histories = PlayedHistories(player.between)
    return session


@dataclass(frozen=True, slots=True)
class Outer:
    """A session that continues below a replay, with its navigator and the number of its open screens."""

    session: Session
    navigator: AppNavigator
    screens: int
