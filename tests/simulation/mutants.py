"""`make mutants`: does the simulator notice when the server is wrong?

Each mutant is the product with one mistake: a piece of source that must be there exactly once is replaced before the
module is loaded, in a process of its own. It is caught when some seed violates an invariant. A mutant that does not
apply any more, or that no seed catches, is a failure.
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
    """A mistake.

    Attributes:
        name: what the mistaken server does.
        module: where.
        old, new: the source as it is, and the mistake.
    """

    name: str
    module: str
    old: str
    new: str

    def apply(self) -> str:
        """The module's source with the mistake in it. Raises LookupError when what it replaces is not there once."""
        spec = importlib.machinery.PathFinder.find_spec(self.module, _packages(self.module))
        assert spec is not None
        assert spec.origin is not None
        source = Path(spec.origin).read_text(encoding="utf-8")
        count = source.count(self.old)
        if count != 1:
            raise LookupError(f"the source to be replaced is there {count} times in {spec.origin}")
        return source.replace(self.old, self.new)


def _packages(module: str) -> list[str]:
    """Where the modules of a package of the product are."""
    return [str(Path(dhcpserver.__file__).parent.joinpath(*module.split(".")[1:-1]))]


MUTANTS = (
    Mutant(
        "replies leave although leases were not stored",
        "dhcpserver.service.turn",
        "        leases.commit(outputs.changes)",
        "        leases.commit([lease for lease in outputs.changes if lease.address % 4])",
    ),
    Mutant(
        "replies leave although the state was not stored",
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
        "MCLT is missing from when an address may be given to another alone",
        "dhcpserver.failover.bindings.leadtime",
        "    return mclt + max(lease.state_exp, latest, partner_down_time)",
        "    return max(lease.state_exp, latest, partner_down_time)",
    ),
    Mutant(
        "potentials do not count for when an address may be given to another alone",
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
        "an update may end a lease that still runs here",
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
        "silent states answer those whom they know",
        "dhcpserver.failover.pools.answering",
        "    AnswerRow(_SILENT, None, None, (N, N, N, N, N, N, N, N)),",
        "    AnswerRow(_SILENT, None, None, (N, N, K, K, N, N, N, N)),",
    ),
    Mutant(
        "load balancing does not look at the buckets",
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
        "the mark that the partner must hear is not stored",
        "dhcpserver.storage.leasestore",
        "    lease.needs_update = bool(row[10] & _NEEDS_UPDATE)",
        "    lease.needs_update = False",
    ),
    Mutant(
        "what was in flight when the connection broke is not sent again",
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
        "a lost database is not noticed",
        "dhcpserver.failover.state.tables",
        "        return (State.RECOVER, StartReason.LOST_DATABASE) if partner_has_record else (start, reason)",
        "        return start, reason",
    ),
    Mutant(
        "the main rejoins before the backup knows which of its addresses are gone",
        "dhcpserver.failover.bindings.exchange",
        "        return self.updates.behind_barrier() == 0",
        "        return True",
    ),
)


class Patching(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module with the mistake in it."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Only the mutant's module."""
        if fullname != self._mutant.module:
            return None
        found = importlib.machinery.PathFinder.find_spec(fullname, path)
        assert found is not None
        return importlib.util.spec_from_file_location(fullname, found.origin, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source. Raises LookupError when the mutant does not apply."""
        assert module.__file__ is not None
        exec(compile(self._mutant.apply(), module.__file__, "exec"), module.__dict__)


def catch(mutant: Mutant, seeds: int) -> dict[str, object]:
    """In this process: load the product with the mistake, and run seeds until one catches it."""
    sys.meta_path.insert(0, Patching(mutant))
    from tests.simulation.batch import run

    for seed in range(seeds):
        outcome = run(seed)
        if outcome.violation is not None:
            return {"seed": seed, "invariant": outcome.violation[0], "text": outcome.violation[1]}
    return {"seed": None}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant; `seed` is None when nothing caught it, and `text` says why."""

    mutant: Mutant
    seed: int | None
    invariant: str
    text: str


def judge(mutant: Mutant, seeds: int) -> Verdict:
    """In a process of its own."""
    command = [sys.executable, "-m", "tests.simulation.mutants", "--one", mutant.name, "--seeds", str(seeds)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return Verdict(mutant, None, "", done.stderr.strip().splitlines()[-1] if done.stderr else "it did not run")
    found = json.loads(done.stdout)
    if found["seed"] is None:
        return Verdict(mutant, None, "", f"not caught in {seeds} seeds")
    return Verdict(mutant, found["seed"], found["invariant"], found["text"])


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.mutants", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="at most so many for each mutant (default 1000)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--one", metavar="NAME", help="run one, and print what caught it as JSON")
    arguments = parser.parse_args()
    if arguments.one is not None:
        mutant = next(mutant for mutant in MUTANTS if mutant.name == arguments.one)
        print(json.dumps(catch(mutant, arguments.seeds)))
        return 0
    caught = 0
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for verdict in pool.map(lambda mutant: judge(mutant, arguments.seeds), MUTANTS):
            caught += verdict.seed is not None
            by = f"{verdict.invariant:4} by seed {verdict.seed}" if verdict.seed is not None else "NOT CAUGHT"
            print(f"{by:18}  {verdict.mutant.name}: {verdict.text}", flush=True)
    print(f"{caught} of {len(MUTANTS)} mutants caught")
    return 0 if caught == len(MUTANTS) else 1


if __name__ == "__main__":
    sys.exit(main())
