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
        limit: how many such clients there can be at one place; None for any number.
    """

    policies: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    host_name: str = ""
    excluded: bool = False
    limit: "Limit | None" = None


@dataclass(frozen=True, slots=True)
class Limit:
    """How many clients of a class there can be at one place.

    Attributes:
        kind: what the place is: `circuit-id` or `remote-id`.
        count: how many.
        pools: names of the scopes and prefixes of the class.
        over: how further clients are treated; None: they get no answer.
        over_pools: names of the scopes and prefixes for these.
    """

    kind: str
    count: int
    pools: frozenset[str]
    over: Profile | None = None
    over_pools: frozenset[str] = frozenset()


PLAIN = Profile()
"""A client like any other."""
