"""Finding the programs that someone else wrote."""

import os
import shutil

import pytest

SYSTEM_PATH = "/usr/sbin:/sbin:/usr/local/sbin"


def program(name: str) -> str:
    """The path of a program; without it the test is skipped, but fails where CI says that all are there."""
    path = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), SYSTEM_PATH)))
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed, and CI must test with it")
        pytest.skip(f"{name} is not installed")
    return path
