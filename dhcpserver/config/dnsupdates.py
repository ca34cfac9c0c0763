"""Checks of DNS updates: keys that are none, and references to what does not exist."""

import base64
import binascii
from collections.abc import Iterator

from dhcpserver.config.objects import Configuration
from dhcpserver.config.options import Fault


def check_keys(configuration: Configuration) -> Iterator[Fault]:
    """Yield secrets that are not base64, and names that are not domain names."""
    for index, key in enumerate(configuration.key):
        try:
            octets = base64.b64decode(key.secret.get_secret_value(), validate=True)
        except (binascii.Error, ValueError):
            octets = b""
        if not octets:
            yield ("key", index, "secret"), "it is octets in base64, as tsig-keygen prints them"


def check_updates(configuration: Configuration) -> Iterator[Fault]:
    """Yield keys and configurations that do not exist, and policies without a zone for names."""
    keys = {each.name for each in configuration.key}
    known = {each.name: each for each in configuration.dns_update_config}
    for index, each in enumerate(configuration.dns_update_config):
        if each.server_key is not None and each.server_key not in keys:
            text = f"there is no key {each.server_key!r} (there are: {', '.join(sorted(keys)) or 'none'})"
            yield ("dns-update-config", index, "server-key"), text
    for index, policy in enumerate(configuration.policy):
        named = (("forward-dnsupdate", policy.forward_dnsupdate), ("reverse-dnsupdate", policy.reverse_dnsupdate))
        for attribute, wanted in named:
            if wanted is not None and wanted not in known:
                text = f"there is no dns-update-config {wanted!r} (there are: {', '.join(sorted(known)) or 'none'})"
                yield ("policy", index, attribute), text
        zones = {policy.forward_zone_name, *(known[name].forward_zone_name for _, name in named if name in known)}
        if any(name for _, name in named) and zones == {None}:
            yield ("policy", index, "forward-zone-name"), "names need a zone: set it here or in the dns-update-config"
        if policy.forward_zone_name is not None and not any(name for _, name in named):
            yield ("policy", index, "forward-zone-name"), "it needs forward-dnsupdate or reverse-dnsupdate"


CHECKS = (check_keys, check_updates)
"""The checks, for `check.CHECKS`."""
