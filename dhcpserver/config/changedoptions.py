"""Which prefixes have other options than before a reload, and a policy by which their clients are asked to get them."""

from dhcpserver.config.classes.policy import Policy
from dhcpserver.config.classes.prefix import Prefix
from dhcpserver.config.objects import Configuration
from dhcpserver.config.prefixes import encoded6

Sent = tuple[dict[int, bytes], dict[bytes, dict[int, bytes]]]
"""The options of all clients, and those of clients with a reservation."""


def prefixes_to_reconfigure(before: Configuration, after: Configuration) -> tuple[str, ...]:
    """Return the names of prefixes whose clients are asked (`reconfigure-on-reload`), in their order."""
    former = {prefix.name: _sent(before, prefix) for prefix in before.prefix}
    return tuple(
        prefix.name
        for prefix in after.prefix
        if _policy(after, prefix).reconfigure
        and _policy(after, prefix).reconfigure_on_reload
        and prefix.name in former
        and former[prefix.name] != _sent(after, prefix)
    )


def _policy(configuration: Configuration, prefix: Prefix) -> Policy:
    return next((each for each in configuration.policy if each.name == prefix.policy), Policy(name="default"))


def _sent(configuration: Configuration, prefix: Prefix) -> Sent:
    options = encoded6(_policy(configuration, prefix).v6_options) | encoded6(prefix.options)
    return options, {each.duid: encoded6(each.options) for each in prefix.reservations if each.options}
