"""What a play proves of a scenario: the four things that the acceptance of the console asks of each of the nine.

A play that says of a section that it plays it whole fails unless all four were proved in it, however it went; the table
of sections that are played whole is compared with the nine of them in `test_all_nine.py`.

verdict     a sentence of the verdict, at the top of the pair's screen
countdown   a countdown on the screen that ends within a second of when the server itself says that it comes
blocked     an action that a key does not carry out, with the precondition that fails; nothing is sent
timeline    the timeline on the screen: each command that was sent, how it ended, each change of state of either server
"""

from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from functools import wraps
from pathlib import Path

VERDICT, COUNTDOWN, BLOCKED, TIMELINE = FOUR = ("verdict", "countdown", "blocked", "timeline")
SECTIONS = {
    "5.1": "main down",
    "5.2": "both alive, link lost",
    "5.3": "pool exhaustion",
    "5.4": "configuration mismatch",
    "5.5": "potential conflict",
    "5.6": "returning with a lost database",
    "5.7": "returning with a restored database",
    "5.8": "role reversal",
    "5.9": "planned work",
}

Play = Callable[[Path], Coroutine[None, None, None]]

WHOLE: dict[str, str] = {}
"""The play of each section that is played whole, by its name; filled as the plays are imported."""

_proved: ContextVar[set[str] | None] = ContextVar("proved", default=None)


def proved(what: str) -> None:
    """The play that runs now has proved one of FOUR."""
    found = _proved.get()
    if found is not None:
        found.add(what)


def whole(section: str) -> Callable[[Play], Play]:
    """The play is the whole of that section: it fails unless it proves all FOUR."""

    def wrap(play: Play) -> Play:
        assert section not in WHOLE, f"{section} is played whole by {WHOLE[section]} already"
        WHOLE[section] = play.__name__

        @wraps(play)
        async def run(tmp_path: Path) -> None:
            found: set[str] = set()
            token = _proved.set(found)
            try:
                await play(tmp_path)
            finally:
                _proved.reset(token)
            missing = [each for each in FOUR if each not in found]
            assert not missing, f"the play of {section}, {SECTIONS[section]}, did not prove: {', '.join(missing)}"

        return run

    return wrap
