"""Fixtures of the live tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.pair import LivePair, RelayedClient
from tests.peers.programs import need_dhcp_ports


@pytest.fixture(autouse=True)
def _dhcp_ports() -> None:
    """Skip the tests where DHCP ports cannot be bound: all of them use clients."""
    need_dhcp_ports()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[LivePair]:
    """A pair that is NORMAL on both sides."""
    live = LivePair(tmp_path)
    try:
        live.start()
        yield live
    finally:
        live.stop()


@pytest.fixture
def client() -> Iterator[RelayedClient]:
    one = RelayedClient(1)
    yield one
    one.close()
