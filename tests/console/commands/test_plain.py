"""`pairwatch --plain` as a process: lines on standard output, nothing else, and an end by signal."""

import signal
import subprocess
import sys
from pathlib import Path

CONFIGURATION = """\
[[pair]]
name = "example-pair"
[[pair.server]]
name = "dhcp-a"
role = "main"
api = "http://127.0.0.1:9"
user = "watcher"
password_file = "password"
[[pair.server]]
name = "dhcp-b"
role = "backup"
api = "http://127.0.0.1:9"
user = "watcher"
password_file = "password"
"""


def test_it_prints_what_it_knows_and_ends_by_signal(tmp_path: Path) -> None:
    """The state of a pair without a screen."""
    (tmp_path / "pairwatch.toml").write_text(CONFIGURATION, encoding="utf-8")
    (tmp_path / "password").write_text("secret", encoding="utf-8")
    (tmp_path / "password").chmod(0o600)
    command = [sys.executable, "-m", "console.cli", "--config", str(tmp_path / "pairwatch.toml"), "--plain"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line.rstrip("\n"))
            if "CRITICAL: No answer from dhcp-a or dhcp-b: SERVICE UNKNOWN" in line:
                break
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
        assert process.wait(20) == 0
    assert "\x1b" not in "".join(said) + rest
    assert all("example-pair: " in each or "console: " in each for each in said)
