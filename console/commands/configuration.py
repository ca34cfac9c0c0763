"""`pairwatch config`: checks the configuration, explains every setting, and lists the keys that can be rebound."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click

from console.settings import paths
from console.settings.environment import NOT_SET, VARIABLES, Variable
from console.settings.explain import Setting, Value, settings_known, values
from console.settings.setup import settings_at


def run(config: Path | None, setting: str | None, *, explain: bool, keys: bool, as_json: bool) -> int:
    """Print what the options ask for. Raises ConfigError if there is a configuration and it is not valid."""
    if keys:
        return _keys(as_json)
    path = config or paths.config_file()
    if explain and config is None and not path.exists():
        return _print_known(settings_known(), setting, as_json)
    settings = settings_at(config)
    if not explain:
        names = ", ".join(pair.name for pair in settings.pair)
        click.echo(f"{path}: valid; pairs: {names}")
        return 0
    return _print_values(values(settings, path.read_text(encoding="utf-8")), path, setting, as_json)


def _variables(wanted: str | None) -> list[Variable]:
    return [each for each in VARIABLES if _matches(each.name, wanted)]


def _matches(name: str, wanted: str | None) -> bool:
    return wanted is None or name == wanted or name.startswith(f"{wanted}.") or name.endswith(f".{wanted}")


def _check_setting(names: Iterable[str], wanted: str | None) -> None:
    if wanted is not None and not any(_matches(name, wanted) for name in names):
        raise click.UsageError(f"unknown setting {wanted!r}: 'pairwatch config --explain' lists all settings")


def _print_known(known: list[Setting], wanted: str | None, as_json: bool) -> int:
    _check_setting([*(each.name for each in known), *(each.name for each in VARIABLES)], wanted)
    found = [each for each in known if _matches(each.name, wanted)]
    variables = _variables(wanted)
    if as_json:
        rows = [asdict(each) for each in found]
        rows += [{"name": each.name, "meaning": each.meaning, "default": NOT_SET} for each in variables]
        click.echo(json.dumps(rows))
        return 0
    for each in found:
        click.echo(f"{each.name}\n    {each.meaning}\n    {_default(each)}")
    _print_variables(variables)
    return 0


def _print_variables(found: Iterable[Variable]) -> None:
    for each in found:
        click.echo(f"{each.name} = {each.value}    (environment)\n    {each.meaning}")


def _default(setting: Setting) -> str:
    return "required" if setting.default is None else f"default: {setting.default}"


def _print_values(found: list[Value], path: Path, wanted: str | None, as_json: bool) -> int:
    _check_setting([*(each.setting.name for each in found), *(each.name for each in VARIABLES)], wanted)
    shown = [each for each in found if _matches(each.setting.name, wanted)]
    variables = _variables(wanted)
    if as_json:
        rows = [{"path": each.path, "value": each.value, "line": each.line} for each in shown]
        rows += [{"path": each.name, "value": each.value, "line": None} for each in variables]
        click.echo(json.dumps(rows))
        return 0
    for each in shown:
        where = f"{path.name}:{each.line}" if each.line is not None else "default"
        click.echo(f"{each.path} = {each.value}    ({where})\n    {each.setting.meaning}")
    _print_variables(variables)
    return 0


def _keys(as_json: bool) -> int:
    from console.tui.keys.catalogue import catalogue
    from console.tui.keys.check import format_keys

    found = catalogue()
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found]))
        return 0
    for each in found:
        keys = " or ".join(format_keys(key) for key in each.keys)
        click.echo(f"{each.name:<28} {keys:<14} {each.does} ({each.where})")
    return 0
