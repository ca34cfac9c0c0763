"""When the console looks through everything that it holds: never while somebody types, unless it was long ago."""

import subprocess
import sys

import pytest

from console.state.garbage import LATEST_SECONDS, MANY_SCREENS, SELDOM_SECONDS, TOO_MANY_SCREENS, Rounds


@pytest.mark.parametrize(
    ("now", "touched", "screens", "due"),
    [
        (SELDOM_SECONDS - 1, 0.0, 0, False),
        (SELDOM_SECONDS, 0.0, 0, True),
        (SELDOM_SECONDS, SELDOM_SECONDS - 1, 0, False),
        (LATEST_SECONDS, LATEST_SECONDS - 1, 0, True),
        (100.0, 98.0, MANY_SCREENS, True),
        (100.0, 98.5, MANY_SCREENS, False),
        (100.0, 98.0, MANY_SCREENS - 1, False),
        (100.0, 100.0, TOO_MANY_SCREENS, True),
    ],
)
def test_it_waits_for_nobody_to_type_unless_it_cannot_wait(now: float, touched: float, screens: int, due: bool) -> None:
    assert Rounds(0.0, touched, screens).due(now) is due


def test_a_round_is_one_for_a_while() -> None:
    rounds = Rounds(0.0, 0.0, TOO_MANY_SCREENS)
    rounds.made(SELDOM_SECONDS)
    assert not rounds.due(2 * SELDOM_SECONDS - 1)
    assert rounds.due(2 * SELDOM_SECONDS)


def test_what_was_not_begun_is_not_settled() -> None:
    """In a process of its own too: another test may have opened the console in this one."""
    subprocess.run(
        [sys.executable, "-c", "from console.state import garbage; assert not garbage.settle()"], check=True, timeout=30
    )


def test_a_start_is_settled_once() -> None:
    """In a process of its own: it is the whole process that it changes."""
    code = "import gc; from console.state import garbage; garbage.begin(); assert not gc.isenabled()"
    code += "; assert garbage.settle()"
    code += "; assert gc.isenabled() and gc.get_freeze_count() and not garbage.settle()"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
