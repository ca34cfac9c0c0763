"""Find the programs of other authors that tests use."""

import os
import shutil
import signal
import socket
import subprocess
from typing import NoReturn

import pytest

SYSTEM_PATH = "/usr/sbin:/sbin:/usr/local/sbin"
CLIENT_SECONDS = 20


def program(name: str) -> str:
    """Return the path of a program. If it is missing, the test is skipped; in CI, which has all of them, it fails."""
    path = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), SYSTEM_PATH)))
    if path is None:
        missing(f"{name} is not installed")
    return path


def need_root() -> None:
    """Skip or fail the test unless it runs as root, which network namespaces need."""
    if os.geteuid() != 0:
        missing("network namespaces need root")


def need_dhcp_ports() -> None:
    """Skip or fail the test unless ports 67 and 68 can be opened, which most machines reserve for root."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.99", 67))
        except PermissionError:
            missing("DHCP's ports need root")


def end_client(process: "subprocess.Popen[bytes]") -> None:
    """End a client of another author. How it ends is not tested: some wait for ever for a process of their own.

    The process must be the leader of a session of its own.
    """
    process.terminate()
    try:
        process.wait(CLIENT_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def missing(what: str) -> NoReturn:
    """Skip the test; in CI, which has everything, fail it."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}, and CI must test with it")
    pytest.skip(what)
