"""Guarded actions as requests of the HTTP API: a path below /api/v1, and the body that is posted to it."""

from collections.abc import Callable, Mapping
from typing import Any

from console.model.action_names import ActionName, ActionRequest
from console.model.times import rfc3339

Posted = tuple[str, dict[str, Any]]


def posted(request: ActionRequest) -> Posted:
    """Where a request is posted, and what."""
    return POSTED[request.action](request)


def _set_partner_down(request: ActionRequest) -> Posted:
    body = {
        "date": rfc3339(request.date),
        "expert": request.expert,
        "operator": request.operator,
        "reason": request.reason,
    }
    return f"/pairs/{request.pair}/set-partner-down", body


def _stop(request: ActionRequest) -> Posted:
    force = "?force=true" if request.expert else ""
    return f"/stop{force}", {"absence": request.choice}


def _reload(request: ActionRequest) -> Posted:
    return "/reload?force=true" if request.expert else "/reload", {}


def _related(request: ActionRequest, path: str, body: dict[str, Any]) -> Posted:
    force = "?force=true" if request.expert else ""
    who = {"operator": request.operator, "reason": request.reason}
    return f"/config/pairs/{request.pair}/{path}{force}", {**body, **who}


POSTED: Mapping[ActionName, Callable[[ActionRequest], Posted]] = {
    ActionName.SET_PARTNER_DOWN: _set_partner_down,
    ActionName.SAFE_PERIOD: lambda each: (f"/pairs/{each.pair}/use-safe-period", {"use": each.choice == "on"}),
    ActionName.EXTEND_SAFE_PERIOD: lambda each: (f"/pairs/{each.pair}/safe-period", {"seconds": each.seconds}),
    ActionName.STOP: _stop,
    ActionName.RELOAD: _reload,
    ActionName.REBALANCE: lambda each: (f"/pairs/{each.pair}/rebalance", {}),
    ActionName.FORCE_AVAILABLE: lambda each: (f"/leases/{each.address}/force-available", {}),
    ActionName.FAILOVER: lambda each: _related(each, "failover", {"use": each.choice == "on"}),
    ActionName.ROLE: lambda each: _related(each, "role", {"role": each.choice}),
    ActionName.RECONFIGURE: lambda each: (f"/leases/{each.address}/reconfigure", {"message": "renew"}),
}
