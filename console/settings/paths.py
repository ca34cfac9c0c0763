"""The default places of the console's files."""

import re
from pathlib import Path

import platformdirs

NAME = "pairwatch"


def config_dir() -> Path:
    """`~/.config/pairwatch`, or below XDG_CONFIG_HOME."""
    return Path(platformdirs.user_config_dir(NAME))


def state_dir() -> Path:
    """`~/.local/state/pairwatch`, or below XDG_STATE_HOME."""
    return Path(platformdirs.user_state_dir(NAME))


def config_file() -> Path:
    return config_dir() / "pairwatch.toml"


def user_themes() -> Path:
    return config_dir() / "themes"


def journal_file() -> Path:
    return state_dir() / "journal.db"


def audit_file() -> Path:
    return state_dir() / "audit.log"


def incidents() -> Path:
    """Where incidents are saved."""
    return state_dir() / "incidents"


def file_word(name: str, otherwise: str) -> str:
    """A user's name as a part of a file name; `otherwise` where none of its characters is allowed."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-.") or otherwise
