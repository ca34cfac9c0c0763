"""Large configurations: `python -m benchmarks.configuration`.

Reads 10,000 scopes, and makes and applies the report of a synchronisation of 1,000 scopes with 5,000 reservations, to a
target that has none of them and to one in which every tenth scope differs. Processor seconds, the best of three.
"""

import time
import tomllib
from collections.abc import Callable

from dhcpserver.config.document import read
from dhcpserver.config.sync.change import Document
from dhcpserver.config.sync.plan import apply, plan
from dhcpserver.config.syncrows import Operation

ROUNDS = 3
HEAD = """
[server]
name = "{name}"
[[cluster]]
name = "a"
ipaddr = "127.0.0.1"
[[cluster]]
name = "b"
ipaddr = "127.0.0.2"
[[failover-pair]]
name = "pair"
main = "a"
backup = "b"
[[policy]]
name = "default"
"""
GOALS = {
    "read 10,000 scopes": 5.0,
    "report, all missing": 2.0,
    "apply, all missing": 5.0,
    "report, a tenth differs": 2.0,
}
"""Seconds."""


def text(name: str, scopes: int, reservations: int, percent: Callable[[int], int] = lambda number: 50) -> str:
    """Return a configuration with so many scopes, and so many reservations in each."""
    parts = [HEAD.format(name=name)]
    for number in range(scopes):
        net = f"{10 + number // 65_536}.{number // 256 % 256}.{number % 256}"
        parts.append(f'[[scope]]\nname = "scope-{number}"\nsubnet = "{net}.0/24"\nranges = ["{net}.10-{net}.200"]\n')
        parts.append(f"backup-pct = {percent(number)}\n")
        for host in range(1, reservations + 1):
            mac = f"02:00:{number // 65_536:02x}:{number // 256 % 256:02x}:{number % 256:02x}:{host:02x}"
            parts.append(f'[[scope.reservations]]\nipaddr = "{net}.{host}"\nmac = "{mac}"\n')
    return "".join(parts)


def best(work: Callable[[], object]) -> float:
    """Return the least processor time of a few runs."""
    found = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def measure() -> dict[str, float]:
    """Return the seconds of each step."""
    many = text("a", 10_000, 0)
    source: Document = tomllib.loads(text("a", 1000, 5))
    empty: Document = tomllib.loads(text("b", 0, 0))
    other: Document = tomllib.loads(text("b", 1000, 5, lambda number: 50 if number % 10 else 40))
    report = plan(source, empty, Operation.EXACT)
    return {
        "read 10,000 scopes": best(lambda: read(many)),
        "report, all missing": best(lambda: plan(source, empty, Operation.EXACT)),
        "apply, all missing": best(lambda: apply(report, empty)),
        "report, a tenth differs": best(lambda: plan(source, other, Operation.EXACT)),
    }


def main() -> None:
    """Print a table."""
    print("| step | seconds | goal |\n|---|---|---|")
    for step, seconds in measure().items():
        print(f"| {step} | {seconds:.2f} | {GOALS[step]:.0f} |")


if __name__ == "__main__":
    main()
