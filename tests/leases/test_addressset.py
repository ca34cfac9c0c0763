"""The bitmap of addresses behaves like a sorted set of integers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.leases.addressset import AddressSet

FIRST, LAST = 5_000, 5_000 + 3_500
ADDRESSES = st.integers(FIRST - 5, LAST + 5)
INSIDE = st.integers(FIRST, LAST)


@given(st.lists(st.tuples(st.booleans(), INSIDE), max_size=200), ADDRESSES)
def test_the_bitmap_agrees_with_a_set(steps: list[tuple[bool, int]], probe: int) -> None:
    subject, model = AddressSet(FIRST, LAST), set[int]()
    for add, address in steps:
        if add:
            assert subject.add(address) is (address not in model)
            model.add(address)
        else:
            assert subject.discard(address) is (address in model)
            model.discard(address)
    assert len(subject) == len(model)
    assert list(subject) == sorted(model)
    assert subject.lowest() == min(model, default=None)
    assert subject.highest() == max(model, default=None)
    assert subject.lowest_from(probe) == min((a for a in model if a >= probe), default=None)
    assert subject.highest_below(probe) == max((a for a in model if a < probe), default=None)
    assert (probe in subject) is (probe in model)


@given(st.lists(st.tuples(INSIDE, INSIDE), max_size=6))
def test_adding_a_range_equals_adding_its_members(ranges: list[tuple[int, int]]) -> None:
    subject, model = AddressSet(FIRST, LAST), set[int]()
    for one, other in ranges:
        subject.add_range(min(one, other), max(one, other))
        model.update(range(min(one, other), max(one, other) + 1))
    assert list(subject) == sorted(model)
    assert len(subject) == len(model)


def test_the_edges_of_the_range_belong_to_it_and_nothing_outside_does() -> None:
    for first, last in ((FIRST, FIRST), (FIRST, LAST), (0, 1023), (1, 1024)):
        subject = AddressSet(first, last)
        for outside in (first - 2000, first - 1, last + 1, last + 2000):
            with pytest.raises(IndexError):
                subject.add(outside)
            assert subject.discard(outside) is False
            assert outside not in subject
        for edge in {first, last}:
            assert subject.add(edge) is True
            assert subject.add(edge) is False
            assert edge in subject
        assert list(subject) == sorted({first, last})
        assert all(outside not in subject for outside in (first - 1, last + 1))
        assert (subject.lowest_from(first - 5000), subject.lowest_from(last + 1)) == (first, None)
        assert (subject.highest_below(last + 5000), subject.highest_below(first)) == (last, None)
        for edge in {first, last}:
            assert subject.discard(edge) is True
            assert subject.discard(edge) is False
        assert (len(subject), subject.lowest(), subject.highest()) == (0, None, None)
