"""A seed is one story, whoever tells it; and the command that runs many says what became of them."""

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
def test_one_seed_is_one_story_in_any_process(seed: int) -> None:
    stories = [command("--story", str(seed), hash_seed=hash_seed).stdout for hash_seed in ("1", "2")]
    assert stories[0] == stories[1]
    assert len(stories[0].splitlines()) > 500
    assert re.search(r"^ +\d+\.\d{3}  main     changes: .* STARTUP -> ", stories[0], re.MULTILINE)


def test_the_command_ends_with_its_figures() -> None:
    done = command("--seeds", "4", "--first", "7", "--jobs", "2")
    *_, excused, speed, last = done.stdout.splitlines()
    assert done.returncode == 0
    assert re.fullmatch(r"4 seeds, \d+ operations, 0 violations", last)
    assert "excused duplicates" in excused
    assert "simulated operations per second" in speed
