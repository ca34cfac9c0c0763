"""Theme files: colours as data in `themes/*.toml`, checked before they are used.

    name = "night"            the value for `--theme`
    dark = true
    [colors]                  the toolkit's colours: primary, warning, background, ...
    [variables]               the console's colours: state-serving, banner-critical, ... (VARIABLES below)

The product's themes are read first, then the user's folder; a user's theme replaces one of the same name. A file that
cannot be used is listed with the reason, so that it neither stops the console nor is ignored silently.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.color import Color, ColorParseError
from textual.theme import Theme

from console.settings import paths

DEFAULT = "night"

COLOURS = frozenset(
    {
        "primary",
        "secondary",
        "accent",
        "foreground",
        "background",
        "surface",
        "panel",
        "success",
        "warning",
        "error",
    }
)

VARIABLES: dict[str, str] = {
    "state-serving": "#6fbf73",
    "state-alone": "#e5b454",
    "state-danger": "#f0626b",
    "state-waiting": "#5fa8d3",
    "state-silent": "#c792ea",
    "state-unseen": "#8b96a5",
    "stale": "#78828f",
    "banner-critical": "#a51d2d",
    "banner-critical-text": "#ffffff",
    "banner-warning": "#8a5a00",
    "banner-warning-text": "#ffffff",
    "banner-replay": "#5b2a86",
    "banner-replay-text": "#ffffff",
    "pool-main": "#5fa8d3",
    "pool-backup": "#d39b5f",
}
"""The console's own colours, with their defaults."""


class ThemeError(ValueError):
    """A theme file cannot be used; the text says what is wrong where."""


@dataclass(frozen=True, slots=True)
class Themes:
    """The loaded themes by name, and the reason for each file that could not be loaded."""

    loaded: dict[str, Theme]
    failed: dict[Path, str]


def own_folder() -> Path:
    """The product's themes: in the installed package, else at the top of the source tree."""
    package = Path(__file__).parents[2]
    installed = package / "themes"
    return installed if installed.is_dir() else package.parent / "themes"


def load_themes(folders: Iterable[Path] | None = None) -> Themes:
    """Load every theme in the folders; a later folder replaces themes of an earlier one."""
    found = Themes({}, {})
    for folder in (own_folder(), paths.user_themes()) if folders is None else folders:
        for path in sorted(folder.glob("*.toml")):
            try:
                theme = read_theme(path)
            except (OSError, ThemeError) as fault:
                found.failed[path] = str(fault)
            else:
                found.loaded[theme.name] = theme
    return found


def read_theme(path: Path) -> Theme:
    """Read the theme in one file. Raises ThemeError, OSError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ThemeError(f"it is not TOML: {error}") from error
    extra = set(raw) - {"name", "dark", "colors", "variables"}
    if extra:
        raise ThemeError(f"unknown names: {', '.join(sorted(extra))}")
    colours = _check_table(raw.get("colors", {}), COLOURS, "colors")
    if "primary" not in colours:
        raise ThemeError("[colors] must set primary")
    dark = raw.get("dark", True)
    if not isinstance(dark, bool):
        raise ThemeError("dark must be true or false")
    variables = {**VARIABLES, **_check_table(raw.get("variables", {}), frozenset(VARIABLES), "variables")}
    return Theme(name=str(raw.get("name", path.stem)), dark=dark, variables=variables, **colours)


def _check_table(table: Any, known: frozenset[str], where: str) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise ThemeError(f"[{where}] must be a table")
    unknown = sorted(set(table) - known)
    if unknown:
        raise ThemeError(f"[{where}] has unknown names: {', '.join(unknown)}")
    for name, value in table.items():
        try:
            Color.parse(value)
        except (ColorParseError, TypeError, AttributeError) as error:
            raise ThemeError(f"[{where}] {name} = {value!r} is not a valid colour") from error
    return table
