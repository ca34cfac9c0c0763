"""A kind that is misspelt, as a name or as a string, fails the type check of `make check`."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.importgraph import ROOT

IMPORTS = """\
from console.insight.alarms.table import severity_of
from console.insight.guarded.table import ACTIONS
from console.insight.diagnosis.problem import ProblemKind
from console.model.action_names import ActionName
from console.model.alarm_kinds import AlarmKind

"""


@pytest.mark.parametrize(
    ("use", "error"),
    [
        ("severity_of(AlarmKind.NOBODY_SERVS)", "attr-defined"),
        ('severity_of("nobody-servs")', "arg-type"),
        ("ACTIONS[ActionName.SET_PARTNER_DWN]", "attr-defined"),
        ("kind = ProblemKind.RUNNING_OTU", "attr-defined"),
        ("severity_of(AlarmKind.NOBODY_SERVES)", None),
    ],
)
def test_a_misspelt_kind_fails_the_type_check(use: str, error: str | None, tmp_path: Path) -> None:
    module = tmp_path / "use.py"
    module.write_text(IMPORTS + use + "\n")
    command = [sys.executable, "-m", "mypy", "--follow-imports=silent", str(module)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is (error is None), done.stdout + done.stderr
    assert error is None or f"[{error}]" in done.stdout
