"""Guarded actions as commands of Kea (hook library libdhcp_ha), and what its answers mean.

A hub has several relationships: `server-name` names the one, and is sent only where the configuration of the console
names the partner (Kea 2.5 and later).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from console.insight.guarded.set_scopes import BOTH, OWN
from console.insight.guarded.sync_leases import LONGEST_PAUSE_SECONDS
from console.makes.kea.relationships import Relationship
from console.model.action_names import ActionName, ActionRequest

SYNC_SECONDS = LONGEST_PAUSE_SECONDS
"""How long the partner may be kept from answering clients while its leases are read."""
NOT_PAUSED = "not paused"
"""In the answer to ha-continue of a server that was not paused: its result is success."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command with its arguments. `seconds`: how long its answer may take, None for the usual time."""

    name: str
    arguments: Mapping[str, Any] | None = None
    seconds: float | None = None


Build = Callable[[ActionRequest, Relationship], Command]


def command_of(request: ActionRequest, known: Relationship, wanted: str | None) -> Command:
    """The command for a request, about the relationship with the partner `wanted`."""
    built = COMMANDS[request.action](request, known)
    if wanted is None or request.action not in NAMED:
        return built
    return Command(built.name, {"server-name": known.own, **(built.arguments or {})}, built.seconds)


def scopes_of(choice: str, known: Relationship) -> tuple[str, ...]:
    """The names of the scopes for a choice: a scope has the name of the server that has it in normal operation."""
    partner = () if known.partner is None else (known.partner.name,)
    return {OWN: (known.own,), BOTH: (known.own, *partner)}.get(choice, ())


def _sync(request: ActionRequest, known: Relationship) -> Command:
    partner = "" if known.partner is None else known.partner.name
    return Command("ha-sync", {"server-name": partner, "max-period": SYNC_SECONDS}, float(SYNC_SECONDS))


def _disable(request: ActionRequest, known: Relationship) -> Command:
    return Command("dhcp-disable", {"max-period": int(request.seconds or 1), "origin": "user"})


COMMANDS: Mapping[ActionName, Build] = {
    ActionName.START_MAINTENANCE: lambda request, known: Command("ha-maintenance-start"),
    ActionName.CANCEL_MAINTENANCE: lambda request, known: Command("ha-maintenance-cancel"),
    ActionName.CONTINUE: lambda request, known: Command("ha-continue"),
    ActionName.SYNC_LEASES: _sync,
    ActionName.SET_SCOPES: lambda request, known: Command("ha-scopes", {"scopes": [*scopes_of(request.choice, known)]}),
    ActionName.RESET_FAILOVER: lambda request, known: Command("ha-reset"),
    ActionName.DISABLE_SERVICE: _disable,
    ActionName.ENABLE_SERVICE: lambda request, known: Command("dhcp-enable", {"origin": "user"}),
}
NAMED = frozenset(
    {
        ActionName.START_MAINTENANCE,
        ActionName.CANCEL_MAINTENANCE,
        ActionName.CONTINUE,
        ActionName.SET_SCOPES,
        ActionName.RESET_FAILOVER,
    }
)
"""The actions whose command takes the name of the relationship."""
