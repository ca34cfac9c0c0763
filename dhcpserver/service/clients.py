"""How a client is treated: its class, its policies, and the scopes and prefixes that it selects.

A client is found by its hardware address or its DUID, else it is the client `default`. Its policies are before those of
scope and prefix: the nearest one that sets an attribute or an option counts, in this order: reservation, client,
client-class, scope or prefix, their policy. A client with criteria gets leases of scopes and prefixes that have all of
these tags; a lease elsewhere is not extended.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from dhcpserver.config.classes.client import Client, ClientClass
from dhcpserver.config.classes.policy import Policy
from dhcpserver.config.clients import selected_pools
from dhcpserver.config.objects import Configuration
from dhcpserver.config.values import client_identity
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease
from dhcpserver.service.limits import Limits, value4, value6
from dhcpserver.service.plan import Network, PoolPlan
from dhcpserver.service.profile import PLAIN, Limit, Profile
from dhcpserver.service.query import Query
from dhcpserver.service.v6.plan import Link6, PrefixPlan, link_of_plans
from dhcpserver.service.v6.query import Query6

REMEMBERED = 4096
"""Networks and links of profiles that are remembered at most."""


Plans = TypeVar("Plans", PoolPlan, PrefixPlan)


class Clients:
    """The clients of one configuration.

    Attributes:
        active: whether clients and client-classes count.
        counts: the clients of classes with a limit.
    """

    def __init__(self, configuration: Configuration) -> None:
        self.active = configuration.server.client_class
        self._policies = {each.name: each for each in configuration.policy}
        self._policies.setdefault("default", Policy(name="default"))
        self._classes = {each.name: each for each in configuration.client_class}
        self._limits = {each.name: self._limit(configuration, each) for each in configuration.client_class}
        self._known: dict[tuple[bytes, bytes], Profile] = {
            client_identity(each.name): self.profile(each) for each in configuration.client
        }
        self.counts = Limits(self.kinds)
        self._default = self._known.pop((b"", b""), PLAIN)
        self._networks: dict[tuple[Network, tuple[str, ...], frozenset[str]], Network | None] = {}
        self._links: dict[tuple[Link6, tuple[str, ...], frozenset[str]], Link6 | None] = {}

    def profile(self, client: Client) -> Profile:
        """Return how a client is treated. An unknown class or policy counts as none."""
        of_class = self._classes.get(client.client_class_name or "")
        named = ((of_class.policy_name if of_class else None), client.policy_name)
        tags = client.selection_criteria or (of_class.selection_criteria if of_class else ())
        return Profile(
            tuple(name for name in named if name in self._policies and name is not None),
            frozenset(tags),
            client.host_name or "",
            client.action == "exclude",
            None if client.selection_criteria else self._limits.get(client.client_class_name or ""),
        )

    @property
    def kinds(self) -> set[str]:
        """What clients are counted by."""
        return {each.kind for each in self._limits.values() if each is not None} if self.active else set()

    def _limit(self, configuration: Configuration, of: ClientClass) -> Limit | None:
        if of.limitation_id is None or of.limitation_count is None:
            return None
        pools = selected_pools(configuration, of)
        over = self._classes.get(of.over_limit_client_class_name or "")
        if over is None:
            return Limit(of.limitation_id, of.limitation_count, pools)
        policies = (over.policy_name,) if over.policy_name in self._policies and over.policy_name is not None else ()
        profile = Profile(policies, frozenset(over.selection_criteria))
        return Limit(of.limitation_id, of.limitation_count, pools, profile, selected_pools(configuration, over))

    def check(self, client: Client) -> None:
        """Raise ValueError for a client with a class or a policy that does not exist."""
        for what, name, there in (
            ("client-class", client.client_class_name, self._classes),
            ("policy", client.policy_name, self._policies),
        ):
            if name is not None and name not in there:
                raise ValueError(f"there is no {what} {name!r}")

    def known(self, hardware: bytes, duid: bytes) -> Profile | None:
        """Return the profile of a client with an object of its own; None for others."""
        return self._known.get((b"", duid)) or self._known.get((hardware, b""))

    def find(self, hardware: bytes, duid: bytes) -> Profile:
        """Return the profile of a client: its own, or that of `default`."""
        return (self.known(hardware, duid) or self._default) if self.active else PLAIN

    def treated4(self, query: Query, book: Book) -> Profile:
        """Return how the client of a DHCPv4 message is treated."""
        profile = query.guidance.profile or self.find(query.hardware, b"")
        if profile.limit is None:
            return profile
        value = value4(query.relay_info, profile.limit.kind)
        return self.counts.profile(profile, profile.limit, value, book.of_client(query.key))

    def treated6(self, query: Query6, leases: Iterable[Lease]) -> Profile:
        """Return how the client of a DHCPv6 message is treated; `leases`: its own."""
        hardware = b"\1" + query.hardware if query.hardware else b""
        profile = query.guidance.profile or self.find(hardware, query.duid)
        if profile.limit is None:
            return profile
        value = value6(query.message.relays, profile.limit.kind)
        return self.counts.profile(profile, profile.limit, value, leases)

    def network(self, network: Network, profile: Profile) -> Network | None:
        """Return the network of a client with the scopes that it selects; None if there is none."""
        if not profile.policies and not profile.tags:
            return network
        key = (network, profile.policies, profile.tags)
        if key not in self._networks:
            pools = self._selected({plan: frozenset(plan.scope.selection_tags) for plan in network.pools}, profile)
            if len(self._networks) >= REMEMBERED:
                self._networks.clear()
            self._networks[key] = Network(pools) if pools else None
        return self._networks[key]

    def link(self, link: Link6, profile: Profile) -> Link6 | None:
        """Return the link of a client with the prefixes that it selects; None if there is none."""
        if not profile.policies and not profile.tags:
            return link
        key = (link, profile.policies, profile.tags)
        if key not in self._links:
            plans = self._selected({plan: plan.tags for plan in link.prefixes}, profile)
            if len(self._links) >= REMEMBERED:
                self._links.clear()
            self._links[key] = link_of_plans(plans) if plans else None
        return self._links[key]

    def _selected(self, plans: Mapping[Plans, frozenset[str]], profile: Profile) -> tuple[Plans, ...]:
        policies = [self._policies[name] for name in profile.policies]
        found = [plan for plan, tags in plans.items() if profile.tags <= tags]
        return tuple(plan.nearer(policies) for plan in found) if policies else tuple(found)
