"""The options of the demo.

DemoError       the demo cannot start; the text has the remedy
"""

from dataclasses import dataclass
from pathlib import Path

from console.errors import ConsoleError


class DemoError(ConsoleError):
    """The demo cannot start."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """The options of the command line.

    Attributes:
        headless: run without the console.
        dir: the directory for all files; None for a temporary one that is removed at the end.
        seconds: stop after this time; None for no limit.
        scenario: a name in `scenarios.SCENARIOS`.
        mclt: seconds.
        clients: the number of clients, 0 for none.
        pool: the number of addresses in the scope `wifi`.
    """

    headless: bool = False
    dir: Path | None = None
    seconds: float | None = None
    scenario: str = "steady"
    mclt: int = 60
    clients: int = 50
    pool: int = 4096
