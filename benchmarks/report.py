"""The results as text and as docs/performance.md."""

import os
import platform
import re
import sqlite3
import sys
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from benchmarks.perfdhcp import Probe
from benchmarks.search import SearchResult
from dhcpserver import VERSION

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
QUIET = 0.2
"""The processors that other processes may use before a probe counts as disturbed."""


class Work(Enum):
    """The kind of clients."""

    NEW = "new clients"
    RETURNING = "returning clients"


@dataclass(frozen=True, slots=True)
class Result:
    """The result for one pair."""

    pair: str
    about: str
    pool: int
    work: Work
    found: SearchResult[Probe]

    @property
    def rate(self) -> int:
        """The highest rate that passed, 0 if none did."""
        return self.found.best.rate if self.found.best else 0

    @property
    def limit(self) -> str:
        """What limited the rate."""
        return self.found.failed.limit if self.found.failed else "the size of the pool, which gives no more clients"

    @property
    def disturbed(self) -> bool:
        """Whether other processes may have influenced the end of the search."""
        return self.found.failed is not None and self.found.failed.others > QUIET


def ratio(ours: Result, theirs: Result) -> str:
    """Our rate as a multiple of the peer's; "at least" if the pool or the generator was the limit."""
    if not theirs.rate:
        return "the peer passed at no rate"
    at_least = "at least " if ours.found.failed is None or ours.found.failed.generator_spent else ""
    return f"{at_least}{ours.rate / theirs.rate:.1f} times {theirs.pair}"


def verdict(result: Result) -> str:
    """One result in one line."""
    best = result.found.best
    if best is None:
        return f"  no rate passed; limited by {result.limit}"
    main, backup = _microseconds(best)
    noise = "; other processes were busy: not reliable" if result.disturbed else ""
    return (
        f"  highest rate under 1 % drops: {best.rate}/s, ACK p50 {best.latency_ms(0.5):.2f} ms,"
        f" p99 {best.latency_ms(0.99):.2f} ms; processor time an exchange: main {main:.0f} us,"
        f" backup {backup:.0f} us; limited by {result.limit}{noise}"
    )


def machine(generator: str, filesystem: str) -> list[str]:
    """The hardware and software of the measurement."""
    cpu = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
    return [
        f"{cpu}, {os.cpu_count()} processors; kernel {platform.release()}",
        f"pairwatch {VERSION}; Python {platform.python_version()}; SQLite {sqlite3.sqlite_version}",
        f"load: perfdhcp {generator}; leases on {filesystem}",
    ]


TITLE, SECTION = "# Performance", "## "


def write(name: str, body: list[str], page: Path = PAGE) -> None:
    """Write a section of the page. The other sections stay: they were measured by other runs."""
    text = page.read_text(encoding="utf-8") if page.exists() else TITLE
    head, *others = re.split(rf"^{SECTION}", text, flags=re.MULTILINE)
    sections = {each.partition("\n")[0]: each.partition("\n")[2].strip("\n") for each in others}
    sections[name] = "\n".join(body)
    parts = [head.strip("\n"), *(f"{SECTION}{title}\n\n{text}" for title, text in sections.items())]
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def section(results: list[Result], machine: list[str]) -> list[str]:
    """The lines of one family in docs/performance.md."""
    command = " ".join(["python -m benchmarks", *sys.argv[1:]])
    lines = [
        f"Written by `{command}` on {time.strftime('%Y-%m-%d', time.gmtime())}; `make bench` measures on your host.",
        "",
        *(f"- {line}" for line in machine),
        "",
        "Each row is the highest rate of four-way exchanges of which under 1 % fail, found by doubling and halving,",
        "with a new pair for every probe, both partners in contact and in service. New clients have identifiers that",
        "were never used before; returning clients get their present lease, which is not written again. Everything,",
        "including the load, shares one host: compare the rows with each other, not with another host. A server that",
        "still works after the load has ended can show more than 100 %.",
        "",
        "| clients | pool | pair | rate | ACK p50 | ACK p99 | main, backup a lease | limited by |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for result in results:
        best = result.found.best
        if best is None:
            lines.append(f"| {result.work.value} | {result.pool} | {result.pair} | none | | | | {result.limit} |")
            continue
        cost = " µs, ".join(f"{used:.0f}" for used in _microseconds(best))
        noise = " **other processes were busy: not reliable**" if result.disturbed else ""
        lines.append(
            f"| {result.work.value} | {result.pool} | {result.pair} | {best.rate}/s | {best.latency_ms(0.5):.2f} ms"
            f" | {best.latency_ms(0.99):.2f} ms | {cost} µs | {result.limit}{noise} |"
        )
    lines += ["", "### The pairs", ""]
    lines += [f"- {name}: {about}" for name, about in {result.pair: result.about for result in results}.items()]
    lines += ["", "### Ratios", ""]
    lines += [f"- {line}" for line in ratios(results)]
    return lines


def _microseconds(probe: Probe) -> tuple[float, float]:
    """Processor time of the main and of the backup for one exchange."""
    used, exchanges = probe.cpu, probe.counts.acks
    return used.main / exchanges * 1e6, used.backup / exchanges * 1e6


def ratios(results: list[Result]) -> list[str]:
    """Our result and each peer's, for the same work and pool."""
    lines = []
    for ours in results:
        for theirs in results:
            same = (ours.work, ours.pool) == (theirs.work, theirs.pool)
            if ours.pair == "Pairwatch" and theirs.pair != ours.pair and same:
                what = f"{ours.work.value}, pool of {ours.pool}"
                lines.append(f"{what}: {ours.rate}/s and {theirs.rate}/s, {ratio(ours, theirs)}")
    return lines
