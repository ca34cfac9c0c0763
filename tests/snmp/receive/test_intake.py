"""Access rules, coalescing of repetitions, and counters that add up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snmp.codec import ber, encoding
from snmp.codec.message import RESPONSE
from snmp.errors import MessageError
from snmp.mib import specs
from snmp.receive import intake, repetition
from snmp.receive.datagram import Datagram
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


def test_a_repeated_trap_adds_to_the_count() -> None:
    subject = intake_of()
    for data in (START, START_LATER, STOP, START):
        assert subject.handle(trap(data), 10.0) == ()
    assert subject.due(10.2) == []
    assert subject.next_due() == 10.25
    assert [(seen.name, seen.count) for seen in subject.due(10.25)] == [("server-start", 3), ("server-stop", 1)]
    assert subject.counts == {"decoded": 2, "coalesced": 2}
    assert subject.next_due() is None


def test_the_window_starts_with_the_first_repetition() -> None:
    subject = intake_of()
    for tenth in range(6):
        subject.handle(trap(START), 10.0 + tenth / 10)
    counts = [seen.count for seen in subject.due(10.3)]
    counts += [seen.count for seen in subject.due(11.0)]
    assert counts == [3, 3]


def test_each_source_has_its_own_notification_and_another_port_is_the_same_source() -> None:
    subject = intake_of()
    for source in (SOURCE, ("192.0.2.1", 50001), ("192.0.2.2", 50000)):
        subject.handle(trap(START, source), 10.0)
    assert [(seen.source, seen.count) for seen in subject.due(11.0)] == [
        (SOURCE, 2),
        (("192.0.2.2", 50000), 1),
    ]


def test_a_wrong_community_is_rejected_with_its_source() -> None:
    subject = intake_of(communities=(Community("monitoring"),))
    subject.handle(trap(START), 10.0)
    subject.handle(trap(START), 10.0)
    assert subject.due(11.0) == []
    (rejection,) = subject.rejections()
    assert (rejection.source, rejection.reason, rejection.count) == ("192.0.2.1", "community", 2)
    assert subject.causes == {"community": 2}


@pytest.mark.parametrize(
    ("sources", "accepted"),
    [((), True), (("192.0.2.0/24",), True), (("192.0.2.1",), True), (("192.0.2.2", "2001:db8::/32"), False)],
)
def test_only_allowed_sources_are_accepted(sources: tuple[str, ...], accepted: bool) -> None:
    subject = intake_of(sources=sources)
    subject.handle(trap(START), 10.0)
    assert len(subject.due(11.0)) == accepted
    assert len(subject.rejections()) == (not accepted)


def test_random_octets_are_rejected_and_calls_of_the_slow_decoder_are_limited() -> None:
    subject = intake_of()
    for _ in range(intake.FALLBACK_PER_SECOND + 50):
        subject.handle(trap(b"\x30\x03abc"), 10.0)
    assert subject.counts == {"rejected": intake.FALLBACK_PER_SECOND + 50}
    indefinite = b"\x30\x80" + START[2:] + b"\0\0"
    subject.handle(trap(indefinite), 10.5)
    assert subject.due(11.0) == []
    subject.handle(trap(indefinite), 11.5)
    assert [seen.name for seen in subject.due(12.0)] == ["server-start"]


def test_the_table_of_rejections_is_bounded() -> None:
    subject = intake_of()
    for number in range(intake.MAXIMUM_REJECTION_KINDS + 10):
        subject.handle(trap(b"", (f"10.0.{number // 250}.{number % 250}", 1)), 10.0)
    rejections = subject.rejections()
    assert len(rejections) == intake.MAXIMUM_REJECTION_KINDS
    assert rejections[-1].source == "10.0.1.15"


def test_with_too_many_pending_notifications_the_oldest_are_reported_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAXIMUM_PENDING", 2)
    subject = intake_of()
    for number in range(4):
        subject.handle(trap(START, (f"10.0.0.{number}", 1)), 10.0)
    assert [seen.source[0] for seen in subject.due(10.0)] == ["10.0.0.0", "10.0.0.1"]


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
def test_every_datagram_is_counted_once_and_the_notifications_add_up(steps: list[tuple[bytes, float, bool]]) -> None:
    subject = intake_of()
    now, total = 100.0, 0
    for data, later, ask in steps:
        now += later
        subject.handle(trap(data), now)
        if ask:
            total += sum(seen.count for seen in subject.due(now))
    total += sum(seen.count for seen in subject.due(float("inf")))
    assert sum(subject.counts.values()) == len(steps)
    assert total == subject.counts["decoded"] + subject.counts["coalesced"]


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
def test_a_community_is_accepted_from_its_own_networks_only(community: str, source: str, reason: str | None) -> None:
    subject = intake_of(communities=(Community("public", ("192.0.2.0/24", "2001:db8::/64")), Community("open")))
    subject.handle(trap(encoding.v2c(specs.server_start(), community, 1), (source, 1)), 10.0)
    assert [(each.source, each.reason) for each in subject.rejections()] == ([(source, reason)] if reason else [])
    assert subject.counts["decoded"] == (reason is None)


def test_snmpv3_is_rejected_as_version_when_no_user_is_configured() -> None:
    subject = intake_of()
    subject.handle(trap(bytes.fromhex("300e020103300902010102020800040104")), 10.0)
    assert subject.causes == {"version": 1}


def test_a_retransmitted_inform_is_acknowledged_again_and_reported_once() -> None:
    """A sender without an acknowledgement repeats the request with its request ID, long after the window."""
    subject = intake_of()
    for now in (10.0, 10.1, 15.0, 20.0):
        (answer,) = subject.handle(trap(inform(7)), now)
        assert answer[answer.index(b"public") + 6] == RESPONSE
        subject.due(now + 0.3)
    assert subject.counts == {"decoded": 1, "coalesced": 3}
    subject.handle(trap(inform(8)), 25.0)
    subject.handle(trap(inform(7), ("192.0.2.2", 50000)), 25.0)
    assert subject.counts["decoded"] == 3


def test_an_inform_with_the_same_request_id_and_other_contents_is_a_new_one() -> None:
    subject = intake_of()
    subject.handle(trap(inform(7)), 10.0)
    subject.handle(trap(inform(7, specs.server_stop())), 15.0)
    assert subject.counts["decoded"] == 2


@pytest.mark.parametrize("settings", [{"communities": (Community("other"),)}, {"sources": ("203.0.113.0/24",)}])
def test_a_rejected_inform_is_not_acknowledged(settings: dict[str, tuple[Community, ...]]) -> None:
    assert intake_of(**settings).handle(trap(inform(7)), 10.0) == ()  # type: ignore[arg-type]


def test_the_rate_limit_is_by_source_and_does_not_apply_to_the_first_of_a_kind() -> None:
    subject = intake_of(per_second=1.0)
    answers = [subject.handle(trap(inform(number, low(number))), 10.0) for number in range(10)]
    assert subject.counts == {"decoded": 2, "dropped": 8}
    assert [bool(answer) for answer in answers] == [True, True] + [False] * 8, "the sender must retry the others"
    subject.handle(trap(START), 10.0)
    subject.handle(trap(inform(99, low(99)), ("192.0.2.2", 1)), 10.0)
    assert subject.counts == {"decoded": 4, "dropped": 8}
    assert subject.causes == {"rate-limit": 8}
    subject.handle(trap(inform(50, low(50))), 15.0)
    assert subject.counts["decoded"] == 5


def low(number: int) -> specs.TrapSpec:
    return specs.free_address_low(f"scope-{number}", "192.0.2.0", 5, 20)


def identity(data: bytes) -> bytes | None:
    found = repetition.outline(data)
    return None if found is None else found.identity


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_messages_with_the_same_identity_are_the_same_trap(data: st.DataObject) -> None:
    """Two messages that the decoder tells apart never have the same identity, except for request ID and uptime."""
    octets = bytearray(data.draw(st.sampled_from((START, STOP, inform(5), encoding.v2c(low(3), "public", 77)))))
    before = identity(bytes(octets))
    original = ber.decode(bytes(octets))
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    if identity(bytes(octets)) != before:
        return
    try:
        changed = ber.decode(bytes(octets))
    except MessageError:
        return
    assert changed.community == original.community
    assert [each for each in changed.varbinds if each.oid != "1.3.6.1.2.1.1.3.0"] == [
        each for each in original.varbinds if each.oid != "1.3.6.1.2.1.1.3.0"
    ]
