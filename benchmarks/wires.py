"""Network namespaces on one virtual Ethernet, for the servers and for the clients. No packet leaves the host."""

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping


class WiresError(Exception):
    """Network namespaces cannot be created on this host."""


def inside(namespace: str, *command: str) -> list[str]:
    """The command that runs a command in a namespace."""
    return ["ip", "netns", "exec", namespace, *command]


@contextlib.contextmanager
def bridged_namespaces(addresses: Mapping[str, str], network: str) -> Iterator[dict[str, str]]:
    """Create a namespace for each name, with its address, on one bridge. Yields the namespaces by name.

    The namespace `bridge` has a port for each name: setting a port down cuts that host off silently. Raises WiresError.
    """
    namespaces = {name: f"pairwatch-{os.getpid()}-{name}" for name in addresses}
    bridge = f"pairwatch-{os.getpid()}-bridge"
    try:
        _ip("netns", "add", bridge)
        _ip("-n", bridge, "link", "add", "bridge", "type", "bridge")
        _ip("-n", bridge, "link", "set", "bridge", "up")
        for name, namespace in namespaces.items():
            _ip("netns", "add", namespace)
            _ip("-n", namespace, "link", "set", "lo", "up")
            _ip("-n", namespace, "link", "add", "wire", "type", "veth", "peer", "name", name, "netns", bridge)
            _ip("-n", bridge, "link", "set", name, "master", "bridge", "up")
            _ip("-n", namespace, "address", "add", addresses[name] + network, "dev", "wire")
            _ip("-n", namespace, "link", "set", "wire", "up")
        yield {**namespaces, "bridge": bridge}
    finally:
        for namespace in (*namespaces.values(), bridge):
            subprocess.run(["ip", "netns", "delete", namespace], check=False, capture_output=True)


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], check=False, capture_output=True, text=True)
    if done.returncode:
        raise WiresError(f"ip {' '.join(arguments)}: {done.stderr.strip()}: network namespaces need root")
