"""Which datagrams a full queue drops: those of the source with most, and of it the repetitions."""

from collections import Counter
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snmp.codec import encoding
from snmp.mib import specs
from snmp.receive import fairqueue
from snmp.receive.fairqueue import FairQueue, Item, kind

SERVER = IPv4Address("192.0.2.1")
START = encoding.v2c(specs.server_start(), "public", 1)
STOP = encoding.v2c(specs.server_stop(), "public", 1)
OTHER = encoding.v2c(specs.other_server_not_responding(SERVER, None), "public", 1)
LOUD, CALM = "192.0.2.1", "192.0.2.2"
PLENTY = 1_000_000


def item(data: bytes, host: str = LOUD, number: int = 0) -> Item:
    return (float(number), 0, host, 162, data)


def everything(queue: FairQueue) -> list[Item]:
    taken: list[Item] = []
    while batch := queue.take(7):
        taken += batch
    return taken


@pytest.mark.parametrize("version", ["v1", "v2c"])
def test_the_kind_depends_on_the_notification_and_not_on_its_varbinds(version: str) -> None:
    def encoded(spec: specs.TrapSpec, uptime: int) -> bytes:
        if version == "v1":
            return encoding.v1(spec, "public", uptime, IPv4Address(uptime))
        return encoding.v2c(spec, "public" * uptime, uptime)

    low = [encoded(specs.free_address_low("x" * length, "192.0.2.0", 5, 20), 1 + length) for length in (1, 20)]
    kinds = [kind(data) for data in (*low, encoded(specs.server_start(), 1), encoded(specs.server_stop(), 1))]
    assert kinds[0] == kinds[1]
    assert len(set(kinds)) == 3
    assert b"" not in kinds


def test_a_queue_with_room_keeps_everything_in_order() -> None:
    queue = FairQueue(100, PLENTY)
    items = [item(data, LOUD, number) for number, data in enumerate((START, STOP, START, OTHER))]
    for each in items:
        queue.put(each)
    assert everything(queue) == items
    assert (len(queue), queue.dropped) == (0, 0)


def test_datagrams_leave_in_turns_so_that_a_quiet_source_does_not_wait_for_a_busy_one() -> None:
    queue = FairQueue(1_000, PLENTY)
    for number in range(500):
        queue.put(item(START, LOUD, number))
    queue.put(item(STOP, CALM))
    assert CALM in {each[2] for each in queue.take(2)}


def test_a_busy_source_does_not_displace_datagrams_of_a_quiet_one() -> None:
    queue = FairQueue(10, PLENTY)
    for number in range(1_000):
        queue.put(item(START, LOUD, number))
    for data in (START, STOP, OTHER):
        queue.put(item(data, CALM))
    taken = Counter(each[2] for each in everything(queue))
    assert taken == {LOUD: 7, CALM: 3}
    assert queue.dropped == 1_003 - 10
    assert queue.dropped_of == {LOUD: 993}


def test_a_busy_source_does_not_displace_its_own_first_datagram_of_another_kind() -> None:
    queue = FairQueue(10, PLENTY)
    for number in range(1_000):
        queue.put(item(START, LOUD, number))
    queue.put(item(OTHER, LOUD, 1_000))
    for number in range(1_000):
        queue.put(item(START, LOUD, 2_000 + number))
    taken = everything(queue)
    assert [each[0] for each in taken] == [*range(9), 1_000]
    assert taken[-1][4] == OTHER


def test_a_kind_that_left_the_queue_counts_as_first_again() -> None:
    queue = FairQueue(2, PLENTY)
    for _ in range(3):
        for data in (START, START, STOP):
            queue.put(item(data))
        assert [each[4] for each in everything(queue)] == [START, STOP]


def test_the_number_of_octets_is_bounded_too() -> None:
    queue = FairQueue(1_000, 100_000)
    for number in range(100):
        queue.put(item(bytes(60_000), f"192.0.2.{number}"))
    queue.put(item(START, LOUD))
    assert len(queue) == 2
    assert queue.dropped == 99


def test_the_table_of_drops_by_source_is_bounded() -> None:
    queue = FairQueue(0, PLENTY)
    for number in range(fairqueue.MAXIMUM_DROP_SOURCES + 10):
        queue.put(item(START, f"10.0.{number // 250}.{number % 250}"))
    assert len(queue.dropped_of) == fairqueue.MAXIMUM_DROP_SOURCES + 1
    assert queue.dropped_of[fairqueue.OTHERS] == 10


@given(st.binary(max_size=80))
def test_any_octets_have_a_kind(data: bytes) -> None:
    assert isinstance(kind(data), bytes)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from((LOUD, LOUD, LOUD, CALM, "192.0.2.3")), st.sampled_from((START, STOP, OTHER))),
            st.integers(1, 5),
        ),
        max_size=120,
    ),
    st.integers(3, 12),
)
def test_every_datagram_is_taken_or_dropped_and_one_of_each_kind_stays(
    steps: list[tuple[str, bytes] | int], limit: int
) -> None:
    """If there is room for one datagram of each kind of each source, one of each stays in the queue."""
    queue = FairQueue(max(limit, 9), PLENTY)
    put = taken = 0
    waiting: set[tuple[str, bytes]] = set()
    for number, step in enumerate(steps):
        if isinstance(step, int):
            batch = queue.take(step)
            taken += len(batch)
            left = {(each[2], each[4]) for line in queue._lines.values() for _, each in line}
            waiting &= left
        else:
            put += 1
            queue.put(item(step[1], step[0], number))
            waiting.add(step)
            left = {(each[2], each[4]) for line in queue._lines.values() for _, each in line}
            assert waiting <= left
        assert len(queue) <= max(limit, 9)
    assert put == taken + queue.dropped + len(everything(queue))
