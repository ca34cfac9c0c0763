"""`pairwatch doctor`: checks what the console depends on. Exit status 0: no failure, 1: at least one."""

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

from console.doctor.results import CheckResult, Health, fail, ok
from console.doctor.terminal import check_terminal
from console.errors import ConfigError
from console.settings import paths
from console.settings.document import Settings, load

SIGNS = {Health.OK: "ok  ", Health.WARN: "WARN", Health.FAIL: "FAIL"}


def run(config: Path | None, as_json: bool) -> int:
    """Run all checks, and print one line for each result."""
    results = list(run_checks(config))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in results]))
    else:
        for each in results:
            click.echo(f"{SIGNS[each.health]} {each.what}: {each.fact}" + (f"\n     {each.todo}" if each.todo else ""))
        click.echo(_summary(results))
    return int(any(each.health is Health.FAIL for each in results))


def run_checks(config: Path | None) -> Iterator[CheckResult]:
    """The results of all checks, the terminal first."""
    size = shutil.get_terminal_size()
    encoding = locale.getpreferredencoding(False)
    yield from check_terminal(os.environ, (size.columns, size.lines), encoding, sys.stdout.isatty())
    path = config or paths.config_file()
    if config is None and not path.exists():
        yield fail(
            "configuration", f"{path} does not exist", "run 'pairwatch' to create it, or 'pairwatch demo' without it"
        )
        return
    try:
        settings = load(path)
    except ConfigError as error:
        for line in error.lines:
            yield fail("configuration", line, "'pairwatch config --explain' explains each setting")
        return
    yield ok("configuration", f"{path}: {', '.join(pair.name for pair in settings.pair)}")
    yield from _check_configured(settings)


def _check_configured(settings: Settings) -> Iterator[CheckResult]:
    from console.doctor import files, network
    from console.tui import checks

    yield from files.check_secrets(settings)
    yield from asyncio.run(network.check_servers(settings))
    yield from network.check_traps(settings)
    yield from files.check_logs(settings)
    yield from files.check_journal(settings)
    yield files.check_audit_log(settings)
    yield from checks.check_themes(settings)
    yield from checks.check_keys(settings)


def _summary(results: list[CheckResult]) -> str:
    bad = sum(each.health is Health.FAIL for each in results)
    doubtful = sum(each.health is Health.WARN for each in results)
    if not bad and not doubtful:
        return "no faults found"
    return f"{bad} to correct, {doubtful} to check"
