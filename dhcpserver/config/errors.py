"""What can be wrong with a configuration.

ConfigurationError     one or more Problems, each with its line; nothing of the configuration was taken
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: the line in the file (1 is the first, 0 unknown), the attribute, what to do."""

    line: int
    place: str
    text: str

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.place}: {self.text}" if self.place else f"{where}{self.text}"


class ConfigurationError(ValueError):
    """A configuration that is wrong, with all that is wrong in it."""

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        self.source = source
        self.problems = tuple(sorted(problems))
        count = len(problems)
        head = f"{source}: {count} {'error' if count == 1 else 'errors'}"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))
