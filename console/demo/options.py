"""What can be asked of the demo.

DemoError       the demo cannot start, with what to do about it
"""

from dataclasses import dataclass
from pathlib import Path

from console.errors import ConsoleError


class DemoError(ConsoleError):
    """Why the demo does not run."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """As on the command line.

    Attributes:
        headless: without the console.
        dir: keep everything there; None for a temporary directory that goes with the demo.
        seconds: stop by itself after so long, None for never.
        scenario: a name of `scenarios.SCENARIOS`.
        mclt: seconds.
        clients: size of the population, 0 for none.
        pool: addresses of the scope `wifi`.
    """

    headless: bool = False
    dir: Path | None = None
    seconds: float | None = None
    scenario: str = "steady"
    mclt: int = 60
    clients: int = 50
    pool: int = 4096
