"""The figures of the console: `python -m benchmarks.console [--seconds N] [--pairs N] [--minutes N] [--write]`.

    start    from the command to the first facts on the screen, in a real terminal (benchmarks/console/start.py)
    keys     from a key to its painted frame with PAIRS pairs polled every second, 2,000 log lines and 200 traps a
             second, and again with few pairs and no other load (benchmarks/console/keys.py)
    hour     memory after MINUTES of the same load (benchmarks/console/hour.py); 0 skips it

`--write` writes them to docs/performance-console.md. Large logs are compared with lnav in another benchmark
(benchmarks/console/logs.py).
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.console.serving import site
from benchmarks.console.start import Start, median, start

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "performance-console.md"
LINES, TRAPS = 2000, 200
STARTS = 10
CALM_PAIRS = 7
"""Few enough to be polled by the console's own process, as at a small site."""

Figures = dict[str, Any]


def starts() -> list[Start]:
    """The first start, without a journal, and the later ones."""
    with tempfile.TemporaryDirectory() as folder, site(Path(folder), 1) as running:
        return [start(running.config) for _ in range(STARTS + 1)]


def keys(pairs: int, lines: float, traps: float, seconds: float) -> Figures:
    """Measure keys under that load, with the counters of the site."""
    with tempfile.TemporaryDirectory() as folder:
        with site(Path(folder), pairs, lines, traps) as running:
            command = [sys.executable, "-m", "benchmarks.console.keys", str(running.config), str(seconds)]
            command.append("busy" if lines else "calm")
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        found: Figures = json.loads(done.stdout)
        return {**found, "site": running.counters}


def hour(pairs: int, minutes: int) -> Figures:
    command = [sys.executable, "-m", "benchmarks.console.hour", *map(str, (pairs, LINES, TRAPS, minutes))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: Figures = json.loads(done.stdout)
    return found


TEXT = """\
# What the console costs

Measured {day} by `python -m benchmarks.console --write`: {cores} cores, Python {python}, {system}. The site of the
servers runs on the same cores.

## Start

From the command to the screen, a real terminal of 80 by 24, one pair whose servers answer. Median of {starts} starts,
the worst in brackets; the first start, which creates the journal, is separate. The goal for the first facts is 0.5 s;
before the first octet the toolkit is loaded, and in another process pydantic and httpx.

| | first octet | first whole frame | first facts of a server |
|---|---|---|---|
{start_rows}

## From a key to its frame

120 by 40, in ms. Busy: {pairs} pairs ({servers} servers) polled every second, with {lines:,} log lines and {traps}
traps a second. Calm: {calm} pairs polled every second, without other load.

| screen | calm: median | 99th | busy: median | 99th | worst | keys |
|---|---|---|---|---|---|---|
{key_rows}

Keys without a frame within 3 s: {unanswered}. {seen} servers seen, the oldest report {oldest} s old at the end; the
event loop was late by {late} ms (99th). The console used {cpu:.0%} of a core. The site answered {requests:,} requests,
wrote {written:,} lines and sent {sent:,} traps, at most {behind} s late.
"""

MEMORY = """
## Memory

{minutes} minutes of the busy load, processed in virtual time with the fleet on the screen and a journal on disk
({observations:,} observations in {took:.0f} s). Resident memory in MiB, at the start and after each sixth: {grown}. The
journal's file: {journal:,} MiB; dropped: {dropped}.
"""


def page(
    pairs: int, starts_found: list[Start], calm: Figures, busy: Figures, memory: Figures | None, minutes: int
) -> str:
    """The figures as Markdown."""
    first, later = starts_found[0], starts_found[1:]
    start_rows = [
        f"| first start | {first.octet:.2f} s | {first.frame:.2f} s | {first.facts:.2f} s |",
        f"| later | {_both([each.octet for each in later])} | {_both([each.frame for each in later])} "
        f"| {_both([each.facts for each in later])} |",
    ]
    counters = busy["site"]
    text = TEXT.format(
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        cores=os.cpu_count(),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()}",
        starts=len(later),
        start_rows="\n".join(start_rows),
        pairs=pairs,
        servers=2 * pairs,
        lines=LINES,
        traps=TRAPS,
        calm=CALM_PAIRS,
        key_rows="\n".join(_key_rows(calm, busy)),
        unanswered=busy["unanswered"],
        seen=busy["servers_seen"],
        oldest=busy["oldest_report_s"],
        late=busy["loop_lag_ms"]["p99"],
        cpu=busy["cpu"],
        requests=counters.get("requests", 0),
        written=counters.get("lines", 0),
        sent=counters.get("traps", 0),
        behind=counters.get("behind", 0),
    )
    if memory is None:
        return text
    return text + MEMORY.format(
        minutes=minutes,
        observations=memory["observations"],
        took=memory["took_s"],
        grown=", ".join(f"{each:.0f}" for each in memory["rss_mib"]),
        journal=memory["journal_mib"],
        dropped=memory["journal_dropped"],
    )


def _key_rows(calm: Figures, busy: Figures) -> list[str]:
    rows = []
    for name, under in [*busy["screens"].items(), ("all", busy["all"])]:
        quiet = calm["all"] if name == "all" else calm["screens"].get(name, {})
        measured = quiet.get("keys", 1)
        cells = [quiet.get("p50"), quiet.get("p99")] if measured else [None, None]
        cells += [under["p50"], under["p99"], under.get("worst"), under.get("keys")]
        rows.append(f"| {name} | " + " | ".join("" if each is None else str(each) for each in cells) + " |")
    return rows


def _both(values: list[float]) -> str:
    return f"{median(values):.2f} s ({max(values):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.console")
    parser.add_argument("--seconds", type=float, default=60.0, help="of keys, with and without load each")
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--minutes", type=int, default=60, help="of observations, for memory; 0: none")
    parser.add_argument("--write", action="store_true")
    wanted = parser.parse_args()
    starts_found = starts()
    calm = keys(CALM_PAIRS, 0, 0, wanted.seconds)
    busy = keys(wanted.pairs, LINES, TRAPS, wanted.seconds)
    memory = hour(wanted.pairs, wanted.minutes) if wanted.minutes else None
    text = page(wanted.pairs, starts_found, calm, busy, memory, wanted.minutes)
    print(text)
    if wanted.write:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
