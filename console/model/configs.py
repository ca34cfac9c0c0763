"""A server's configuration as objects with attributes, in words, so that two servers can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Concern(StrEnum):
    """What a difference in a class of objects means."""

    SERVICE = "service"
    """What a client gets depends on which server answers."""
    SCOPE = "scope"
    """Addresses that one of them does not know are not protected by the other."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ConfigObject:
    """One object that both partners should have alike. `name` is empty for an object that is alone in its class."""

    kind: str
    name: str
    concern: Concern
    attributes: Mapping[str, str]
