"""From a remedy to the screen of its action. Whoever advises or offers an action opens it here and nowhere else."""

from typing import TYPE_CHECKING, Any

from console.insight.freshness import is_seen, last_phase, main_first
from console.insight.guarded.table import ACTIONS, offered
from console.insight.remedies import RUNBOOK, Remedy
from console.model.action_names import ActionName
from console.model.phases import INTERRUPTED
from console.tui.screens.action import ActionScreen
from console.tui.screens.runbook import RunbookScreen
from console.tui.screens.set_partner_down import SetPartnerDownScreen

if TYPE_CHECKING:
    from textual.screen import Screen

    from console.tui.session import Session


def opened(session: "Session", pair: str, remedy: Remedy) -> "Screen[Any] | str":
    """The screen that asks and shows before anything is done, or in a sentence why it is not offered (R-148)."""
    if remedy.action == RUNBOOK:
        return RunbookScreen(session, pair, remedy.subject)
    if session.player is not None:
        return "Actions are off in a replay."
    kind = ACTIONS[remedy.action]
    acting = session.actions.get(pair)
    if acting is None:
        return f"{kind.title} is not offered: this console cannot ask the servers."
    if remedy.action is ActionName.SET_PARTNER_DOWN:
        chosen = remedy.server or _server_to_act_on(session, pair)
        reason = offered(session.store.pair(pair), chosen, session.now)
        if reason is not None:
            return f"Set Partner Down is not offered: {reason}."
        return SetPartnerDownScreen(session, pair, acting, chosen)
    return ActionScreen(session, pair, acting, kind, remedy.server, remedy.subject)


def _server_to_act_on(session: "Session", pair: str) -> str:
    """The server that is alone: the backup first, since it is the main that fails it is there for."""
    servers = main_first(session.store.pair(pair).servers.values())[::-1]
    alone = [each for each in servers if is_seen(each, session.now) and last_phase(each) in INTERRUPTED]
    seen = [each for each in servers if is_seen(each, session.now)]
    return (alone or seen or servers)[0].name
