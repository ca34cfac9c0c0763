"""Free-address thresholds of a scope, a network, and scopes with equal tags; one trap for each crossing."""

import pytest

from dhcpserver.config.document import read
from dhcpserver.leases.book import Book
from dhcpserver.service.plan import Plan, PoolPlan
from dhcpserver.service.thresholds import FreeAddressThresholds, level_line
from snmp.mib.specs import TrapSpec

HEAD = """
[server]
name = "a"

[[addr-trap]]
name = "tight"
low-threshold = 50
high-threshold = 70
mode = "{mode}"
enable = {enable}
"""

SCOPE = """
[[scope]]
name = "{name}"
subnet = "10.0.{number}.0/24"
ranges = ["10.0.{number}.1-10.0.{number}.10"]
free-address-config = "tight"
relay-subnets = {relays}
selection-tags = {tags}
"""


class Scopes:
    """Scopes of ten addresses each, and the traps when some are leased."""

    def __init__(self, mode: str, *scopes: tuple[str, list[str], list[str]], enable: str = "true") -> None:
        text = HEAD.format(mode=mode, enable=enable)
        for number, (name, relays, tags) in enumerate(scopes):
            text += SCOPE.format(name=name, number=number, relays=relays, tags=tags)
        configuration = read(text)
        self.plans = Plan(configuration).pools
        self.thresholds = FreeAddressThresholds(configuration.addr_trap, self.plans.values())
        self.book = Book(plan.pool for plan in self.plans.values())

    def free(self, name: str, free: int) -> list[tuple[str, dict[str, object]]]:
        """Set the number of free addresses of a scope; return the traps."""
        plan: PoolPlan = self.plans[name]
        self.book.version += 1
        plan.pool.version = self.book.version
        first = plan.pool.ranges[0][0]
        for offset in range(10):
            address = first + offset
            if offset < free:
                plan.pool.free.add(address)
            else:
                plan.pool.free.discard(address)
        return [contents(spec) for _, spec in self.thresholds.check(self.book)]


def contents(spec: TrapSpec) -> tuple[str, dict[str, object]]:
    fields = dict(spec.fields)
    wanted = ("scope-name", "free-addresses", "threshold-type", "threshold-value")
    return spec.name, {name: fields[name] for name in wanted}


@pytest.mark.parametrize("ranges", ["[]", '["10.0.0.1"]'])
def test_a_scope_of_reservations_is_never_low(ranges: str) -> None:
    """No address of it is for any client, so none can become scarce."""
    text = (
        '[server]\nname = "a"\n[[scope]]\nname = "s"\nsubnet = "10.0.0.0/24"\n'
        f'ranges = {ranges}\n[[scope.reservations]]\nipaddr = "10.0.0.1"\nmac = "02:00:00:00:00:01"\n'
    )
    configuration = read(text)
    plans = Plan(configuration).pools
    thresholds = FreeAddressThresholds(configuration.addr_trap, plans.values())
    book = Book(plan.pool for plan in plans.values())
    assert list(thresholds.check(book)) == []


def test_one_low_trap_is_followed_by_one_high_trap() -> None:
    """The MIB: a trap on the first crossing only, until its counterpart was sent."""
    site = Scopes("scope", ("s0", [], []))
    names = [name for free in (6, 5, 4, 5, 6, 4, 7, 8, 7, 6, 5, 7) for name, _ in site.free("s0", free)]
    assert names == ["free-address-low", "free-address-high", "free-address-low", "free-address-high"]


def test_each_scope_has_its_own_level_in_mode_scope() -> None:
    site = Scopes("scope", ("s0", ["192.0.2.0/24"], []), ("s1", ["192.0.2.0/25"], []))
    assert site.free("s1", 5) == [
        (
            "free-address-low",
            {"scope-name": "s1", "free-addresses": 5, "threshold-type": 1, "threshold-value": "10.0.1.0"},
        )
    ]


def test_the_scopes_of_a_network_are_counted_together() -> None:
    """Section 2 of the MIB's thresholds: free and configured addresses are added up."""
    relay = ["192.0.2.0/24"]
    site = Scopes("network", ("s0", relay, []), ("s1", ["192.0.2.0/25"], []), ("s2", ["198.51.100.0/24"], []))
    assert site.free("s1", 0) == [
        (
            "free-address-low",
            {"scope-name": "s0", "free-addresses": 10, "threshold-type": 2, "threshold-value": "10.0.0.0"},
        )
    ]
    assert site.free("s0", 9) == []
    (high,) = site.free("s1", 5)
    assert high[0] == "free-address-high"
    assert high[1]["scope-name"] == "s0", "the clearing trap has the same scope as the trap that it clears"
    assert site.free("s2", 5)[0][1]["threshold-value"] == "10.0.2.0"


def test_two_networks_that_share_a_scope_are_one() -> None:
    site = Scopes(
        "network",
        ("s0", ["192.0.2.0/24"], []),
        ("s1", ["198.51.100.0/24"], []),
        ("s2", ["198.51.100.0/25", "192.0.2.0/25"], []),
    )
    assert site.free("s0", 0) == []
    assert site.free("s1", 5)[0][1]["free-addresses"] == 15


def test_scopes_with_equal_tags_are_counted_together_and_those_without_tags_alone() -> None:
    relay = ["192.0.2.0/24"]
    site = Scopes(
        "selection-tags",
        ("s0", relay, ["voice", "lab"]),
        ("s1", ["192.0.2.0/25"], ["lab", "voice"]),
        ("s2", ["192.0.2.128/25"], ["voice"]),
        ("s3", ["192.0.2.0/26"], []),
    )
    assert site.free("s1", 0)[0][1] == {
        "scope-name": "s0",
        "free-addresses": 10,
        "threshold-type": 3,
        "threshold-value": "lab,voice",
    }
    assert site.free("s2", 5)[0][1]["threshold-value"] == "voice"
    assert site.free("s3", 5)[0][1]["threshold-type"] == 1


def test_a_disabled_threshold_sends_no_trap() -> None:
    site = Scopes("scope", ("s0", [], []), enable="false")
    assert site.free("s0", 0) == []


@pytest.mark.parametrize(("low", "high", "free"), [(20, 25, 2), (0, 0, 0)])
def test_a_scope_without_an_addr_trap_has_its_own_thresholds(low: int, high: int, free: int) -> None:
    text = f"""
[server]
name = "a"
[[scope]]
name = "s0"
subnet = "10.0.0.0/24"
ranges = ["10.0.0.1-10.0.0.10"]
free-address-low = {low}
free-address-high = {high}
"""
    configuration = read(text)
    plan = Plan(configuration).pools["s0"]
    thresholds = FreeAddressThresholds(configuration.addr_trap, [plan])
    book = Book([plan.pool])
    for offset in range(free, 10):
        plan.pool.free.discard(plan.pool.ranges[0][0] + offset)
    assert [spec.name for _, spec in thresholds.check(book)] == ["free-address-low"]
    assert list(thresholds.check(book)) == []


def test_a_crossed_threshold_is_in_the_log() -> None:
    """18112 was promised, and nobody wrote it."""
    scopes = Scopes("scope", ("s0", [], []))
    level = scopes.thresholds.of_pool("s0")
    scopes.free("s0", 3)
    low = level_line(level)
    assert (low.id, low.level) == (18112, "Warning")
    assert low.text == "Scope s0: 3 of 10 addresses are free, at or below the low threshold of 50 %."
    scopes.free("s0", 8)
    high = level_line(level)
    assert (high.id, high.text.split(",")[0]) == (18127, "Scope s0: 8 of 10 addresses are free")
