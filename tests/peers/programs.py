"""Finding the programs that someone else wrote."""

import os
import shutil
import socket
from typing import NoReturn

import pytest

SYSTEM_PATH = "/usr/sbin:/sbin:/usr/local/sbin"


def program(name: str) -> str:
    """The path of a program; without it the test is skipped, but fails where CI says that all are there."""
    path = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), SYSTEM_PATH)))
    if path is None:
        missing(f"{name} is not installed")
    return path


def need_root() -> None:
    """Network namespaces are for root alone."""
    if os.geteuid() != 0:
        missing("network namespaces need root")


def need_dhcp_ports() -> None:
    """Relays and clients answer on ports 67 and 68, which most machines keep for root."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.99", 67))
        except PermissionError:
            missing("DHCP's ports need root")


def missing(what: str) -> NoReturn:
    """Skip the test, but fail it where CI says that everything is there."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}, and CI must test with it")
    pytest.skip(what)
