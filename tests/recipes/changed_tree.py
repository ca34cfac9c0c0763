"""A copy of the three packages that a recipe changes, so that a test can count the files and run the result."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.importgraph import PACKAGES, ROOT, circles, import_graph


class ChangedTree:
    """A copy of the packages. `files` has the changed and the new files, as paths from the top of the tree."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.files: set[str] = set()
        for package in (*PACKAGES, "themes"):
            shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))

    def create(self, file: str, text: str) -> None:
        """Write a new file. Raises FileExistsError."""
        path = self._folder / file
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as out:
            out.write(text)
        self.files.add(file)

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace a text that the file has exactly once."""
        path = self._folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} has {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")
        self.files.add(file)

    def insert_after(self, file: str, line: str, new: str) -> None:
        """Insert lines after a line that the file has exactly once."""
        self.replace(file, f"{line}\n", f"{line}\n{new}\n")

    def run(self, module: str, *arguments: str) -> str:
        """Run a module of the tests on the copy and return what it printed."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(
            command, cwd=self._folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def new_circles(self) -> list[tuple[str, ...]]:
        """The modules of the copy that import each other, and that do not in the original."""
        return [each for each in circles(import_graph(self._folder)) if each not in circles(import_graph())]
