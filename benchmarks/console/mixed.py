"""A fleet of mixed makes, and a very large one: `python -m benchmarks.console.mixed`.

    keys   from a key to its painted frame with PAIRS pairs polled every second: all of Pairwatch servers, then a fifth
           each of Pairwatch, Kea, ISC dhcpd (OMAPI), Windows (windows_exporter) and Cisco
    many   from the command to the first screen with MANY pairs whose servers do not answer, in a real terminal

One process stands in for all servers, with answers in the form of each make (benchmarks/console/makes.py). The tables
printed are those of docs/performance-console.md.
"""

import argparse
import json
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.console.site import PASSWORD, endpoints
from benchmarks.console.start import Start, median, start

MAKES = ("pairwatch", "kea", "isc", "windows", "cisco")
STARTS = 5
NAME = re.compile(rb"pair-\d{5}")
Figures = dict[str, Any]


def write_configuration(folder: Path, pairs: int, makes: Sequence[str], http: int, omapi: tuple[int, int]) -> Path:
    """Write a configuration whose pairs are of these makes in turn. Returns its path."""
    password = folder / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    password.chmod(0o600)
    lines = []
    for each in endpoints(pairs):
        make = makes[each.number // 2 % len(makes)]
        if each.role == "main":
            lines.append(f'[[pair]]\nname = "{each.pair}"\nenvironment = "benchmark"\nmake = "{make}"')
        lines.append(f'[[pair.server]]\nname = "{each.name}"\nrole = "{each.role}"')
        if make == "isc":
            lines.append(f'omapi = "127.0.0.1:{omapi[each.number % 2]}"')
            continue
        lines.append(f'api = "http://127.0.0.1:{http}/{make}/{each.number}"')
        if make in ("pairwatch", "cisco"):
            lines.append('user = "admin"\npassword_file = "password"')
    lines.append('[console]\njournal = "journal.db"\naudit_log = "audit.log"')
    path = folder / "pairwatch.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@contextmanager
def mixed_site(folder: Path, pairs: int, makes: Sequence[str]) -> Iterator[Path]:
    """Run the site; yields the path of the configuration."""
    http, main, backup = (_free_port() for _ in range(3))
    config = write_configuration(folder, pairs, makes, http, (main, backup))
    command = [sys.executable, "-m", "benchmarks.console.mixed_site", *map(str, (http, main, backup))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError("the site did not start")
        yield config
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def keys(pairs: int, makes: Sequence[str], seconds: float) -> Figures:
    """The figures of benchmarks/console/keys.py with that fleet."""
    with tempfile.TemporaryDirectory() as folder, mixed_site(Path(folder), pairs, makes) as config:
        command = [sys.executable, "-m", "benchmarks.console.keys", str(config), str(seconds), "calm"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: Figures = json.loads(done.stdout)
    return found


def many(pairs: int) -> list[Start]:
    """Starts with that many pairs; the first one has no journal."""
    with tempfile.TemporaryDirectory() as folder:
        config = write_configuration(Path(folder), pairs, ("pairwatch",), 9, (9, 9))
        return [start(config, NAME) for _ in range(STARTS)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.console.mixed")
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--many", type=int, default=10_000)
    wanted = parser.parse_args()
    if wanted.pairs:
        print("| fleet | screen | median | 99th | worst | keys |\n|---|---|---|---|---|---|")
        for name, makes in (("Pairwatch", MAKES[:1]), ("mixed", MAKES)):
            found = keys(wanted.pairs, makes, wanted.seconds)
            for screen, taken in found["screens"].items():
                print(f"| {name} | {screen} | {taken['p50']} | {taken['p99']} | {taken['worst']} | {taken['keys']} |")
            print(f"| {name} | all | {found['all']['p50']} | {found['all']['p99']} | | |")
            print(
                f"{name}: {found['servers_seen']} servers seen, the oldest report {found['oldest_report_s']} s old; "
                f"{found['cpu']:.0%} of a core; without a frame: {found['unanswered']}; {found['rss_mib']} MiB"
            )
    if wanted.many:
        found_starts = many(wanted.many)
        for label, starts in (("first start", found_starts[:1]), ("later", found_starts[1:])):
            octet, frame, pair = (
                median([getattr(each, part) for each in starts]) for part in ("octet", "frame", "facts")
            )
            print(f"| {wanted.many:,} pairs, {label} | {octet:.2f} s | {frame:.2f} s | {pair:.2f} s |")


if __name__ == "__main__":
    main()
