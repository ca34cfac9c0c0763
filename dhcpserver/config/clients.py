"""Checks of clients and client-classes."""

from collections.abc import Iterator

from dhcpserver.config.classes.client import Client, ClientClass
from dhcpserver.config.lines import Location
from dhcpserver.config.objects import Configuration
from dhcpserver.config.options import Fault
from dhcpserver.config.values import client_identity


def treated(configuration: Configuration) -> Iterator[tuple[Location, Client | ClientClass]]:
    """Yield the clients and the client-classes, with their locations."""
    for index, client in enumerate(configuration.client):
        yield ("client", index), client
    for index, each in enumerate(configuration.client_class):
        yield ("client-class", index), each


def check_clients(configuration: Configuration) -> Iterator[Fault]:
    """Yield clients that are there twice, and names of classes and policies that do not exist."""
    classes = {each.name for each in configuration.client_class}
    policies = {each.name for each in configuration.policy} | {"default"}
    seen: dict[tuple[bytes, bytes], str] = {}
    for place, each in treated(configuration):
        if each.policy_name is not None and each.policy_name not in policies:
            text = f"there is no policy {each.policy_name!r} (there are: {', '.join(sorted(policies))})"
            yield (*place, "policy-name"), text
    for index, client in enumerate(configuration.client):
        where: Location = ("client", index)
        if client.client_class_name is not None and client.client_class_name not in classes:
            known = ", ".join(sorted(classes)) or "none"
            yield (
                (*place, "client-class-name"),
                f"there is no client-class {client.client_class_name!r} (there are: {known})",
            )
        identity = client_identity(client.name)
        if identity in seen and seen[identity].casefold() != client.name.casefold():
            yield (*where, "name"), f"{client.name} is the client {seen[identity]!r} too"
        seen.setdefault(identity, client.name)


def check_selections(configuration: Configuration) -> Iterator[Fault]:
    """Yield criteria that no scope and no prefix fits: their clients would never get a lease."""
    tags = [frozenset(each.selection_tags) for each in configuration.scope]
    tags += [frozenset(each.selection_tags) for each in configuration.prefix]
    for place, each in treated(configuration):
        wanted = frozenset(each.selection_criteria)
        if wanted and not any(wanted <= there for there in tags):
            text = f"no scope and no prefix has the selection-tags {', '.join(sorted(wanted))}"
            yield (*place, "selection-criteria"), text


def selected_pools(configuration: Configuration, wanted: ClientClass) -> frozenset[str]:
    """Return the names of the scopes and prefixes that a class selects."""
    tags = frozenset(wanted.selection_criteria)
    pools = [(each.name, each.selection_tags) for each in configuration.scope]
    pools += [(each.name, each.selection_tags) for each in configuration.prefix]
    return frozenset(name for name, there in pools if tags <= frozenset(there))


def check_limits(configuration: Configuration) -> Iterator[Fault]:
    """Yield limits that are not complete, and classes for further clients that have the same scopes or a limit."""
    classes = {each.name: each for each in configuration.client_class}
    for index, each in enumerate(configuration.client_class):
        place: Location = ("client-class", index)
        if (each.limitation_id is None) != (each.limitation_count is None):
            yield (*place, "limitation-count"), "limitation-id and limitation-count are set together"
        name = each.over_limit_client_class_name
        if name is None:
            continue
        where: Location = (*place, "over-limit-client-class-name")
        over = classes.get(name)
        if each.limitation_id is None:
            yield where, "it needs limitation-id and limitation-count"
        if over is None:
            yield where, f"there is no client-class {name!r} (there are: {', '.join(sorted(classes))})"
        elif over.limitation_id is not None:
            yield where, f"client-class {name!r} has a limit itself"
        elif shared := selected_pools(configuration, each) & selected_pools(configuration, over):
            yield where, f"both classes select {min(shared)!r}: further clients need scopes and prefixes of their own"


CHECKS = (check_clients, check_selections, check_limits)
"""The checks, for `check.CHECKS`."""
