"""`make mutation GROUP=failover SAMPLE=10`: errors in a seeded sample of the places of each module.

An error that the nearest tests do not find can be tried with more of them: `--tests` and `--again`.

pytest collects the tests of the group once, and a first round records which functions each of them calls. For each
error a process is forked, in which the code of one function is exchanged and the tests that call it are run until one
fails, for `--budget` seconds at most. An error that no test finds is printed; the last lines are a table.
"""

import argparse
import importlib
import os
import pickle
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import CodeType

import pytest

from tests.mutation.groups import GROUPS
from tests.mutation.operators import Place, places
from tests.mutation.patching import UnreachableError, code_of, patch
from tests.mutation.reach import Function, Reach, record, worth_trying

SURVIVED, KILLED, UNREACHABLE, NOT_CALLED = 0, 1, 2, 3
FIRST_ROUND_SECONDS = 3600
ROOT = Path(__file__).resolve().parents[2]


class Mutation:
    """A plugin that runs the collected tests once for each error, in a process of its own."""

    def __init__(
        self,
        modules: Sequence[str],
        sample: int,
        seed: int,
        seconds: float,
        budget: float,
        again: Collection[str] = (),
    ) -> None:
        self._modules = modules
        self._sample = sample
        self._again = again
        self._seed = seed
        self._end = time.monotonic() + seconds
        self._budget = budget
        self._reach: Reach = {}
        self.results: dict[str, Counter[int]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Replace the loop over the tests. The first round has no error, and must pass."""
        items = list(session.items)
        with tempfile.NamedTemporaryFile() as reached:
            if self._forked(lambda: self._first_round(items, Path(reached.name)), FIRST_ROUND_SECONDS) != SURVIVED:
                raise pytest.UsageError("the tests fail without an error")
            self._reach = pickle.load(reached)
        for path in self._modules:
            if time.monotonic() > self._end:
                break
            self._try_module(items, path)
        return True

    def _try_module(self, items: list[pytest.Item], path: str) -> None:
        source = (ROOT / path).read_text(encoding="utf-8")
        name = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        found = [(place, compile(tree, path, "exec")) for place, tree in places(source)]
        if self._again:
            found = [each for each in found if _line(path, each[0]) in self._again]
        chosen = random.Random(f"{self._seed} {path}").sample(found, min(self._sample, len(found)))
        results = self.results.setdefault(path, Counter())
        results[-1] = len(found)
        for place, compiled in sorted(chosen, key=lambda each: each[0].number):
            if time.monotonic() > self._end:
                break
            outcome = self._try(items, path, place, compiled, name)
            results[outcome] += 1
            if outcome in (SURVIVED, NOT_CALLED):
                print(_line(path, place) + (" (no test calls it)" if outcome == NOT_CALLED else ""), flush=True)
        print(f"-- {path}: {results[KILLED]} killed, {results[SURVIVED]} survived, of {len(found)}", flush=True)

    def _try(self, items: list[pytest.Item], path: str, place: Place, compiled: CodeType, module: str) -> int:
        visits = self._reach.get(Function(str(ROOT / path), place.function), ())
        if not visits:
            return NOT_CALLED
        tests = worth_trying(visits, lambda test: _distance(items[test], path), self._budget)
        limit = 3 * sum(each.seconds for each in visits if each.test in tests) + 10
        return self._forked(lambda: self._run([items[each] for each in tests], place, compiled, module), limit)

    def _forked(self, run: Callable[[], int], limit: float) -> int:
        """Run the tests in a process of its own; a test that does not end counts as failed."""
        process = os.fork()
        if process == 0:
            os._exit(run())
        end = time.monotonic() + limit
        while time.monotonic() < end:
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else KILLED
            time.sleep(0.005)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        return KILLED

    def _first_round(self, items: list[pytest.Item], reached: Path) -> int:
        """Run all tests without an error, and write which functions they call."""
        failed = _silenced(items)
        found = record(len(items), lambda number: _run_test(items, number), str(ROOT / "dhcpserver"))
        reached.write_bytes(pickle.dumps(found))
        return KILLED if failed.any else SURVIVED

    def _run(self, items: list[pytest.Item], place: Place, compiled: CodeType, module: str) -> int:
        """Exchange the code, and run the tests until one fails."""
        try:
            patch(importlib.import_module(module), place.function, code_of(compiled, place.function))
        except UnreachableError:
            return UNREACHABLE
        failed = _silenced(items)
        for number in range(len(items)):
            _run_test(items, number)
            if failed.any:
                return KILLED
        return SURVIVED


def _silenced(items: list[pytest.Item]) -> "_Failed":
    """What notes the failures of this process, which writes nothing more."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    failed = _Failed()
    items[0].config.pluginmanager.register(failed)
    return failed


def _run_test(items: list[pytest.Item], number: int) -> None:
    following = items[number + 1] if number + 1 < len(items) else None
    items[number].config.hook.pytest_runtest_protocol(item=items[number], nextitem=following)


def _line(path: str, place: Place) -> str:
    """Return the line that is printed for an error that no test found."""
    return f"SURVIVED {path}:{place.line} {place.function}: {place.old}  ->  {place.new}"


class _Failed:
    """Notes whether a test failed."""

    any = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure."""
        self.any = self.any or report.failed


def _distance(item: pytest.Item, path: str) -> tuple[int, str]:
    """Return how far a test is from a module: 0 for a test of its name, 1 for its folder."""
    test = item.nodeid.split("::")[0]
    folder, name = path.removeprefix("dhcpserver/").rsplit("/", 1)
    if test.startswith(("tests/simulation", "tests/mutation")):
        return 3 + test.startswith("tests/mutation"), test
    if not test.startswith(f"tests/{folder}/"):
        return 2, test
    return (0 if name.removesuffix(".py") in test else 1), test


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("group", choices=sorted(GROUPS), help="which folder of the server")
    parser.add_argument("--module", action="append", help="only modules whose path contains this (repeatable)")
    parser.add_argument("--sample", type=int, default=10, help="errors in each module at most (default 10)")
    parser.add_argument("--seed", type=int, default=1, help="which sample (default 1)")
    parser.add_argument("--seconds", type=float, default=3600, help="no further error after that time (default 3600)")
    parser.add_argument("--budget", type=float, default=20, help="seconds of tests for each error (default 20)")
    parser.add_argument("--tests", action="append", help="run these tests instead of those of the group (repeatable)")
    parser.add_argument("--again", type=Path, help="only the errors that an earlier output of this command has")
    arguments = parser.parse_args()
    again = arguments.again.read_text().splitlines() if arguments.again else ()
    group = GROUPS[arguments.group]
    modules = sorted(
        str(path.relative_to(ROOT))
        for folder in group.modules
        for path in (ROOT / folder).rglob("*.py")
        if not arguments.module or any(part in str(path) for part in arguments.module)
    )
    mutation = Mutation(modules, arguments.sample, arguments.seed, arguments.seconds, arguments.budget, again)
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not live and not peer", "--capture=no"]
    pytest.main([*options, *(arguments.tests or group.tests)], plugins=[mutation])
    total: Counter[int] = Counter()
    for path, results in mutation.results.items():
        total.update(results)
        tried = results[KILLED] + results[SURVIVED] + results[NOT_CALLED]
        print(
            f"{path:55} {results[-1]:5} places {tried:4} made {results[SURVIVED]:3} survived "
            f"{results[NOT_CALLED]:3} not called"
        )
    made = total[KILLED] + total[SURVIVED] + total[NOT_CALLED]
    print(
        f"{made} errors in {len(mutation.results)} modules, {total[SURVIVED]} survived, "
        f"{total[NOT_CALLED]} in functions that no test calls, {total[UNREACHABLE]} not made"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
