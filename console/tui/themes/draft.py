"""A theme while it is being edited: its colours by name, and the file that they become. Pure but for the writing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import tomlkit
from textual.color import Color, ColorParseError
from textual.theme import Theme

from console.tui.themes.files import COLOURS, VARIABLES, ThemeFault

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
READABLE = 4.5
"""The contrast that text needs (WCAG 2.1, 1.4.3)."""

GROUNDS: Mapping[str, str] = {
    "banner-critical-text": "banner-critical",
    "banner-warning-text": "banner-warning",
    "banner-replay-text": "banner-replay",
}
"""On what a text stands, where that is not the background."""
NO_TEXT = frozenset({"background", "surface", "panel", "banner-critical", "banner-warning", "banner-replay"})


@dataclass(frozen=True, slots=True)
class Draft:
    """A theme's colours, those of the toolkit and ours, as hexadecimal numbers or names of colours."""

    name: str
    dark: bool
    colours: Mapping[str, str] = field(default_factory=dict)

    def having(self, name: str, colour: str) -> "Draft":
        """With another colour. Raises ThemeFault when it is none."""
        if name not in COLOURS and name not in VARIABLES:
            raise ThemeFault(f"no colour is called {name}")
        try:
            Color.parse(colour)
        except ColorParseError as error:
            raise ThemeFault(f"{colour!r} is no colour: write #rrggbb, or a name such as tomato") from error
        return replace(self, colours={**self.colours, name: colour})

    def theme(self, name: str) -> Theme:
        """The toolkit's theme, under a name."""
        of_toolkit = {each: colour for each, colour in self.colours.items() if each in COLOURS}
        ours = {each: self.colours.get(each, default) for each, default in VARIABLES.items()}
        return Theme(name=name, dark=self.dark, variables=ours, **of_toolkit)  # type: ignore[arg-type]

    def contrast(self, name: str) -> float | None:
        """Of a text's colour to what it stands on; None for what is no text."""
        if name in NO_TEXT:
            return None
        ground = self.colours.get(GROUNDS.get(name, "background"), "#000000")
        return contrast(self.colours[name], ground)

    def text(self) -> str:
        """The file."""
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


def draft_of(theme: Theme) -> Draft:
    """What there is to edit in a theme."""
    of_toolkit = {each: value for each in sorted(COLOURS) if isinstance(value := getattr(theme, each), str)}
    ours = {each: theme.variables.get(each, default) for each, default in VARIABLES.items()}
    return Draft(theme.name.split("#")[0], theme.dark, {**of_toolkit, **ours})


def contrast(text: str, ground: str) -> float:
    """The ratio of their luminances, 1 to 21 (WCAG 2.1)."""
    lighter, darker = sorted((_luminance(Color.parse(text)), _luminance(Color.parse(ground))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    parts = [each / 255 for each in (colour.r, colour.g, colour.b)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def write(draft: Draft, folder: Path) -> Path:
    """Write the theme to the folder; its file. Raises ThemeFault."""
    if NAME.fullmatch(draft.name) is None:
        raise ThemeFault(f"{draft.name!r} is no name for a theme: write small letters, digits and -")
    path = folder / f"{draft.name}.toml"
    part = folder / f".{draft.name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text(draft.text(), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise ThemeFault(f"cannot write {path}: {error.strerror or error}") from error
    return path
