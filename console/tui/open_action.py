"""Creates the screen of an action or a runbook for a remedy. No other module creates these screens."""

from typing import Any

from textual.screen import Screen

from console.insight.freshness import is_seen, last_phase, main_first
from console.insight.guarded.table import ACTIONS, offered
from console.insight.remedies import RUNBOOK, Remedy
from console.model.action_names import ActionName
from console.model.phases import INTERRUPTED
from console.tui.screens.action import ActionScreen
from console.tui.screens.runbook import RunbookScreen
from console.tui.screens.set_partner_down import SetPartnerDownScreen
from console.tui.session import Session


def action_screen(session: Session, pair: str, remedy: Remedy) -> Screen[Any] | str:
    """The screen that confirms an action before anything is sent; or the reason why it is not offered (R-148)."""
    if remedy.action == RUNBOOK:
        return RunbookScreen(session, pair, remedy.subject)
    if session.unchangeable:
        return f"Actions are {session.unchangeable}."
    kind = ACTIONS[remedy.action]
    runner = session.actions.get(pair)
    if runner is None:
        return f"{kind.title} is not offered: this console has no connection to the servers."
    if remedy.action is ActionName.SET_PARTNER_DOWN:
        chosen = remedy.server or _server_to_act_on(session, pair)
        reason = offered(session.store.pair(pair), chosen, session.now)
        if reason is not None:
            return f"Set Partner Down is not offered: {reason}."
        return SetPartnerDownScreen(session, pair, runner, chosen)
    return ActionScreen(session, pair, runner, kind, remedy.server, remedy.subject)


def _server_to_act_on(session: Session, pair: str) -> str:
    """The server that is alone; if both are, the backup, which exists for the failure of the main."""
    servers = main_first(session.store.pair(pair).servers.values())[::-1]
    alone = [each for each in servers if is_seen(each, session.now) and last_phase(each) in INTERRUPTED]
    seen = [each for each in servers if is_seen(each, session.now)]
    return (alone or seen or servers)[0].name
