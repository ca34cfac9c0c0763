"""Which tests are run for which folder of the server. Those that mirror the module are run first."""

from typing import NamedTuple


class Group(NamedTuple):
    """Modules by the beginning of their path, and the folders of their tests."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


SIMULATED = (
    *(
        f"tests/simulation/test_{each}.py"
        for each in (
            *("copies", "durability", "findings", "findings_rules", "former_survivors", "reservations_later", "reuse"),
            *("roles", "scenarios", "scenarios_leases", "shared_links", "table3", "table4", "wrong_clocks"),
        )
    ),
    "tests/mutation/runs.py",
)
"""The tests of the simulation without those of many seeds; a few seeds are tests of their own."""

GROUPS = {
    "failover": Group(("dhcpserver/failover/",), ("tests/failover", "tests/service", *SIMULATED)),
    "leases": Group(("dhcpserver/leases/",), ("tests/leases", "tests/service", "tests/failover", *SIMULATED)),
    "service": Group(
        ("dhcpserver/service/",), ("tests/service", "tests/failover", "tests/runtime", "tests/api", *SIMULATED)
    ),
    "storage": Group(("dhcpserver/storage/",), ("tests/storage", "tests/runtime", "tests/simulation/test_copies.py")),
}
