"""From the command to the first facts on the screen, in a real terminal of 80 by 24.

The console is started again for each measurement, on a configuration whose servers answer. Three times are measured
from the start of the process: its first octet, the first complete frame, and the first frame with the state of a
server. From the second start on, it has a journal to read.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from pathlib import Path

GIVE_UP_SECONDS = 20.0
ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=]*[A-Za-z]")
FACT = re.compile(rb"NORMAL|INTERRUPTED|PARTNER-DOWN")


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds since the process was started."""

    octet: float
    frame: float
    facts: float


def start(config: Path, fact: "re.Pattern[bytes]" = FACT) -> Start:
    """Start the console once. `fact`: what ends the measurement. Raises TimeoutError if it is not shown."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "pairwatch"), "--config", str(config)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment,
        start_new_session=True,
    )
    os.close(slave)
    try:
        return _read_screen(master, began, fact)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        os.close(master)


def _read_screen(master: int, began: float, fact: "re.Pattern[bytes]") -> Start:
    seen = b""
    octet = frame = 0.0
    while time.perf_counter() - began < GIVE_UP_SECONDS:
        if not select.select([master], [], [], 0.5)[0]:
            continue
        seen += os.read(master, 65536)
        now = time.perf_counter() - began
        octet = octet or now
        text = ESCAPES.sub(b"", seen)
        if not frame and b"Help" in text:
            frame = now
        if frame and fact.search(text):
            return Start(octet, frame, now)
    raise TimeoutError(f"no fact on the screen within {GIVE_UP_SECONDS} s")


def median(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
