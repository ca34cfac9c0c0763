"""A demo on the directory of one that runs is refused before any file is changed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from console.demo.options import DemoError, DemoOptions
from console.demo.run import run


def test_a_directory_in_which_a_demo_runs_is_refused_unchanged(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('up', flush=True); input()", "dhcpserver"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"up\n", "its command line can be read now"
        known = json.dumps({"servers": [{"pid": running.pid}]})
        (tmp_path / "demo.json").write_text(known, encoding="utf-8")
        (tmp_path / "pairwatch.toml").write_text("as it was", encoding="utf-8")
        with pytest.raises(DemoError, match=rf"a demo runs in .* \(process {running.pid}\)"):
            run(DemoOptions(headless=True, dir=tmp_path, seconds=1.0), lambda config: None)
        running.kill()
    assert {each.name for each in tmp_path.iterdir()} == {"demo.json", "pairwatch.toml"}
    assert (tmp_path / "pairwatch.toml").read_text(encoding="utf-8") == "as it was"
