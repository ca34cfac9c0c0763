"""A configuration of Kea as objects to compare. What belongs to one server is left out."""

from collections.abc import Iterator, Mapping
from typing import Any

from console.makes.kea.documents import objects
from console.makes.kea.relationships import HOOK
from console.model.configs import Concern, ConfigObject

SERVICE = ("option-data", "client-classes", "option-def")
NUMBERED = ("id",)
OWN = frozenset(
    {
        "interfaces-config",
        "control-socket",
        "control-sockets",
        "lease-database",
        "loggers",
        "hooks-libraries",
        "hash",
        "server-tag",
        "dhcp-ddns",
        "config-control",
        "hosts-database",
        "hosts-databases",
        "multi-threading",
    }
)
"""What each server has for itself."""
LISTS = ("subnet4", "subnet6", "shared-networks", "reservations", *SERVICE)


def config_objects(configuration: Mapping[str, Any]) -> tuple[ConfigObject, ...]:
    """Every object that both partners should have alike, by class and name."""
    return tuple(
        each for daemon in configuration.values() if isinstance(daemon, Mapping) for each in _of_daemon(daemon)
    )


def _of_daemon(daemon: Mapping[str, Any]) -> Iterator[ConfigObject]:
    kept = {name: _words(value) for name, value in daemon.items() if name not in OWN and name not in LISTS}
    yield ConfigObject("global", "", Concern.OTHER, kept)
    for kind in LISTS:
        concern = Concern.SERVICE if kind in SERVICE else Concern.SCOPE
        for number, each in enumerate(objects(daemon, kind)):
            name = str(each.get("subnet") or each.get("name") or each.get("hw-address") or number)
            yield ConfigObject(kind, name, concern, {key: _words(value) for key, value in each.items()})
    for hook in objects(daemon, "hooks-libraries"):
        parameters = hook.get("parameters")
        if HOOK in str(hook.get("library")) and isinstance(parameters, Mapping):
            for number, each in enumerate(objects(parameters, "high-availability")):
                values = {key: _words(value) for key, value in each.items() if key != "this-server-name"}
                yield ConfigObject("high-availability", str(number), Concern.OTHER, values)


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_words(each)}" for name, each in sorted(value.items()))
    if isinstance(value, list | tuple):
        return ", ".join(_words(each) for each in value) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
