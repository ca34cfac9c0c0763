"""The errors of a configuration.

ConfigurationError     one or more problems, each with its line; nothing of the configuration is used
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class ConfigurationProblem:
    """One problem: its line in the file (from 1; 0: unknown), the attribute, and what is wrong."""

    line: int
    place: str
    text: str

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.place}: {self.text}" if self.place else f"{where}{self.text}"


class ConfigurationError(ValueError):
    """A wrong configuration, with all its problems."""

    def __init__(self, source: str, problems: tuple[ConfigurationProblem, ...]) -> None:
        self.source = source
        self.problems = tuple(sorted(problems))
        count = len(problems)
        head = f"{source}: {count} {'error' if count == 1 else 'errors'}"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))
