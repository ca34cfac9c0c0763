"""`make mutation GROUP=failover SAMPLE=10`: errors in a seeded sample of the places of each module.

An error that the nearest tests do not find can be tried with more of them: `--tests` and `--again`.

pytest collects the tests of the group once. For each error a process is forked, in which the code of one function is
exchanged and the tests are run until one fails. An error that no test finds is printed; the last lines are a table.
"""

import argparse
import importlib
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from types import CodeType

import pytest

from tests.mutation.groups import GROUPS
from tests.mutation.operators import Place, places
from tests.mutation.patching import UnreachableError, code_of, patch

SURVIVED, KILLED, UNREACHABLE = 0, 1, 2
ROOT = Path(__file__).resolve().parents[2]


class Mutation:
    """A plugin that runs the collected tests once for each error, in a process of its own."""

    def __init__(
        self, modules: Sequence[str], sample: int, seed: int, seconds: float, again: Collection[str] = ()
    ) -> None:
        self._modules = modules
        self._sample = sample
        self._again = again
        self._seed = seed
        self._end = time.monotonic() + seconds
        self.results: dict[str, Counter[int]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Replace the loop over the tests. The first round has no error, and must pass."""
        items = list(session.items)
        began = time.monotonic()
        if self._forked(items, None, None, "", 600) != SURVIVED:
            raise pytest.UsageError("the tests fail without an error")
        limit = 3 * (time.monotonic() - began) + 10
        for path in self._modules:
            if time.monotonic() > self._end:
                break
            self._try_module(items, path, limit)
        return True

    def _try_module(self, items: list[pytest.Item], path: str, limit: float) -> None:
        source = (ROOT / path).read_text(encoding="utf-8")
        name = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        found = [(place, compile(tree, path, "exec")) for place, tree in places(source)]
        if self._again:
            found = [each for each in found if _line(path, each[0]) in self._again]
        chosen = random.Random(f"{self._seed} {path}").sample(found, min(self._sample, len(found)))
        results = self.results.setdefault(path, Counter())
        results[-1] = len(found)
        nearest = sorted(items, key=lambda item: _distance(item, path))
        for place, compiled in sorted(chosen, key=lambda each: each[0].number):
            if time.monotonic() > self._end:
                break
            outcome = self._forked(nearest, place, compiled, name, limit)
            results[outcome] += 1
            if outcome == SURVIVED:
                print(_line(path, place), flush=True)
        print(f"-- {path}: {results[KILLED]} killed, {results[SURVIVED]} survived, of {len(found)}", flush=True)

    def _forked(
        self, items: list[pytest.Item], place: Place | None, compiled: CodeType | None, module: str, limit: float
    ) -> int:
        """Run the tests in a process of its own; a test that does not end counts as failed."""
        process = os.fork()
        if process == 0:
            os._exit(self._run(items, place, compiled, module))
        end = time.monotonic() + limit
        while time.monotonic() < end:
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else KILLED
            time.sleep(0.01)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        return KILLED

    def _run(self, items: list[pytest.Item], place: Place | None, compiled: CodeType | None, module: str) -> int:
        """Exchange the code, and run the tests until one fails."""
        if place is not None and compiled is not None:
            try:
                patch(importlib.import_module(module), place.function, code_of(compiled, place.function))
            except UnreachableError:
                return UNREACHABLE
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        failed = _Failed()
        items[0].config.pluginmanager.register(failed)
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if failed.any:
                return KILLED
        return SURVIVED


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
    if test.startswith("tests/simulation"):
        return 3, test
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
    mutation = Mutation(modules, arguments.sample, arguments.seed, arguments.seconds, again)
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not live and not peer", "--capture=no"]
    pytest.main([*options, *(arguments.tests or group.tests)], plugins=[mutation])
    total: Counter[int] = Counter()
    for path, results in mutation.results.items():
        total.update(results)
        tried = results[KILLED] + results[SURVIVED]
        print(f"{path:55} {results[-1]:5} places {tried:4} made {results[SURVIVED]:3} survived")
    made = total[KILLED] + total[SURVIVED]
    print(
        f"{made} errors in {len(mutation.results)} modules, {total[SURVIVED]} survived, {total[UNREACHABLE]} not made"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
