"""`make mutants`: does the simulator detect errors of the server?

Each mutant is the product with one error: a piece of source that must appear exactly once is replaced before the module
is loaded, in a process of its own. It is detected when a seed violates an invariant. A mutant that does not apply any
more, or that no seed detects, is a failure.
"""

import argparse
import importlib.abc
import importlib.machinery
import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import dhcpserver


@dataclass(frozen=True, slots=True)
class Mutant:
    """An error.

    Attributes:
        name: what the server does wrong.
        module: the changed module.
        old, new: the original source, and the wrong one.
    """

    name: str
    module: str
    old: str
    new: str

    def apply(self) -> str:
        """Return the changed source of the module. Raises LookupError if the original is not there exactly once."""
        spec = importlib.machinery.PathFinder.find_spec(self.module, _packages(self.module))
        assert spec is not None
        assert spec.origin is not None
        source = Path(spec.origin).read_text(encoding="utf-8")
        count = source.count(self.old)
        if count != 1:
            raise LookupError(f"the source to be replaced is there {count} times in {spec.origin}")
        return source.replace(self.old, self.new)


def _packages(module: str) -> list[str]:
    """Return the paths of a package of the product."""
    return [str(Path(dhcpserver.__file__).parent.joinpath(*module.split(".")[1:-1]))]


MUTANTS = (
    Mutant(
        "emits replies although leases were not stored",
        "dhcpserver.service.turn",
        "        leases.commit(outputs.changes)",
        "        leases.commit([lease for lease in outputs.changes if lease.address % 4])",
    ),
    Mutant(
        "emits replies although the state was not stored",
        "dhcpserver.service.turn",
        "    if outputs.record is not None:\n        state.write_record(outputs.record)",
        "    if outputs.record is not None and outputs.record.state.value != 'PARTNER-DOWN':\n"
        "        state.write_record(outputs.record)",
    ),
    Mutant(
        "leases are not limited by the lead time",
        "dhcpserver.failover.bindings.leadtime",
        "    return min(desired, mclt + max(int(latest - now), 0))",
        "    return desired",
    ),
    Mutant(
        "MCLT is missing from the lead time",
        "dhcpserver.failover.bindings.leadtime",
        "    return min(desired, mclt + max(int(latest - now), 0))",
        "    return min(desired, max(int(latest - now), 1))",
    ),
    Mutant(
        "MCLT does not count before an address is given to another client without agreement",
        "dhcpserver.failover.bindings.leadtime",
        "    return mclt + max(lease.state_exp, latest, partner_down_time)",
        "    return max(lease.state_exp, latest, partner_down_time)",
    ),
    Mutant(
        "potentials do not count before an address is given to another client without agreement",
        "dhcpserver.failover.bindings.leadtime",
        "    if not latest:\n        return lease.state_exp",
        "    if latest is not None:\n        return lease.state_exp",
    ),
    Mutant(
        "the partner's share is used at once in PARTNER-DOWN",
        "dhcpserver.failover.bindings.leadtime",
        "    return max(entered, partner_down_time + mclt)",
        "    return entered",
    ),
    Mutant(
        "the partner's share of a dynamic BOOTP scope is used in PARTNER-DOWN",
        "dhcpserver.failover.bindings.leasing",
        "        if self._settings.pool(pool).dynamic_bootp:\n            return False",
        "",
    ),
    Mutant(
        "outdated updates are accepted",
        "dhcpserver.failover.bindings.acceptance",
        "    if fits:\n        return None",
        "    if fits or not fits:\n        return None",
    ),
    Mutant(
        "an update may end a lease that is active here",
        "dhcpserver.failover.bindings.acceptance",
        "        fits = now > lease.state_exp - (skew if end_sent else 0)",
        "        fits = True",
    ),
    Mutant(
        "an address that is given to the backup is the main's until the backup agrees",
        "dhcpserver.failover.pools.balance",
        "        self._book.set_status(lease, status, int(now))\n        self._updates.add(lease)",
        "        self._book.set_status(lease, status, int(now))\n        self._updates.add(lease)\n"
        "        lease.pool.free.add(address)",
    ),
    Mutant(
        "an address that is taken back is the main's before the backup agrees",
        "dhcpserver.failover.pools.balance",
        "        for lease in chosen:\n            self._updates.take_back(lease)",
        "        for lease in chosen:\n            self._book.set_status(lease, Status.FREE, lease.sos)\n"
        "            self._updates.add(lease)",
    ),
    Mutant(
        "ended leases are freed without the partner",
        "dhcpserver.failover.bindings.leasing",
        "        if self._alone:\n            self.due(lease, now)\n\n    def schedule",
        "        free_lease(self._book, lease, int(now))\n\n    def schedule",
    ),
    Mutant(
        "released leases are freed without the partner",
        "dhcpserver.failover.bindings.leasing",
        "        if self._alone and lease.status in PENDING:\n            self.due(lease, now)",
        "        if lease.status in PENDING:\n            free_lease(self._book, lease, int(now))",
    ),
    Mutant(
        "RECOVER-WAIT is skipped",
        "dhcpserver.failover.state.actions",
        "        until = record.time_of_failure + record.mclt if record.time_of_failure else now",
        "        until = now",
    ),
    Mutant(
        "silent states answer known clients",
        "dhcpserver.failover.pools.answering",
        "    AnswerRow(_SILENT, None, None, (N, N, N, N, N, N, N, N)),",
        "    AnswerRow(_SILENT, None, None, (N, N, K, K, N, N, N, N)),",
    ),
    Mutant(
        "load balancing ignores the buckets",
        "dhcpserver.failover.pools.answering",
        "        if hashed and belongs_to_main(key) is not self._main:",
        "        if hashed and belongs_to_main(key) is None:",
    ),
    Mutant(
        "UPDDONE does not wait for acknowledgements",
        "dhcpserver.failover.bindings.requests",
        "        return self.total is not None and self._updates.behind_barrier() == 0",
        "        return self.total is not None",
    ),
    Mutant(
        "UPDREQALL is answered like UPDREQ",
        "dhcpserver.failover.bindings.requests",
        "        mark = everything or bool(self._sweeps)",
        "        mark = bool(self._sweeps)",
    ),
    Mutant(
        "an acknowledgement does not clear the mark",
        "dhcpserver.failover.bindings.outgoing",
        "        lease.needs_update = False\n        if update.taken:",
        "        if update.taken:",
    ),
    Mutant(
        "the mark that an update is to be sent is not stored",
        "dhcpserver.storage.leasestore",
        "    lease.needs_update = bool(row[10] & _NEEDS_UPDATE)",
        "    lease.needs_update = False",
    ),
    Mutant(
        "updates in flight are not sent again after a lost connection",
        "dhcpserver.failover.bindings.outgoing",
        "            if update.lease.needs_update:\n                self._put(update.lease)",
        "            if update.lease.needs_update:\n                update.lease.needs_update = False",
    ),
    Mutant(
        "a shorter potential replaces a longer one",
        "dhcpserver.failover.bindings.incoming",
        "        lease.recv_pl = max(lease.recv_pl, update.potential)",
        "        lease.recv_pl = update.state_exp",
    ),
    Mutant(
        "a lost database is not detected",
        "dhcpserver.failover.state.tables",
        "        return (State.RECOVER, StartReason.LOST_DATABASE) if partner_has_record else (start, reason)",
        "        return start, reason",
    ),
    Mutant(
        "the main rejoins before the backup has acknowledged which of its addresses are leased",
        "dhcpserver.failover.bindings.exchange",
        "        return self.updates.behind_barrier() == 0",
        "        return True",
    ),
)


