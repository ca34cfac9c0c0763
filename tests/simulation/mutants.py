"""`make mutants`: does the simulator detect errors of the server?

Each mutant is the product with one error: a piece of source that must appear exactly once is replaced before the module
is loaded, in a process of its own. It is detected when a seed violates an invariant. A mutant that does not apply any
more, or that no seed detects, is a failure.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.simulation.freshmutants import FRESH
from tests.simulation.mutant import Mutant, Patching
from tests.simulation.mutants6 import DHCPV6
from tests.simulation.mutantworlds import STATES, WORLD_OF
from tests.simulation.oldmutants import KNOWN

MUTANTS = (*KNOWN, *FRESH, *DHCPV6)


def find_seed(mutant: Mutant, seeds: int, states: int, worlds: Sequence[str] = ()) -> dict[str, object]:
    """Load the product with the error in this process, and run seeds until one detects it: those that can show it.

    With `states`, the small worlds are searched instead, up to that many states each, and for a minute at most.
    """
    sys.meta_path.insert(0, Patching(mutant))
    from tests.exhaustive.explore import Bounds
    from tests.exhaustive.worlds import search_for_mutants
    from tests.simulation.batch import run

    if states:
        found = search_for_mutants(Bounds(states, seconds=60, recovered=2 if worlds else 10), worlds)
        text = f"{found.states} states, {len(found.course)} moves: {found.violation}"
        return {"seed": 0 if found.violation else None, "invariant": found.small.name, "text": text}
    for seed in range(1, seeds, 2) if mutant in DHCPV6 else range(seeds):
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


def run_mutant(mutant: Mutant, seeds: int, states: int = 0, world: str = "") -> MutantResult:
    """Run a mutant in a process of its own; with `world`, search this small world only."""
    command = [sys.executable, "-m", "tests.simulation.mutants", "--one", mutant.name, "--world", world]
    command += ["--seeds", str(seeds), "--states", str(states)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return MutantResult(mutant, None, "", done.stderr.strip().splitlines()[-1] if done.stderr else "it did not run")
    found = json.loads(done.stdout)
    if found["seed"] is None:
        return MutantResult(mutant, None, "", f"not detected in {f'{states} states' if states else f'{seeds} seeds'}")
    return MutantResult(mutant, found["seed"], found["invariant"], found["text"])


def search_small(jobs: int) -> int:
    """Search the small world of each mutant that has one; all must be detected."""
    chosen = [mutant for mutant in MUTANTS if mutant.name in WORLD_OF]
    missing = WORLD_OF.keys() - {mutant.name for mutant in chosen}
    detected = 0
    with ThreadPoolExecutor(jobs) as pool:
        found = pool.map(lambda mutant: run_mutant(mutant, 0, STATES, WORLD_OF[mutant.name]), chosen)
        for result in found:
            detected += result.seed is not None
            by = result.invariant if result.seed is not None else "NOT DETECTED"
            print(f"{by:22}  {result.mutant.name}: {result.text}", flush=True)
    print(f"{detected} of {len(chosen)} mutants detected in their worlds", *sorted(missing), sep="; unknown: ")
    return 0 if detected == len(chosen) and not missing else 1


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.mutants", description=__doc__)
    parser.add_argument(
        "--seeds",
        type=int,
        default=1000,
        help="number of seeds for each mutant (default 1000)",
    )
    parser.add_argument("--states", type=int, default=0, help="search small worlds instead, up to so many states each")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    parser.add_argument(
        "--one",
        metavar="NAME",
        help="run one mutant, and print what detected it as JSON",
    )
    parser.add_argument("--world", default="", help="with --one and --states: search this small world only")
    parser.add_argument("--small", action="store_true", help="search for each mutant the small world that shows it")
    parser.add_argument("--dhcpv6", action="store_true", help="only the errors of DHCPv6")
    arguments = parser.parse_args()
    if arguments.one is not None:
        mutant = next(mutant for mutant in MUTANTS if mutant.name == arguments.one)
        worlds = [arguments.world] if arguments.world else []
        print(json.dumps(find_seed(mutant, arguments.seeds, arguments.states, worlds)))
        return 0
    if arguments.small:
        return search_small(arguments.jobs)
    detected = 0
    chosen = DHCPV6 if arguments.dhcpv6 else MUTANTS
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for result in pool.map(lambda mutant: run_mutant(mutant, arguments.seeds, arguments.states), chosen):
            detected += result.seed is not None
            by = f"{result.invariant:4} by seed {result.seed}" if result.seed is not None else "NOT DETECTED"
            if arguments.states and result.seed is not None:
                by = result.invariant
            print(f"{by:18}  {result.mutant.name}: {result.text}", flush=True)
    print(f"{detected} of {len(chosen)} mutants detected")
    return 0 if detected == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
