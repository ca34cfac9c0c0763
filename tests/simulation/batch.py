"""Many runs in several processes; the outcomes are in the order of the seeds."""

import gc
import multiprocessing
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.simulation.outcome import Outcome
from tests.simulation.schedule import Schedule

RUNS_BETWEEN_COLLECTIONS = 20
"""A world has many reference cycles; automatic collection takes a fifth of the time of a run."""


@dataclass(slots=True)
class Summary:
    """The summary of a set of runs.

    Attributes:
        excused: duplicates under the proviso of I1; `excused_runs`: the runs that have any.
        seen: the counts of events of all runs; see RunLog.
        failed: the runs in which an invariant did not hold.
    """

    seeds: int = 0
    operations: int = 0
    excused: int = 0
    excused_runs: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    failed: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Add a run."""
        self.seeds += 1
        self.operations += outcome.operations
        self.excused += outcome.excused
        self.excused_runs += outcome.excused > 0
        self.seen.update(outcome.seen)
        if outcome.violation is not None:
            self.failed.append(outcome)


def run(seed: int) -> Outcome:
    """Execute a run."""
    if gc.isenabled():
        gc.disable()
    if seed % RUNS_BETWEEN_COLLECTIONS == 0:
        gc.collect()
    return Schedule(seed).run()


def outcomes(seeds: Iterable[int], jobs: int) -> Iterator[Outcome]:
    """Execute runs in `jobs` processes beside this one."""
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(run, seeds, chunksize=5)


def summary(seeds: Iterable[int], jobs: int) -> Summary:
    """Execute runs, and return their summary."""
    total = Summary()
    for outcome in outcomes(seeds, jobs):
        total.add(outcome)
    return total
