"""Themes: colours as data, `themes/*.toml`, checked before they are used.

    name = "night"            what `--theme` takes
    dark = true
    [colors]                  the toolkit's: primary, warning, background, ...
    [variables]               ours: state-serving, banner-critical, ... (VARIABLES below)

The product's own themes are read first, then the user's folder; a user's theme of the same name wins. What
cannot be used is kept apart with the reason, so that one broken file neither stops the console nor goes
unnoticed.
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
"""Our own variables, with what a theme gets that does not set them."""


class ThemeFault(ValueError):
    """A theme file that cannot be used; the text says where it is wrong."""


@dataclass(frozen=True, slots=True)
class Themes:
    """What was found: themes by name, and for each file that failed the reason."""

    loaded: dict[str, Theme]
    failed: dict[Path, str]


def own_folder() -> Path:
    """The product's themes: inside the installed package, else at the top of the source tree."""
    package = Path(__file__).parents[2]
    installed = package / "themes"
    return installed if installed.is_dir() else package.parent / "themes"


def load_themes(folders: Iterable[Path] | None = None) -> Themes:
    """Every theme in the folders; later folders win."""
    found = Themes({}, {})
    for folder in (own_folder(), paths.user_themes()) if folders is None else folders:
        for path in sorted(folder.glob("*.toml")):
            try:
                theme = read_theme(path)
            except (OSError, ThemeFault) as fault:
                found.failed[path] = str(fault)
            else:
                found.loaded[theme.name] = theme
    return found


def read_theme(path: Path) -> Theme:
    """The theme in one file. Raises ThemeFault, OSError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ThemeFault(f"it is not TOML: {error}") from error
    extra = set(raw) - {"name", "dark", "colors", "variables"}
    if extra:
        raise ThemeFault(f"unknown: {', '.join(sorted(extra))}")
    colours = _checked(raw.get("colors", {}), COLOURS, "colors")
    if "primary" not in colours:
        raise ThemeFault("[colors] needs primary")
    dark = raw.get("dark", True)
    if not isinstance(dark, bool):
        raise ThemeFault("dark is true or false")
    variables = {**VARIABLES, **_checked(raw.get("variables", {}), frozenset(VARIABLES), "variables")}
    return Theme(name=str(raw.get("name", path.stem)), dark=dark, variables=variables, **colours)


def _checked(table: Any, known: frozenset[str], where: str) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise ThemeFault(f"[{where}] is no table")
    unknown = sorted(set(table) - known)
    if unknown:
        raise ThemeFault(f"[{where}] has unknown names: {', '.join(unknown)}")
    for name, value in table.items():
        try:
            Color.parse(value)
        except (ColorParseError, TypeError, AttributeError) as error:
            raise ThemeFault(f"[{where}] {name} = {value!r} is no colour") from error
    return table
