"""`make explore WORLD=NAME`: search one world; `make prove`: all worlds and the larger ones.

Prints what was searched, and the story of the first violation of each world; the exit status is 1 if there is one.
"""

import argparse
import multiprocessing
import sys
from collections.abc import Sequence
from functools import partial

from tests.exhaustive.explore import Bounds, story
from tests.exhaustive.worlds import NAMED, search_named


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.exhaustive", description=__doc__)
    parser.add_argument("--world", choices=sorted(NAMED), help="the world (default: all)")
    parser.add_argument("--states", type=int, default=20_000, help="states of each world at most (default 20000)")
    parser.add_argument("--seconds", type=float, default=3600, help="seconds for each world at most (default 3600)")
    parser.add_argument("--recovered", type=int, default=20, help="recover from one in so many states (default 20)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    arguments = parser.parse_args()
    bounds = Bounds(arguments.states, seconds=arguments.seconds, recovered=arguments.recovered)
    names = sorted(NAMED) if arguments.world is None else [arguments.world]
    return report(names, bounds, min(arguments.jobs, len(names)))


def report(names: Sequence[str], bounds: Bounds, jobs: int) -> int:
    """Search worlds, and print the outcomes."""
    broken = 0
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for found in pool.imap(partial(search_named, bounds), names):
            print(found, flush=True)
            if found.violation:
                broken += 1
                print("\n".join(shortened(story(found.small, found.course))), flush=True)
    print(f"{len(names)} worlds, {broken} with a violation")
    return 1 if broken else 0


STORY_LINES = 60


def shortened(lines: list[str]) -> list[str]:
    """Return the lines of a story without the middle of a long one."""
    if len(lines) <= STORY_LINES:
        return lines
    half = STORY_LINES // 2
    return [*lines[:half], f"          ... {len(lines) - 2 * half} lines ...", *lines[-half:]]


if __name__ == "__main__":
    sys.exit(main())
