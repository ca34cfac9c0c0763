"""`python -m benchmarks.console.logs`: large logs in the console and in lnav, in one run with the same files.

Opened: two logs of half a million lines each, merged by time; both programs run in a terminal of 120x40 (tmux), and
their screens are read. Filtered: both print the matching lines and end. Followed: a log that grows at a constant rate.
lnav gets a format for these lines, so that it finds their levels too.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

WIDTH, HEIGHT = 120, 40
LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 60.0
TICK = os.sysconf("SC_CLK_TCK")
LEVELS = ["Info"] * 6 + ["Activity"] * 12 + ["Warning", "Error"]
FORMAT = {
    "$schema": "https://lnav.org/schemas/format-v1.schema.json",
    "pairwatch_log": {
        "title": "Pairwatch",
        "description": "The log of a DHCP failover server",
        "regex": {
            "std": {
                "pattern": r"^(?<timestamp>\d{2}/\d{2}/\d{4} \d{1,2}:\d{2}:\d{2}) (?<server>\S+) (?<level>\w+) "
                r"(?<category>\S+) (?<thread>\d+) (?<id>\d{5}) (?<body>.*)$"
            }
        },
        "timestamp-format": ["%m/%d/%Y %k:%M:%S"],
        "level-field": "level",
        "level": {"error": "Error", "warning": "Warning", "info": "Info", "debug": "Activity"},
        "sample": [{"line": "06/19/2003 9:41:19 name/dhcp/1 Info Configuration 0 04092 Failover is enabled"}],
    },
}


@dataclass(slots=True)
class Program:
    """One of the two programs. `shows` reads the number of lines from a screen; `searches` is its printing command."""

    name: str
    command: list[str]
    shows: Callable[[str], int]
    searches: Callable[[str], list[str]]
    environment: dict[str, str] = field(default_factory=dict)


class Pane:
    """A program in a terminal of its own."""

    def __init__(self, program: Program, files: Sequence[Path]) -> None:
        self.name = f"bench-{os.getpid()}-{program.name}"
        self._program = program
        settings = [part for name, value in program.environment.items() for part in ("-e", f"{name}={value}")]
        self.began = time.monotonic()
        _tmux(
            "new-session", "-d", "-s", self.name, "-x", str(WIDTH), "-y", str(HEIGHT), *settings,
            "-c", str(files[0].parent), *program.command, *map(str, files),
        )  # fmt: skip
        self.process = int(_tmux("list-panes", "-t", self.name, "-F", "#{pane_pid}"))

    def screen(self) -> str:
        return _tmux("capture-pane", "-p", "-t", self.name)

    def wait(self, enough: Callable[[str], bool]) -> float:
        """Wait until the screen matches. Returns the seconds since the start."""
        while time.monotonic() - self.began < PATIENCE_SECONDS:
            if enough(self.screen()):
                return time.monotonic() - self.began
            time.sleep(LOOK_SECONDS)
        raise TimeoutError(f"{self._program.name} did not come so far:\n{self.screen()}")

    def keys(self, *keys: str) -> None:
        _tmux("send-keys", "-t", self.name, *keys)

    def seconds_used(self) -> float:
        """Processor time, of all its threads."""
        parts = Path(f"/proc/{self.process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(parts[11]) + int(parts[12])) / TICK

    def megabytes(self) -> float:
        """Its memory in MB, without the pages of the files, which the system caches anyway."""
        status = Path(f"/proc/{self.process}/status").read_text(encoding="ascii")
        return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]  # Linux has it

    def close(self) -> None:
        _tmux("kill-session", "-t", self.name)


def _tmux(*arguments: str) -> str:
    return subprocess.run(["tmux", *arguments], capture_output=True, text=True, check=True).stdout.strip("\n")


def pairwatch(command: Path) -> Program:
    def shows(screen: str) -> int:
        match = re.search(r"line [\d,]+ of ([\d,]+)", screen)
        reading = "reading" in screen
        return 0 if match is None or reading else int(match[1].replace(",", ""))

    return Program(
        "pairwatch",
        [str(command), "logs"],
        shows,
        lambda wanted: [str(command), "logs", "--filter", {"word": '"xid 777"', "level": "level:error"}[wanted]],
    )


def lnav(folder: Path) -> Program:
    place = folder / "lnav" / "formats" / "pairwatch"
    place.mkdir(parents=True)
    (place / "format.json").write_text(json.dumps(FORMAT), encoding="utf-8")
    program = [shutil.which("lnav") or "lnav", "-I", str(folder / "lnav")]

    def shows(screen: str) -> int:
        match = re.search(r"^ L([\d,]+) ", screen, re.MULTILINE)
        # The number is that of the first visible line, and the lines after it are visible too.
        return 0 if match is None or match[1] == "0" else int(match[1].replace(",", "")) + HEIGHT

    wanted = {"word": ":filter-in xid 777", "level": ":set-min-log-level error"}
    # Without these, lnav writes its configuration and formats into the present directory.
    home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config")}
    return Program("lnav", program, shows, lambda what: [*program, "-n", "-c", wanted[what]], home)


def write_logs(folder: Path, lines: int) -> list[Path]:
    """Two logs with half of the lines each, over the same hours, fifty lines a second."""
    paths = []
    for server, shift in (("a", 0), ("b", 1)):
        path = folder / f"dhcp-{server}_log"
        with path.open("w", encoding="ascii") as file:
            for number in range(lines // 2):
                file.write(_line(1784000000 + number // 50, number + shift, f"server {server}"))
        paths.append(path)
    return paths


def _line(second: float, number: int, words: str) -> str:
    at = time.localtime(second)
    stamp = f"{at.tm_mon:02}/{at.tm_mday:02}/{at.tm_year:04} {at.tm_hour}:{at.tm_min:02}:{at.tm_sec:02}"
    return (
        f"{stamp} name/dhcp/1 {LEVELS[number % 20]} Failover 0 {18100 + number % 20:05} BNDUPD sent by {words} "
        f"xid {number} lease 192.0.{number // 250 % 250}.{number % 250} status ACTIVE\n"
    )


def opening(program: Program, files: Sequence[Path], lines: int) -> dict[str, float]:
    """Seconds to the first lines on the screen and to all lines, and the memory after that."""
    pane = Pane(program, files)
    try:
        first = pane.wait(lambda screen: "BNDUPD sent" in screen)
        complete = pane.wait(lambda screen: program.shows(screen) >= lines - HEIGHT)
        return {"first lines": first, "all lines": complete, "megabytes": pane.megabytes()}
    finally:
        pane.close()


def searching(program: Program, files: Sequence[Path], what: str) -> tuple[float, int]:
    """Seconds that a command needs to print the matching lines, and the number of these lines."""
    began = time.monotonic()
    environment = {**os.environ, **program.environment}
    done = subprocess.run(
        [*program.searches(what), *map(str, files)],
        stdout=subprocess.PIPE,
        check=True,
        env=environment,
        cwd=files[0].parent,
    )
    return time.monotonic() - began, done.stdout.count(b"\n")


def following(program: Program, folder: Path, rate: int, seconds: int) -> dict[str, float]:
    """A log that grows: the processor share, the age of the newest line on the screen, and the lines lost."""
    log = folder / "growing_log"
    log.write_text("".join(_line(time.time(), number, "0") for number in range(100)), encoding="ascii")
    pane = Pane(program, [log])
    writer: subprocess.Popen[bytes] | None = None
    try:
        pane.wait(lambda screen: "BNDUPD sent" in screen)
        pane.keys("End" if program.name == "pairwatch" else "G")
        writer = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.console.logwriter", str(log), str(rate), str(seconds)]
        )
        used, began, ages = pane.seconds_used(), time.monotonic(), list[float]()
        while writer.poll() is None:
            time.sleep(0.25)
            newest = [float(each) for each in re.findall(r"sent by ([\d.]{12,}) ", pane.screen())]
            if newest and time.monotonic() - began > 1:
                ages.append(time.time() - max(newest))
        spent, lasted = pane.seconds_used() - used, time.monotonic() - began
        total = 100 + rate * seconds
        time.sleep(1)
        ages.sort()
        return {
            "processor %": 100 * spent / lasted,
            "age median s": ages[len(ages) // 2],
            "age 95 % s": ages[int(len(ages) * 0.95)],
            "lines lost": max(0, total - program.shows(pane.screen())),
            "megabytes": pane.megabytes(),
        }
    finally:
        if writer is not None:
            writer.wait()
        pane.close()
        log.unlink()


def row(name: str, ours: float, theirs: float, note: str = "") -> str:
    """One row of the table; a ratio below 1 is less than lnav's."""
    ratio = f"{ours / theirs:.2f}" if theirs else "-"
    return f"| {name} | {ours:,.2f} | {theirs:,.2f} | {ratio} | {note} |"


@click.command(help=__doc__)
@click.option("--lines", default=1_000_000, show_default=True)
@click.option("--rate", default=10_000, show_default=True, help="The growth of the log, in lines a second.")
@click.option("--seconds", default=20, show_default=True, help="How long the log grows.")
def main(lines: int, rate: int, seconds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = write_logs(folder, lines)
        ours, theirs = pairwatch(Path(sys.executable).parent / "pairwatch"), lnav(folder)
        click.echo(f"load before: {os.getloadavg()[0]:.2f}\n\n| | pairwatch | lnav | ratio | |\n|---|---|---|---|---|")
        opened = [opening(program, files, lines) for program in (ours, theirs)]
        for key in opened[0]:
            click.echo(row(f"opened, {key}", opened[0][key], opened[1][key]))
        for what in ("word", "level"):
            (mine, found), (other, others) = (searching(program, files, what) for program in (ours, theirs))
            click.echo(row(f"printed by {what}, s", mine, other, f"{found:,} and {others:,} lines"))
        followed = [following(program, folder, rate, seconds) for program in (ours, theirs)]
        for key in followed[0]:
            click.echo(row(f"followed, {key}", followed[0][key], followed[1][key]))
        click.echo(f"\nload after: {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
