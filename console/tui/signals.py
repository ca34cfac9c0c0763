"""The signals of the console: each leaves the terminal as it was before the console started."""

import asyncio
import signal
import sys
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

TERMINATED, HUNG_UP = 128 + signal.SIGTERM, 128 + signal.SIGHUP
"""The exit statuses that a shell gives to a process that such a signal ended."""


class Exit(Protocol):
    """Ends the app as the key q does."""

    def __call__(self, *, return_code: int) -> None: ...


def end_on_signals(end: Exit, hung_up: Callable[[], None]) -> None:
    """End the app at SIGTERM, and call `hung_up` at SIGHUP, in the running event loop."""
    if threading.current_thread() is not threading.main_thread():
        return  # Only the main thread receives signals.
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError, RuntimeError):
        loop.add_signal_handler(signal.SIGTERM, lambda: end(return_code=TERMINATED))
        loop.add_signal_handler(signal.SIGHUP, hung_up)


def has_terminal() -> bool:
    """Whether the terminal still exists: SIGHUP is sent when it is closed, and also to read the configuration again."""
    try:
        termios.tcgetattr(sys.__stdin__.fileno() if sys.__stdin__ is not None else 0)
    except (OSError, ValueError, termios.error):
        return False
    return True
