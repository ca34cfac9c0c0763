"""A theme that is being edited: its colours by name, and the file for them. Pure except for `save_draft`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import tomlkit
from textual.color import Color, ColorParseError
from textual.theme import Theme

from console.tui.themes.files import COLOURS, VARIABLES, ThemeError

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
READABLE = 4.5
"""The contrast that text requires (WCAG 2.1, 1.4.3)."""

BACKGROUNDS: Mapping[str, str] = {
    "banner-critical-text": "banner-critical",
    "banner-warning-text": "banner-warning",
    "banner-replay-text": "banner-replay",
}
"""The background of a text colour, where it is not `background`."""
NO_TEXT = frozenset({"background", "surface", "panel", "banner-critical", "banner-warning", "banner-replay"})


@dataclass(frozen=True, slots=True)
class Draft:
    """The colours of a theme, the toolkit's and the console's, as hexadecimal numbers or colour names."""

    name: str
    dark: bool
    colours: Mapping[str, str] = field(default_factory=dict)

    def with_colour(self, name: str, colour: str) -> "Draft":
        """A draft with another colour. Raises ThemeError for an unknown name or an invalid colour."""
        if name not in COLOURS and name not in VARIABLES:
            raise ThemeError(f"unknown colour name {name}")
        try:
            Color.parse(colour)
        except ColorParseError as error:
            raise ThemeError(f"{colour!r} is not a valid colour: write #rrggbb, or a name such as tomato") from error
        return replace(self, colours={**self.colours, name: colour})

    def theme(self, name: str) -> Theme:
        """The theme for the toolkit, with a name."""
        of_toolkit = {each: colour for each, colour in self.colours.items() if each in COLOURS}
        ours = {each: self.colours.get(each, default) for each, default in VARIABLES.items()}
        return Theme(name=name, dark=self.dark, variables=ours, **of_toolkit)  # type: ignore[arg-type]

    def contrast(self, name: str) -> float | None:
        """The contrast of a text colour with its background; None for a colour that is not for text."""
        if name in NO_TEXT:
            return None
        ground = self.colours.get(BACKGROUNDS.get(name, "background"), "#000000")
        return contrast(self.colours[name], ground)

    def text(self) -> str:
        """The content of the theme file."""
        document = tomlkit.document()
        document.add("name", self.name)
        document.add("dark", self.dark)
        for title, known in (("colors", COLOURS), ("variables", VARIABLES)):
            table = tomlkit.table()
            for each, colour in self.colours.items():
                if each in known:
                    table.add(each, colour)
            document.add(title, table)
        return tomlkit.dumps(document)


def draft_from_theme(theme: Theme) -> Draft:
    """The colours of a theme that can be edited."""
    of_toolkit = {each: value for each in sorted(COLOURS) if isinstance(value := getattr(theme, each), str)}
    ours = {each: theme.variables.get(each, default) for each, default in VARIABLES.items()}
    return Draft(theme.name.split("#")[0], theme.dark, {**of_toolkit, **ours})


def contrast(text: str, ground: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.1)."""
    lighter, darker = sorted((_luminance(Color.parse(text)), _luminance(Color.parse(ground))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    parts = [each / 255 for each in (colour.r, colour.g, colour.b)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def save_draft(draft: Draft, folder: Path) -> Path:
    """Write the theme to the folder, and return its path. Raises ThemeError."""
    if NAME.fullmatch(draft.name) is None:
        raise ThemeError(f"{draft.name!r} is not a valid theme name: write small letters, digits and -")
    path = folder / f"{draft.name}.toml"
    part = folder / f".{draft.name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text(draft.text(), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise ThemeError(f"cannot write {path}: {error.strerror or error}") from error
    return path
