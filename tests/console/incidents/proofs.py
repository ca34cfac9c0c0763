"""The four proofs that the console's acceptance requires for each of the nine scenarios.

A scenario test that covers a whole section fails unless it proves all four. `test_all_nine.py` compares the covered
sections with all nine.

verdict     a sentence of the verdict, at the top of the pair's screen
countdown   a countdown on the screen that ends within a second of the time that the server itself reports
blocked     an action that a key does not run, with the precondition that fails; nothing is sent
timeline    the timeline on the screen: each command that was sent, its outcome, each change of state of both servers
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

ScenarioTest = Callable[[Path], Coroutine[None, None, None]]

COVERED: dict[str, str] = {}
"""The name of the test for each section; filled when the tests are imported."""

_proved: ContextVar[set[str] | None] = ContextVar("proved", default=None)


def record_proof(what: str) -> None:
    """Record that the present test has proved one of FOUR."""
    found = _proved.get()
    if found is not None:
        found.add(what)


def covers(section: str) -> Callable[[ScenarioTest], ScenarioTest]:
    """Mark a test that covers a whole section: it fails unless it proves all FOUR."""

    def wrap(test: ScenarioTest) -> ScenarioTest:
        assert section not in COVERED, f"{section} is covered by {COVERED[section]} already"
        COVERED[section] = test.__name__

        @wraps(test)
        async def run(tmp_path: Path) -> None:
            found: set[str] = set()
            token = _proved.set(found)
            try:
                await test(tmp_path)
            finally:
                _proved.reset(token)
            missing = [each for each in FOUR if each not in found]
            assert not missing, f"the test of {section}, {SECTIONS[section]}, did not prove: {', '.join(missing)}"

        return run

    return wrap
