"""Commands on objects of the configuration. They change the staged copy; `save` and `dhcp reload` put it into use."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from dhcpserver.config.catalogue import Visibility
from dhcpserver.config.registry import CLASSES
from dhcpserver.nrcmd.answer import Answer, Status
from dhcpserver.nrcmd.api import Api, Json
from dhcpserver.nrcmd.grammar import Command

SINGLE = "-"
"""The name of the object of a class with one, in paths."""
SECRET = "(a secret is set)"


def in_path(name: str) -> str:
    """Return a name as one part of a path."""
    return quote(name, safe="")


def path_of(command: Command) -> str:
    """Return the path of the class or the object of a command."""
    if CLASSES[command.of].single:
        return f"/config/objects/{command.of}/{SINGLE}"
    return f"/config/objects/{command.of}" + (f"/{in_path(command.name)}" if command.name else "")


def list_objects(api: Api, command: Command, visibility: Visibility) -> Answer:
    """`list`, `listnames`, `listbrief`."""
    objects = _all(api, path_of(command))
    if command.verb == "listnames":
        return Answer(lines=tuple(each["name"] for each in objects))
    if command.verb == "listbrief":
        return Answer(lines=tuple(_brief(command.of, each) for each in objects))
    lines: list[str] = []
    for each in objects:
        lines += [*([""] if lines else []), *described(command.of, each, visibility)]
    return Answer(lines=tuple(lines))


def _all(api: Api, path: str) -> list[Json]:
    objects: list[Json] = []
    after: object = None
    while True:
        page = api.get(path, None if after is None else {"after": str(after)})
        objects += page.get("objects", [])
        after = page.get("next")
        if after is None:
            return objects


def _brief(of: str, each: Mapping[str, Any]) -> str:
    values = each.get("values", {})
    keys = CLASSES[of].keys
    required = [each.name for each in CLASSES[of].attributes if each.required and each.name not in keys]
    return ", ".join([each["name"], *(f"{name} = {text(values[name])}" for name in required if name in values)][:4])


def described(of: str, each: Mapping[str, Any], visibility: Visibility) -> list[str]:
    """Return an object as `attribute = value`, with defaults in brackets; hidden attributes only if they are set."""
    values, secrets = each.get("values", {}), each.get("secrets", [])
    lines = [f"{of} {each['name']}:" if each.get("name") else f"{of}:"]
    for attribute in CLASSES[of].attributes:
        if attribute.name in values:
            lines.append(f"    {attribute.name} = {text(values[attribute.name])}")
        elif attribute.name in secrets:
            lines.append(f"    {attribute.name} = {SECRET}")
        elif attribute.about.visibility <= visibility and not attribute.secret:
            default = attribute.info.get_default(call_default_factory=True)
            lines.append(
                f"    {attribute.name} = [default={'<unset>' if default in (None, '', (), {}) else text(default)}]"
            )
    for name, value in values.items():
        if f"{of}.{name}" in CLASSES:
            lines += [f"    {name} {text(entry)}" for entry in value]
    return lines


def text(value: object) -> str:
    """Return a value as the command language writes it."""
    if isinstance(value, bool):
        return "enabled" if value else "disabled"
    if isinstance(value, list | tuple):
        return ", ".join(text(each) for each in value)
    if isinstance(value, dict):
        return " ".join(f"{key}={text(each)}" for key, each in value.items())
    return str(value)


def show(api: Api, command: Command, visibility: Visibility) -> Answer:
    """`show`."""
    return Answer(lines=tuple(described(command.of, api.get(path_of(command)), visibility)))


def get(api: Api, command: Command, visibility: Visibility) -> Answer:
    """`get ATTRIBUTE`: the value, or the default."""
    (name,) = command.arguments
    found = api.get(path_of(command))
    values = found.get("values", {})
    if name in values:
        return Answer(detail=f"{name}={text(values[name])}")
    if name in found.get("secrets", []):
        return Answer(detail=f"{name}={SECRET}")
    attribute = next(each for each in CLASSES[command.of].attributes if each.name == name)
    default = attribute.info.get_default(call_default_factory=True)
    if attribute.required or default in (None, "", (), {}):
        return Answer(detail=f"{name}=<unset>")
    return Answer(detail=f"{name}={text(default)} (the default)")


def create(api: Api, command: Command, visibility: Visibility) -> Answer:
    """`create ARGUMENT... ATTRIBUTE=VALUE...`: the arguments are the first required attributes."""
    known = CLASSES[command.of]
    places = CREATE_ARGUMENTS.get(command.of) or tuple(
        each.name for each in known.attributes if each.required and each.name not in known.keys
    )
    if len(command.arguments) > len(places):
        extra = command.arguments[len(places)]
        return Answer(Status.INVALID, f"create takes {', '.join(places) or 'no arguments'}; this is {extra!r}")
    values: dict[str, Any] = dict(zip(places, command.arguments, strict=False))
    values |= dict(command.values)
    api.post(f"/config/objects/{command.of}", {"name": command.name, "values": values})
    return Answer()


CREATE_ARGUMENTS = {"cluster": ("ipaddr",), "failover-pair": ("main", "backup"), "scope": ("subnet",)}
"""The attributes that the arguments of `create` are, where they are not the required ones."""


def set_values(api: Api, command: Command, visibility: Visibility) -> Answer:
    """`set`, `unset`, `enable`, `disable`."""
    changed = {name: value for name, value in command.values if value is not None}
    removed = [name for name, value in command.values if value is None]
    done = api.patch(path_of(command), {"set": changed, "unset": removed})
    return _with_faults(done)


def delete(api: Api, command: Command, visibility: Visibility) -> Answer:
    """`delete`."""
    return _with_faults(api.delete(path_of(command)))


def _with_faults(done: Json) -> Answer:
    """Warn if the staged copy cannot be saved as it is: other edits may follow that mend it."""
    faults = fault_lines(done)
    return Answer(Status.WARNINGS, "it cannot be saved yet", faults) if faults else Answer()


def fault_lines(document: Json) -> tuple[str, ...]:
    """Return the faults of the staged copy, each with its object and attribute."""
    return tuple(
        f"{' '.join(part for part in (each['of'], each['name'], each['attribute']) if part)}: {each['text']}"
        for each in document.get("faults", [])
    )


def change_list(api: Api, command: Command, visibility: Visibility) -> Answer:
    """`addRange`, `removeRange`, `addReservation`, `removeReservation`."""
    verb, attribute = ("add" if command.verb.startswith("add") else "remove"), "ranges"
    values: list[object] = list(command.arguments)
    if command.verb.endswith("Reservation"):
        attribute = "reservations"
        added = dict(_parts(each) for each in command.arguments) if verb == "add" else {}
        values = [added or " ".join(command.arguments)]
    if not command.arguments:
        return Answer(Status.INVALID, f"{command.verb} needs {_LIST_ARGUMENTS[attribute, verb]}")
    return _with_faults(api.patch(path_of(command), {verb: {attribute: values}}))


def _parts(argument: str) -> tuple[str, str]:
    name, equals, value = argument.partition("=")
    if not equals:
        raise ValueError(f"write ATTRIBUTE=VALUE; this is {argument!r}")
    return name.lower(), value


_LIST_ARGUMENTS = {
    ("ranges", "add"): "FIRST-LAST",
    ("ranges", "remove"): "FIRST-LAST",
    ("reservations", "add"): "ATTRIBUTE=VALUE, such as ipaddr=192.0.2.5 mac=02:00:00:00:00:05",
    ("reservations", "remove"): "its address",
}


def reservations(api: Api, command: Command, visibility: Visibility) -> Answer:
    """`listReservations`."""
    found = api.get(path_of(command)).get("values", {}).get("reservations", [])
    return Answer(lines=tuple(text(each) for each in found))


OBJECT_VERBS: Mapping[str, Callable[[Api, Command, Visibility], Answer]] = {
    "list": list_objects,
    "listnames": list_objects,
    "listbrief": list_objects,
    "show": show,
    "get": get,
    "create": create,
    "set": set_values,
    "delete": delete,
    "addRange": change_list,
    "removeRange": change_list,
    "addReservation": change_list,
    "removeReservation": change_list,
    "listReservations": reservations,
}
