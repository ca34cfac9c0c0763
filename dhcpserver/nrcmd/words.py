"""A line of the command language as words: quotes, assignments and comments."""

from dataclasses import dataclass


class GrammarError(ValueError):
    """A line that is not a command. The text states what is expected."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word. `quoted`: a part of it was in quotes, so it is a value even if it looks like an assignment."""

    text: str
    quoted: bool = False


def words(line: str) -> list[Word]:
    """Divide a line into words. A comment begins with `#` at the start of a word. Raises GrammarError."""
    found: list[Word] = []
    text: list[str] = []
    inside = begun = quoted = False
    position = 0
    while position < len(line):
        char = line[position]
        if char == "\\" and inside and line[position + 1 : position + 2] in ('"', "\\"):
            text.append(line[position + 1])
            position += 1
        elif char == '"':
            inside, begun, quoted = not inside, True, True
        elif inside or not (char.isspace() or (char == "#" and not begun)):
            text.append(char)
            begun = True
        elif char == "#":
            break
        elif begun:
            found.append(Word("".join(text), quoted))
            text, begun, quoted = [], False, False
        position += 1
    if inside:
        raise GrammarError('a quote is open: end it with "')
    if begun:
        found.append(Word("".join(text), quoted))
    return found
