"""The MIB modules in files: which directory has which module.

A file can have any name and several modules. Modules of the operator's directories come before those that are built in.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

MAXIMUM_OCTETS = 8 * 1024 * 1024
MAXIMUM_FILES = 5_000
_HEAD = re.compile(r"^[ \t]*([A-Za-z][A-Za-z0-9-]*)\s+DEFINITIONS\s*::=\s*BEGIN\b", re.MULTILINE)
_COMMENT = re.compile(r"--.*?(?=--|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """A file with MIB modules."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """The modules of the directories, by name, and what could not be read."""

    modules: dict[str, ModuleFile]
    faults: tuple[str, ...]


def find(directories: Iterable[Path]) -> Found:
    """Read every file of the directories, without their sub-directories. The first file with a module counts."""
    modules: dict[str, ModuleFile] = {}
    faults: list[str] = []
    for directory in directories:
        try:
            paths = sorted(each for each in directory.iterdir() if each.is_file() and not each.name.startswith("."))
        except OSError as error:
            faults.append(f"{directory}: {error.strerror or error}")
            continue
        if len(paths) > MAXIMUM_FILES:
            faults.append(f"{directory}: {len(paths)} files; the first {MAXIMUM_FILES} are read")
        for path in paths[:MAXIMUM_FILES]:
            try:
                modules = dict(_modules(path)) | modules
            except (OSError, ValueError) as error:
                faults.append(f"{path}: {getattr(error, 'strerror', None) or error}")
    return Found(modules, tuple(faults))


def built_in() -> dict[str, ModuleFile]:
    """Return the definitions of SMI and of the standard modules that others import from."""
    found: dict[str, ModuleFile] = {}
    for each in (resources.files("snmp.modules") / "smi").iterdir():
        if each.name.endswith(".txt"):
            text = each.read_text("utf-8")
            found |= {name: ModuleFile(each.name, text) for name in names(text)}
    return found


def names(text: str) -> list[str]:
    """Return the names of the modules in a text."""
    return _HEAD.findall(_COMMENT.sub("", text))


def _modules(path: Path) -> Iterator[tuple[str, ModuleFile]]:
    size = path.stat().st_size
    if size > MAXIMUM_OCTETS:
        raise ValueError(f"{size} octets; a MIB module has at most {MAXIMUM_OCTETS}")
    text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n").rstrip("\x00\x1a \n") + "\n"
    for name in names(text):
        yield name, ModuleFile(str(path), text)
