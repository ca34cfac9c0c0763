"""The recipients of forwarded notifications, from the configuration."""

import importlib
from collections.abc import Mapping
from typing import Any, Protocol

from console.errors import SourceError
from console.settings import paths
from console.settings.addresses import endpoint
from console.settings.forwarding import ForwardSettings, forward_faults
from console.settings.traps import TrapSettings


class Forwarder(Protocol):
    """The part of `snmp.forward.forwarder.Forwarder` that is used."""

    def forward(self, notification: Any, now: float) -> None: ...

    def counters(self) -> Mapping[str, Any]: ...

    def close(self, timeout: float) -> None: ...


def forwarder(settings: TrapSettings) -> Forwarder | None:
    """A forwarder to the configured recipients; None without any. Raises SourceError."""
    if not settings.forward:
        return None
    for _, _, words in forward_faults(settings.forward, settings.listen, [user.name for user in settings.user]):
        raise SourceError(f"traps.forward: {words}")
    # Imported here, since only a console that forwards needs it.
    snmp = importlib.import_module("snmp.forward.forwarder")
    state = settings.state or paths.state_dir() / "snmp"
    # With an engine ID of its own: the one of the receiver has its boots counted by the receiver.
    found: Forwarder = snmp.Forwarder([_rule(each, settings, snmp) for each in settings.forward], state / "forward")
    return found


def _rule(each: ForwardSettings, settings: TrapSettings, snmp: Any) -> Any:
    host, port = endpoint(each.address)
    user = next((one.user() for one in settings.user if one.name == each.user), None)
    community = each.secret_community() if each.has_community else ""
    recipient = snmp.Recipient(each.address, host, port, community, version="v2c" if user is None else "v3", user=user)
    return snmp.ForwardRule(recipient, user is None and not each.has_community, each.from_, each.oids)
