"""The environment variables of `pairwatch`, for `pairwatch config --explain`.

An option of the command line has priority over its variable, and a variable over the configuration. Every command
imports this module, so it imports no make.
"""

import os
from dataclasses import dataclass

CONFIG_VARIABLE = "PAIRWATCH_CONFIG"
THEME_VARIABLE = "PAIRWATCH_THEME"
PASSWORD_VARIABLE = "PAIRWATCH_PASSWORD"
OPERATOR_VARIABLE = "PAIRWATCH_OPERATOR"
NOT_SET = "not set"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment. The value of a `secret` one is never shown."""

    name: str
    meaning: str
    secret: bool = False

    @property
    def value(self) -> str:
        """Its value as `--explain` shows it. An empty variable counts as not set."""
        found = os.environ.get(self.name)
        if not found:
            return NOT_SET
        return "(secret)" if self.secret else f'"{found}"'


VARIABLES = (
    Variable(CONFIG_VARIABLE, "The configuration file (pairwatch.toml); --config has priority."),
    Variable(THEME_VARIABLE, "The colour theme, before console.theme; --theme has priority."),
    Variable(OPERATOR_VARIABLE, "The name of the operator for the audit log, before console.operator."),
    Variable(PASSWORD_VARIABLE, "The password of the user of a server without a password_file.", secret=True),
)
