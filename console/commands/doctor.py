"""`pairwatch doctor`: all that the console rests on. Exit status 0: it works, 1: something does not."""

import asyncio
import json
import locale
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from console.doctor.findings import Finding, Health, fail, ok
from console.doctor.terminal import terminal
from console.errors import ConfigError
from console.settings import paths
from console.settings.document import Settings, load

SIGNS = {Health.OK: "ok  ", Health.WARN: "WARN", Health.FAIL: "FAIL"}


def run(config: Path | None, as_json: bool) -> int:
    """Look at everything, and print a line for each finding."""
    found = list(looked_at(config))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found]))
    else:
        for each in found:
            click.echo(f"{SIGNS[each.health]} {each.what}: {each.fact}" + (f"\n     {each.todo}" if each.todo else ""))
        click.echo(_counted(found))
    return int(any(each.health is Health.FAIL for each in found))


def looked_at(config: Path | None) -> Iterator[Finding]:
    """Every finding, the terminal first."""
    size = shutil.get_terminal_size()
    encoding = locale.getpreferredencoding(False)
    yield from terminal(os.environ, (size.columns, size.lines), encoding, sys.stdout.isatty())
    path = config or paths.config_file()
    if config is None and not path.exists():
        yield fail(
            "configuration", f"there is no {path}", "'pairwatch' asks for what it needs, 'pairwatch demo' needs none"
        )
        return
    try:
        settings = load(path)
    except ConfigError as error:
        for line in error.lines:
            yield fail("configuration", line, "'pairwatch config --explain' says what each setting means")
        return
    yield ok("configuration", f"{path}: {', '.join(pair.name for pair in settings.pair)}")
    yield from _behind(settings)


def _behind(settings: Settings) -> Iterator[Finding]:
    from console.doctor import files, network
    from console.tui import checks

    yield from files.secrets(settings)
    yield from asyncio.run(network.servers(settings))
    yield from network.traps(settings)
    yield from files.logs(settings)
    yield from files.journal(settings)
    yield files.audit(settings)
    yield from checks.themes(settings)
    yield from checks.keys(settings)


def _counted(found: list[Finding]) -> str:
    bad = sum(each.health is Health.FAIL for each in found)
    doubtful = sum(each.health is Health.WARN for each in found)
    if not bad and not doubtful:
        return "nothing is wrong"
    return f"{bad} to be repaired, {doubtful} to be looked at"
