"""Finds the programs that the benchmarks need."""

import shutil
import sys

SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def program(name: str) -> str:
    """The path of a program. If it is not installed, exits with the packages to install."""
    path = shutil.which(name, path=SYSTEM_PATH)
    if path is None:
        print(
            f"benchmarks: {name} is not installed: apt-get install isc-dhcp-server kea-admin kea-dhcp6-server",
            file=sys.stderr,
        )
        sys.exit(1)
    return path
