"""A full collection looks at what came since the last one alone."""

import gc
from collections.abc import Iterator

import pytest

from dhcpserver.runtime import garbage


@pytest.fixture
def settled() -> Iterator[None]:
    before, thresholds = gc.callbacks[:], gc.get_threshold()
    garbage.settle()
    yield
    gc.callbacks[:] = before
    gc.set_threshold(*thresholds)
    gc.unfreeze()


@pytest.mark.usefixtures("settled")
def test_what_survives_a_full_collection_is_not_looked_at_again() -> None:
    held = [[number] for number in range(10_000)]
    assert len(gc.get_objects()) > 10_000
    gc.collect()
    assert len(gc.get_objects()) < 10_000
    assert len(held) == 10_000


@pytest.mark.usefixtures("settled")
def test_settling_twice_is_as_settling_once() -> None:
    callbacks = len(gc.callbacks)
    garbage.settle()
    assert len(gc.callbacks) == callbacks
