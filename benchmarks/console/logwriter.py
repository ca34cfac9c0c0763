"""`python -m benchmarks.console.logwriter FILE RATE SECONDS`: appends to a log at a constant rate. Each line has the
time at which it was written."""

import sys
import time
from pathlib import Path

STEP_SECONDS = 0.01


def grow(path: Path, rate: int, seconds: int) -> None:
    """Append `rate` lines a second for that time. A late step appends the lines that are missing."""
    with path.open("a", encoding="ascii") as file:
        began, written = time.monotonic(), 0
        while written < rate * seconds:
            due = min(rate * seconds, int((time.monotonic() - began) * rate))
            now = time.time()
            at = time.localtime(now)
            stamp = f"{at.tm_mon:02}/{at.tm_mday:02}/{at.tm_year:04} {at.tm_hour}:{at.tm_min:02}:{at.tm_sec:02}"
            file.write(
                "".join(
                    f"{stamp} name/dhcp/1 Info Failover 0 18106 BNDUPD sent by {now:.3f} xid {number} status ACTIVE\n"
                    for number in range(written, due)
                )
            )
            file.flush()
            written = due
            time.sleep(STEP_SECONDS)


if __name__ == "__main__":
    grow(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
