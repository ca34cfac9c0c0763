"""Which tests are run for which folder of the server. Those that mirror the module are run first."""

from typing import NamedTuple


class Group(NamedTuple):
    """Modules by the beginning of their path, and the folders of their tests."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


GROUPS = {
    "failover": Group(("dhcpserver/failover/",), ("tests/failover", "tests/service", "tests/simulation")),
    "leases": Group(("dhcpserver/leases/",), ("tests/leases", "tests/service", "tests/failover")),
    "service": Group(("dhcpserver/service/",), ("tests/service", "tests/failover", "tests/runtime")),
    "storage": Group(("dhcpserver/storage/",), ("tests/storage", "tests/runtime", "tests/simulation")),
}
