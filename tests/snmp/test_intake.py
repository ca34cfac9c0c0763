"""Who may send, what is the same thing said again, and that the counters add up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snmp import encoding, intake, specs
from snmp.drain import Datagram
from snmp.intake import Intake, Reason

SOURCE = ("192.0.2.1", 50000)
START = encoding.v2c(specs.server_start(), "public", 100)
START_LATER = encoding.v2c(specs.server_start(), "public", 200)
STOP = encoding.v2c(specs.server_stop(), "public", 100)


def trap(data: bytes, source: tuple[str, int] = SOURCE) -> Datagram:
    return Datagram(1000.0, source, data)


def intake_of(*, communities: tuple[str, ...] = ("public",), sources: tuple[str, ...] = ()) -> Intake:
    return Intake(communities, sources, window_seconds=0.25)


def test_a_trap_said_again_adds_to_the_count() -> None:
    taking = intake_of()
    for data in (START, START_LATER, STOP, START):
        assert taking.take(trap(data), 10.0) is None
    assert taking.due(10.2) == []
    assert taking.next_due() == 10.25
    assert [(seen.name, seen.count) for seen in taking.due(10.25)] == [("server-start", 3), ("server-stop", 1)]
    assert taking.counts == {"decoded": 2, "coalesced": 2}
    assert taking.next_due() is None


def test_the_window_is_counted_from_the_first() -> None:
    taking = intake_of()
    for tenth in range(6):
        taking.take(trap(START), 10.0 + tenth / 10)
    counts = [seen.count for seen in taking.due(10.3)]
    counts += [seen.count for seen in taking.due(11.0)]
    assert counts == [3, 3]


def test_other_sources_say_their_own_and_another_port_is_the_same_source() -> None:
    taking = intake_of()
    for source in (SOURCE, ("192.0.2.1", 50001), ("192.0.2.2", 50000)):
        taking.take(trap(START, source), 10.0)
    assert [(seen.source, seen.count) for seen in taking.due(11.0)] == [
        (SOURCE, 2),
        (("192.0.2.2", 50000), 1),
    ]


def test_a_wrong_community_is_rejected_with_its_source() -> None:
    taking = intake_of(communities=("monitoring",))
    taking.take(trap(START), 10.0)
    taking.take(trap(START), 10.0)
    assert taking.due(11.0) == []
    (rejection,) = taking.rejections()
    assert (rejection.source, rejection.reason, rejection.count) == ("192.0.2.1", Reason.COMMUNITY, 2)


@pytest.mark.parametrize(
    ("sources", "accepted"),
    [((), True), (("192.0.2.0/24",), True), (("192.0.2.1",), True), (("192.0.2.2", "2001:db8::/32"), False)],
)
def test_only_the_sources_allowed_are_heard(sources: tuple[str, ...], accepted: bool) -> None:
    taking = intake_of(sources=sources)
    taking.take(trap(START), 10.0)
    assert len(taking.due(11.0)) == accepted
    assert len(taking.rejections()) == (not accepted)


def test_noise_is_rejected_and_the_slow_decoder_is_asked_no_more_than_its_share() -> None:
    taking = intake_of()
    for _ in range(intake.FALLBACK_PER_SECOND + 50):
        taking.take(trap(b"\x30\x03abc"), 10.0)
    assert taking.counts == {"rejected": intake.FALLBACK_PER_SECOND + 50}
    indefinite = b"\x30\x80" + START[2:] + b"\0\0"
    taking.take(trap(indefinite), 10.5)
    assert taking.due(11.0) == []
    taking.take(trap(indefinite), 11.5)
    assert [seen.name for seen in taking.due(12.0)] == ["server-start"]


def test_rejections_are_kept_for_a_bounded_number_of_sources() -> None:
    taking = intake_of()
    for number in range(intake.MAXIMUM_REJECTION_KINDS + 10):
        taking.take(trap(b"", (f"10.0.{number // 250}.{number % 250}", 1)), 10.0)
    kept = taking.rejections()
    assert len(kept) == intake.MAXIMUM_REJECTION_KINDS
    assert kept[-1].source == "10.0.1.15"


def test_more_than_can_wait_goes_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAXIMUM_WAITING", 2)
    taking = intake_of()
    for number in range(4):
        taking.take(trap(START, (f"10.0.0.{number}", 1)), 10.0)
    assert [seen.source[0] for seen in taking.due(10.0)] == ["10.0.0.0", "10.0.0.1"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from((START, START_LATER, STOP, b"noise", STOP[:-1])),
            st.floats(0, 0.2),
            st.booleans(),
        ),
        max_size=60,
    )
)
@settings(max_examples=100, deadline=None)
def test_every_datagram_is_counted_once_and_counts_tell_it(steps: list[tuple[bytes, float, bool]]) -> None:
    taking = intake_of()
    now, told = 100.0, 0
    for data, later, ask in steps:
        now += later
        taking.take(trap(data), now)
        if ask:
            told += sum(seen.count for seen in taking.due(now))
    told += sum(seen.count for seen in taking.due(float("inf")))
    assert sum(taking.counts.values()) == len(steps)
    assert told == taking.counts["decoded"] + taking.counts["coalesced"]
