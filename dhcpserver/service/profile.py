"""How a client is treated, by its object, its class, or a directory."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """How a client is treated.

    Attributes:
        policies: names of its policies, the nearest last.
        tags: selection tags that its scopes and prefixes have.
        host_name: its host name, "" for that which it sends.
        excluded: whether it gets no answer.
    """

    policies: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    host_name: str = ""
    excluded: bool = False


PLAIN = Profile()
"""A client like any other."""