class Patching(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module with the error in it."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find only the mutant's module."""
        if fullname != self._mutant.module:
            return None
        found = importlib.machinery.PathFinder.find_spec(fullname, path)
        assert found is not None
        return importlib.util.spec_from_file_location(fullname, found.origin, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source. Raises LookupError if the mutant does not apply."""
        assert module.__file__ is not None
        exec(compile(self._mutant.apply(), module.__file__, "exec"), module.__dict__)


def find_seed(mutant: Mutant, seeds: int) -> dict[str, object]:
    """Load the product with the error in this process, and run seeds until one detects it."""
    sys.meta_path.insert(0, Patching(mutant))
    from tests.simulation.batch import run

    for seed in range(seeds):
        outcome = run(seed)
        if outcome.violation is not None:
            return {"seed": seed, "invariant": outcome.violation[0], "text": outcome.violation[1]}
    return {"seed": None}


@dataclass(frozen=True, slots=True)
class MutantResult:
    """The result for a mutant; `seed` is None if no seed detected it, and `text` has the reason."""

    mutant: Mutant
    seed: int | None
    invariant: str
    text: str


def run_mutant(mutant: Mutant, seeds: int) -> MutantResult:
    """Run a mutant in a process of its own."""
    command = [sys.executable, "-m", "tests.simulation.mutants", "--one", mutant.name, "--seeds", str(seeds)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return MutantResult(mutant, None, "", done.stderr.strip().splitlines()[-1] if done.stderr else "it did not run")
    found = json.loads(done.stdout)
    if found["seed"] is None:
        return MutantResult(mutant, None, "", f"not detected in {seeds} seeds")
    return MutantResult(mutant, found["seed"], found["invariant"], found["text"])


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.mutants", description=__doc__)
    parser.add_argument(
        "--seeds",
        type=int,
        default=1000,
        help="number of seeds for each mutant (default 1000)",
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    parser.add_argument(
        "--one",
        metavar="NAME",
        help="run one mutant, and print what detected it as JSON",
    )
    arguments = parser.parse_args()
    if arguments.one is not None:
        mutant = next(mutant for mutant in MUTANTS if mutant.name == arguments.one)
        print(json.dumps(find_seed(mutant, arguments.seeds)))
        return 0
    detected = 0
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for result in pool.map(lambda mutant: run_mutant(mutant, arguments.seeds), MUTANTS):
            detected += result.seed is not None
            by = f"{result.invariant:4} by seed {result.seed}" if result.seed is not None else "NOT DETECTED"
            print(f"{by:18}  {result.mutant.name}: {result.text}", flush=True)
    print(f"{detected} of {len(MUTANTS)} mutants detected")
    return 0 if detected == len(MUTANTS) else 1


if __name__ == "__main__":
    sys.exit(main())
