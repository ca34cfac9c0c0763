"""`make claims`: would the tests that prove a rule fail if the rule were broken?

docs/claims.toml has for each rule an error: a piece of source that is there exactly once, and what replaces it. It is
made in a copy of the tree; then the tests that name the rule run, and at least one of them must fail. docs/rules.md
shows for each rule how it was broken.

    python -m tests.claims [R-nnn ...] [--jobs N]
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parent.parent
CLAIMS = ROOT / "docs" / "claims.toml"
COPIED = ("console", "dhcpserver", "snmp", "tests", "docs", "themes", "benchmarks", "pyproject.toml")
SLOW = ("tests/live/", "tests/peers/", "tests/simulation/test_seeds.py")
"""Tests with real processes, and the random runs: used only for a rule that has no other test."""
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+?::\w+)", re.MULTILINE)
SECONDS = 300


@dataclass(frozen=True, slots=True)
class Claim:
    """An error that breaks rules.

    Attributes:
        rules: numbers of the rules whose tests must fail.
        breaks: what the product then does wrong.
        file: the path of the changed file; `old` is there exactly once and becomes `new`.
    """

    rules: tuple[int, ...]
    breaks: str
    file: str
    old: str
    new: str

    def applied(self, root: Path) -> str:
        """Return the changed source. Raises LookupError if `old` is not there exactly once."""
        source = (root / self.file).read_text(encoding="utf-8")
        count = source.count(self.old)
        if count != 1:
            raise LookupError(f"{self.names()}: the source to be replaced is {count} times in {self.file}")
        return source.replace(self.old, self.new)

    def names(self) -> str:
        """Return the rules as text."""
        return " ".join(f"R-{rule:03d}" for rule in self.rules)


def read_claims() -> list[Claim]:
    """Return the rows of docs/claims.toml."""
    rows = tomllib.loads(CLAIMS.read_text(encoding="utf-8"))["claim"]
    return [
        Claim(tuple(int(rule[2:]) for rule in row["rules"]), row["breaks"], row["file"], row["old"], row["new"])
        for row in rows
    ]


def chosen_tests(claim: Claim, proven: Mapping[int, Collection[str]]) -> dict[int, set[str]]:
    """Return the tests of each rule, without the slow ones where there are others."""
    chosen = {}
    for rule in claim.rules:
        tests = set(proven.get(rule, ()))
        chosen[rule] = {test for test in tests if not test.startswith(SLOW)} or tests
    return chosen


def survivors(claim: Claim, tree: Path, proven: Mapping[int, Collection[str]]) -> list[str]:
    """Make the error in a copy of the tree and run the tests. Return what is wrong."""
    path = tree / claim.file
    original = path.read_text(encoding="utf-8")
    tests = chosen_tests(claim, proven)
    missing = [f"R-{rule:03d} has no test" for rule, names in tests.items() if not names]
    if missing:
        return missing
    path.write_text(claim.applied(tree), encoding="utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider"]
        command += sorted(set().union(*tests.values()))
        environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return []  # Tests that never end are tests that fail.
    finally:
        path.write_text(original, encoding="utf-8")
    if done.returncode not in (0, 1):
        return [f"pytest ended with {done.returncode}: {done.stdout[-300:]}{done.stderr[-300:]}"]
    failed = set(FAILED.findall(done.stdout))
    return [f"no test of R-{rule:03d} fails" for rule, names in tests.items() if not names & failed]


def run(claims: Sequence[Claim], jobs: int, proven: Mapping[int, Collection[str]]) -> int:
    """Try every claim; print what survives. Return the number of claims whose tests did not fail."""
    with tempfile.TemporaryDirectory() as folder:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            tree = Path(folder) / str(number)
            for name in COPIED:
                source = ROOT / name
                if source.is_dir():
                    shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(source, tree / name)
            trees.put(tree)

        def attempt(claim: Claim) -> list[str]:
            tree = trees.get()
            try:
                return survivors(claim, tree, proven)
            finally:
                trees.put(tree)

        wrong = 0
        with ThreadPoolExecutor(jobs) as pool:
            for claim, problems in zip(claims, pool.map(attempt, claims), strict=True):
                wrong += bool(problems)
                print(f"{'SURVIVES' if problems else 'caught  '} {claim.names()}: {claim.breaks}", flush=True)
                for problem in problems:
                    print(f"         {problem}", flush=True)
    return wrong


def main() -> int:
    """Try the claims of the given rules, or all of them."""
    from tests.requirements import proven  # It shows the claims, so it imports this module.

    parser = argparse.ArgumentParser(prog="python -m tests.claims", description=__doc__.partition("\n")[0])
    parser.add_argument("rules", nargs="*", metavar="R-nnn")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    wanted = {int(rule.removeprefix("R-")) for rule in options.rules}
    claims = [claim for claim in read_claims() if not wanted or wanted & set(claim.rules)]
    wrong = run(claims, options.jobs, proven())
    print(f"{len(claims)} errors made, {wrong} not noticed by a test of their rule")
    return 1 if wrong or not claims else 0


if __name__ == "__main__":
    sys.exit(main())
