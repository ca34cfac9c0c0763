"""Who may send, what is the same thing said again, and that the counters add up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snmp.codec import ber, encoding
from snmp.codec.message import RESPONSE
from snmp.errors import MessageError
from snmp.mib import specs
from snmp.receive import intake, repetition
from snmp.receive.drain import Datagram
from snmp.receive.intake import Intake
from snmp.security.access import Community

SOURCE = ("192.0.2.1", 50000)
START = encoding.v2c(specs.server_start(), "public", 100)
START_LATER = encoding.v2c(specs.server_start(), "public", 200)
STOP = encoding.v2c(specs.server_stop(), "public", 100)


def trap(data: bytes, source: tuple[str, int] = SOURCE) -> Datagram:
    return Datagram(1000.0, 10.0, 0, *source, data)


def intake_of(
    *,
    communities: tuple[Community, ...] = (Community("public"),),
    sources: tuple[str, ...] = (),
    per_second: float = 0.0,
) -> Intake:
    return Intake(communities, sources, window_seconds=0.25, per_second=per_second)


def inform(number: int, spec: specs.TrapSpec | None = None) -> bytes:
    return encoding.v2c_inform(spec or specs.server_start(), "public", 100, number)


def test_a_trap_said_again_adds_to_the_count() -> None:
    taking = intake_of()
    for data in (START, START_LATER, STOP, START):
        assert taking.take(trap(data), 10.0) == ()
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
    taking = intake_of(communities=(Community("monitoring"),))
    taking.take(trap(START), 10.0)
    taking.take(trap(START), 10.0)
    assert taking.due(11.0) == []
    (rejection,) = taking.rejections()
    assert (rejection.source, rejection.reason, rejection.count) == ("192.0.2.1", "community", 2)
    assert taking.causes == {"community": 2}


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


@pytest.mark.parametrize(
    ("community", "source", "reason"),
    [
        ("public", "192.0.2.1", None),
        ("public", "2001:db8::7", None),
        ("public", "192.0.3.1", "network"),
        ("open", "203.0.113.9", None),
        ("private", "192.0.2.1", "community"),
        ("public", "fe80::1%eth0", "network"),
    ],
)
def test_a_community_may_be_used_from_its_own_networks(community: str, source: str, reason: str | None) -> None:
    taking = intake_of(communities=(Community("public", ("192.0.2.0/24", "2001:db8::/64")), Community("open")))
    taking.take(trap(encoding.v2c(specs.server_start(), community, 1), (source, 1)), 10.0)
    assert [(each.source, each.reason) for each in taking.rejections()] == ([(source, reason)] if reason else [])
    assert taking.counts["decoded"] == (reason is None)


def test_snmpv3_without_users_is_rejected_as_that() -> None:
    taking = intake_of()
    taking.take(trap(bytes.fromhex("300e020103300902010102020800040104")), 10.0)
    assert taking.causes == {"version": 1}


def test_an_inform_that_comes_again_is_acknowledged_again_and_told_once() -> None:
    """A sender that had no acknowledgement repeats the request, number and all, long after the window."""
    taking = intake_of()
    for now in (10.0, 10.1, 15.0, 20.0):
        (answer,) = taking.take(trap(inform(7)), now)
        assert answer[answer.index(b"public") + 6] == RESPONSE
        taking.due(now + 0.3)
    assert taking.counts == {"decoded": 1, "coalesced": 3}
    taking.take(trap(inform(8)), 25.0)
    taking.take(trap(inform(7), ("192.0.2.2", 50000)), 25.0)
    assert taking.counts["decoded"] == 3


def test_an_inform_with_the_same_number_and_other_contents_is_another() -> None:
    taking = intake_of()
    taking.take(trap(inform(7)), 10.0)
    taking.take(trap(inform(7, specs.server_stop())), 15.0)
    assert taking.counts["decoded"] == 2


@pytest.mark.parametrize("settings", [{"communities": (Community("other"),)}, {"sources": ("203.0.113.0/24",)}])
def test_what_is_not_accepted_is_not_acknowledged(settings: dict[str, tuple[Community, ...]]) -> None:
    assert intake_of(**settings).take(trap(inform(7)), 10.0) == ()  # type: ignore[arg-type]


def test_a_rate_is_kept_by_source_and_the_first_of_a_kind_passes_it() -> None:
    taking = intake_of(per_second=1.0)
    answers = [taking.take(trap(inform(number, low(number))), 10.0) for number in range(10)]
    assert taking.counts == {"decoded": 2, "dropped": 8}
    assert [bool(answer) for answer in answers] == [True, True] + [False] * 8, "its sender shall try again"
    taking.take(trap(START), 10.0)
    taking.take(trap(inform(99, low(99)), ("192.0.2.2", 1)), 10.0)
    assert taking.counts == {"decoded": 4, "dropped": 8}
    assert taking.causes == {"rate-limit": 8}
    taking.take(trap(inform(50, low(50))), 15.0)
    assert taking.counts["decoded"] == 5


def low(number: int) -> specs.TrapSpec:
    return specs.free_address_low(f"scope-{number}", "192.0.2.0", 5, 20)


def walked(data: bytes) -> bytes | None:
    found = repetition.walk(data)
    return None if found is None else found.identity


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_octets_of_one_identity_are_the_same_trap(data: st.DataObject) -> None:
    """The walk that finds repetitions never takes two for one that the decoder would tell apart."""
    octets = bytearray(data.draw(st.sampled_from((START, STOP, inform(5), encoding.v2c(low(3), "public", 77)))))
    before = walked(bytes(octets))
    original = ber.decode(bytes(octets))
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    if walked(bytes(octets)) != before:
        return
    try:
        changed = ber.decode(bytes(octets))
    except MessageError:
        return
    assert changed.community == original.community
    assert [each for each in changed.varbinds if each.oid != "1.3.6.1.2.1.1.3.0"] == [
        each for each in original.varbinds if each.oid != "1.3.6.1.2.1.1.3.0"
    ]
