"""One error of the product on purpose: a piece of its source is replaced before the module is loaded."""

import importlib.abc
import importlib.machinery
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import dhcpserver


@dataclass(frozen=True, slots=True)
class Mutant:
    """An error.

    Attributes:
        name: what the server does wrong.
        module: the changed module.
        old, new: the original source, and the wrong one.
    """

    name: str
    module: str
    old: str
    new: str

    def apply(self) -> str:
        """Return the changed source of the module. Raises LookupError if the original is not there exactly once."""
        spec = importlib.machinery.PathFinder.find_spec(self.module, _packages(self.module))
        assert spec is not None
        assert spec.origin is not None
        source = Path(spec.origin).read_text(encoding="utf-8")
        count = source.count(self.old)
        if count != 1:
            raise LookupError(f"the source to be replaced is there {count} times in {spec.origin}")
        return source.replace(self.old, self.new)


def _packages(module: str) -> list[str]:
    """Return the paths of a package of the product."""
    return [str(Path(dhcpserver.__file__).parent.joinpath(*module.split(".")[1:-1]))]


class Patching(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module with the error in it."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find only the mutant's module."""
        if fullname != self._mutant.module:
            return None
        found = importlib.machinery.PathFinder.find_spec(fullname, path)
        assert found is not None
        return importlib.util.spec_from_file_location(fullname, found.origin, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source. Raises LookupError if the mutant does not apply."""
        assert module.__file__ is not None
        exec(compile(self._mutant.apply(), module.__file__, "exec"), module.__dict__)
