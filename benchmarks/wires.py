"""Network namespaces on one virtual Ethernet: a machine for each server and one for the clients. Nothing leaves."""

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping


class WiresError(Exception):
    """The machine does not let us have network namespaces."""


def inside(namespace: str, *command: str) -> list[str]:
    """The command as it is run in a namespace."""
    return ["ip", "netns", "exec", namespace, *command]


@contextlib.contextmanager
def wired(addresses: Mapping[str, str], network: str) -> Iterator[dict[str, str]]:
    """A namespace for each name, with its address of the network, on one bridge; gives the namespaces by name.

    The bridge is under the name `bridge`, with a port for each name: who sets one down cuts a machine off without a
    word to anybody. Raises WiresError.
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
