"""A full collection examines objects that are newer than the last one only."""

import gc
from collections.abc import Iterator

import pytest

from dhcpserver.runtime import garbage


@pytest.fixture
def settled() -> Iterator[None]:
    before, thresholds = gc.callbacks[:], gc.get_threshold()
    garbage.freeze_objects()
    yield
    gc.callbacks[:] = before
    gc.set_threshold(*thresholds)
    gc.unfreeze()


@pytest.mark.usefixtures("settled")
def test_objects_that_survive_a_full_collection_are_not_examined_again() -> None:
    held = [[number] for number in range(10_000)]
    assert len(gc.get_objects()) > 10_000
    gc.collect()
    assert len(gc.get_objects()) < 10_000
    assert len(held) == 10_000


@pytest.mark.usefixtures("settled")
def test_freezing_twice_is_the_same_as_freezing_once() -> None:
    callbacks = len(gc.callbacks)
    garbage.freeze_objects()
    assert len(gc.callbacks) == callbacks
