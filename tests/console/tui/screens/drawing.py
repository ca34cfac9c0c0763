"""A drawn screen as text that a person can review: the characters once, and their styles in every theme.

    80x24
    |  example-pair  PRODUCTION  WRITE ...      the characters
    |aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ...      a letter for the style of each character; the styles follow
    a
      night         bold #f5f6f7 on #1e2630
      day           bold #16191d on #dfe4ea

A letter is one style in all themes together. A colour that changes in one theme changes one line, and a character that
moves changes two.
"""

from collections.abc import Mapping, Sequence

from rich.style import Style
from textual.app import App

Cell = tuple[str, str]
"""A character and its style."""


def cells(app: App[None]) -> list[list[Cell]]:
    """Every character of the screen, row by row."""
    rows = []
    for strip in app.screen._compositor.render_strips(app.size):
        row: list[Cell] = []
        for segment in strip:
            style = _style_text(segment.style)
            row += [(character, style) for character in segment.text]
        rows.append(row)
    return rows


def screen_text(in_themes: Mapping[str, Sequence[Sequence[Cell]]]) -> str:
    """The text. Raises AssertionError if a theme changes characters: themes may change colours only."""
    names = list(in_themes)
    first = in_themes[names[0]]
    letters: dict[tuple[str, ...], str] = {}
    characters, styles_by_row = [], []
    for y, row in enumerate(first):
        line = ""
        for x, (character, _) in enumerate(row):
            drawn = [in_themes[name][y][x] for name in names]
            assert {each[0] for each in drawn} == {character}, f"{names} differ at {x},{y}"
            line += letters.setdefault(tuple(style for _, style in drawn), _letter(len(letters)))
        characters.append("|" + "".join(character for character, _ in row))
        styles_by_row.append("|" + line)
    legend = []
    for styles, letter in letters.items():
        legend.append(letter)
        legend += [f"  {name:<13} {style}" for name, style in zip(names, styles, strict=True)]
    size = f"{len(first[0])}x{len(first)}"
    return "\n".join([size, *characters, *styles_by_row, *legend]) + "\n"


def _letter(number: int) -> str:
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    # After these, letters of another alphabet: they are one column wide too.
    return alphabet[number] if number < len(alphabet) else chr(0x0410 + number - len(alphabet))


def _style_text(style: Style | None) -> str:
    if style is None:
        return "plain"
    marks = [name for name in ("bold", "dim", "italic", "underline", "reverse", "strike") if getattr(style, name)]
    fore = style.color.name if style.color is not None else "default"
    back = style.bgcolor.name if style.bgcolor is not None else "default"
    return " ".join([*marks, fore, "on", back])
