"""`make simulate SEEDS=N FIRST=K`: run seeds K to K+N-1. `--log SEED` prints the log of one run.

The last line is `N seeds, M operations, V violations`; the exit status is 1 if V is not 0.
"""

import argparse
import sys
import time

from tests.simulation.batch import Summary, outcomes
from tests.simulation.schedule import Schedule

PROGRESS_PARTS = 5


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="number of seeds (default 1000)")
    parser.add_argument("--first", type=int, default=0, help="first seed (default 0)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--log", type=int, metavar="SEED", help="print the log of one run")
    arguments = parser.parse_args()
    if arguments.log is not None:
        return print_log(arguments.log)
    return simulate(arguments.first, arguments.seeds, arguments.jobs)


def print_log(seed: int) -> int:
    """Print the log of one run."""
    schedule = Schedule(seed)
    outcome = schedule.run()
    print("\n".join(schedule.world.log.lines()))
    return 1 if outcome.violation else 0


def simulate(first: int, seeds: int, jobs: int) -> int:
    """Run the seeds, and print the violations and a summary."""
    began = time.perf_counter()
    total = Summary()
    step = max(seeds // PROGRESS_PARTS, 1)
    for outcome in outcomes(range(first, first + seeds), jobs):
        total.add(outcome)
        if outcome.violation is not None:
            print(f"\nseed {outcome.seed}: {outcome.violation[1]}")
            print("\n".join(outcome.log), flush=True)
        if total.seeds % step == 0 and total.seeds < seeds:
            print(f"... {total.seeds} of {seeds} seeds, {len(total.failed)} violations", flush=True)
    seconds = time.perf_counter() - began
    print(f"{total.excused} excused duplicates (the partner served after the partner-down time), in", end=" ")
    print(f"{total.excused_runs} of {total.seeds} seeds")
    print(f"{total.operations / seconds:.0f} simulated operations per second, {seconds:.1f} s with {jobs} processes")
    print(f"{total.seeds} seeds, {total.operations} operations, {len(total.failed)} violations")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
