"""What the commands of both families have in common: the options of a crowd, its loop, its journal and its reports."""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click

from dhcpserver.client.ledger import Event, line
from dhcpserver.client.runner import Family, Runner

Command = TypeVar("Command", bound=Callable[..., Any])
Out = TypeVar("Out")
Answer = TypeVar("Answer")

_OPTIONS = (
    click.option("--clients", default=100, show_default=True, type=click.IntRange(min=1, max=1_000_000)),
    click.option(
        "--rate", default=10.0, show_default=True, type=click.FloatRange(min=0.001), help="Arrivals per second."
    ),
    click.option(
        "--stay", type=click.FloatRange(min=0.1), help="Average stay of a client in seconds; default: for good."
    ),
    click.option(
        "--away", default=30.0, show_default=True, type=click.FloatRange(min=0.1), help="Average absence in seconds."
    ),
    click.option("--release-share", default=0.3, show_default=True, type=click.FloatRange(0, 1)),
    click.option("--seed", default=0, show_default=True, type=int),
    click.option("--first-client", default=0, show_default=True, type=click.IntRange(min=0)),
)
_RUN_OPTIONS = (
    click.option(
        "--journal", type=click.Path(path_type=Path, dir_okay=False), help="File for all leases, as JSON lines."
    ),
    click.option("--report", default=1.0, show_default=True, type=click.FloatRange(min=0.05)),
    click.option("--seconds", type=click.FloatRange(min=0), help="Stop after so many seconds; without it, at SIGTERM."),
)


def crowd_options(command: Command) -> Command:
    """The options of every command. The command passes those of `run` on."""
    for option in reversed((*_OPTIONS, *_RUN_OPTIONS)):
        command = option(command)
    return command


def schedule(
    clients: int, rate: float, stay: float | None, away: float, release_share: float, seed: int, first_client: int
) -> dict[str, Any]:
    """The fields of the settings that both families have, from the options of the same names."""
    return {
        "clients": clients,
        "arrivals_per_second": rate,
        "stay_seconds": stay,
        "away_seconds": away,
        "release_share": release_share,
        "seed": seed,
        "first_client": first_client,
    }


def run(
    family: Callable[[Callable[[Event], None], float], Family[Out, Answer]],
    journal: Path | None,
    report: float,
    seconds: float | None,
    hint: str,
) -> None:
    """Run a crowd until it is stopped. Exits with 1 and `hint` if a socket cannot be opened."""
    try:
        with contextlib.ExitStack() as stack:
            file = None if journal is None else stack.enter_context(journal.open("a", encoding="utf-8"))

            def record(event: Event) -> None:
                if file is not None:
                    file.write(line(event))
                    file.flush()

            asyncio.run(_run(lambda now: family(record, now), report, seconds))
    except OSError as error:
        print(f"population: {error}: {hint}", file=sys.stderr)
        sys.exit(1)


async def _run(family: Callable[[float], Family[Out, Answer]], report: float, seconds: float | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    runner = Runner(family)
    try:
        runner.open()
        end = None if seconds is None else loop.time() + seconds
        while not stop.is_set() and (end is None or loop.time() < end):
            with contextlib.suppress(TimeoutError):
                left = report if end is None else min(report, end - loop.time())
                await asyncio.wait_for(stop.wait(), left)
            print(json.dumps(asdict(runner.stats())), flush=True)
    finally:
        runner.close()
