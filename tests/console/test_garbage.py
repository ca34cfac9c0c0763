"""When the console looks through everything that it holds: never while somebody types, unless it was long ago."""

import subprocess
import sys

import pytest

from console import garbage
from console.garbage import OFTEN_ENOUGH_SECONDS, SELDOM_SECONDS, Rounds


@pytest.mark.parametrize(
    ("now", "touched", "due"),
    [
        (SELDOM_SECONDS - 1, 0.0, False),
        (SELDOM_SECONDS, 0.0, True),
        (SELDOM_SECONDS, SELDOM_SECONDS - 1, False),
        (OFTEN_ENOUGH_SECONDS - 1, OFTEN_ENOUGH_SECONDS - 2, False),
        (OFTEN_ENOUGH_SECONDS, OFTEN_ENOUGH_SECONDS - 1, True),
    ],
)
def test_it_waits_for_nobody_to_type(now: float, touched: float, due: bool) -> None:
    assert Rounds(0.0, touched).due(now) is due


def test_a_round_is_one_for_a_while() -> None:
    rounds = Rounds(0.0, 0.0)
    rounds.made(SELDOM_SECONDS)
    assert not rounds.due(2 * SELDOM_SECONDS - 1)
    assert rounds.due(2 * SELDOM_SECONDS)


def test_what_was_not_begun_is_not_settled() -> None:
    assert not garbage.settle()


def test_a_start_is_settled_once() -> None:
    """In a process of its own: it is the whole process that it changes."""
    code = "import gc; from console import garbage; garbage.begin(); assert not gc.isenabled(); assert garbage.settle()"
    code += "; assert gc.isenabled() and gc.get_freeze_count() and not garbage.settle()"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
