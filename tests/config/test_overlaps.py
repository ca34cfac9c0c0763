"""Subnets that overlap, in any order and of any length."""

from ipaddress import IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.config.check import overlapping

SUBNETS = st.lists(
    st.builds(
        lambda address, length: IPv4Network((address, length), strict=False),
        st.integers(min_value=0x0A000000, max_value=0x0A0003FF),
        st.integers(min_value=22, max_value=32),
    ),
    max_size=8,
)


@given(SUBNETS)
def test_every_overlap_is_found_once(subnets: list[IPv4Network]) -> None:
    assert overlapping(subnets) == [
        (first, second)
        for second in range(len(subnets))
        for first in range(second)
        if subnets[first].overlaps(subnets[second])
    ]
