"""A seed gives the same log in each process, and the command prints a summary."""

import os
import re
import subprocess
import sys

import pytest


def command(*arguments: str, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.simulation", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
    )


@pytest.mark.parametrize("seed", [3, 20, 41])
def test_a_seed_gives_the_same_log_in_each_process(seed: int) -> None:
    logs = [command("--log", str(seed), hash_seed=hash_seed).stdout for hash_seed in ("1", "2")]
    assert logs[0] == logs[1]
    assert len(logs[0].splitlines()) > 500
    assert re.search(r"^ +\d+\.\d{3}  main     changes: .* STARTUP -> ", logs[0], re.MULTILINE)


def test_the_command_prints_a_summary() -> None:
    done = command("--seeds", "4", "--first", "7", "--jobs", "2")
    *_, excused, speed, last = done.stdout.splitlines()
    assert done.returncode == 0
    assert re.fullmatch(r"4 seeds, \d+ operations, 0 violations", last)
    assert "excused duplicates" in excused
    assert "simulated operations per second" in speed
