"""Many runs, in several processes; what became of them comes in the order of the seeds."""

import gc
import multiprocessing
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.simulation.schedule import Outcome, Schedule

RUNS_BETWEEN_COLLECTIONS = 20
"""A world is full of cycles; to look for garbage all the time costs a fifth of a run."""


@dataclass(slots=True)
class Summary:
    """What became of a batch.

    Attributes:
        excused: duplicates under the proviso of I1; `doubtful`: the runs that had any.
        seen: what happened, of all runs; see Story.
        failed: the runs in which an invariant did not hold.
    """

    seeds: int = 0
    operations: int = 0
    excused: int = 0
    doubtful: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    failed: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """One more."""
        self.seeds += 1
        self.operations += outcome.operations
        self.excused += outcome.excused
        self.doubtful += outcome.excused > 0
        self.seen.update(outcome.seen)
        if outcome.violation is not None:
            self.failed.append(outcome)


def run(seed: int) -> Outcome:
    """One run."""
    if gc.isenabled():
        gc.disable()
    if seed % RUNS_BETWEEN_COLLECTIONS == 0:
        gc.collect()
    return Schedule(seed).run()


def outcomes(seeds: Iterable[int], jobs: int) -> Iterator[Outcome]:
    """Run them all, in `jobs` processes beside this one."""
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(run, seeds, chunksize=5)


def summary(seeds: Iterable[int], jobs: int) -> Summary:
    """Run them all, and add up."""
    total = Summary()
    for outcome in outcomes(seeds, jobs):
        total.add(outcome)
    return total
