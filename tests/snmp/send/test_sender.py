"""TrapSender: the encoded traps, the counters, and that the caller never waits."""

import logging
from ipaddress import IPv4Address, IPv6Address

import pytest

from snmp.codec import ber, encoding
from snmp.codec.message import TIME_TICKS, RawVarbind
from snmp.errors import UnknownTrapError
from snmp.mib import specs
from snmp.mib.specs import ConfigError, DetectedBy, TrapSpec
from snmp.send.sender import Recipient, TrapSender
from tests.snmp.listening import receive_until, receiver, total

SERVER = IPv4Address("192.0.2.1")
SERVER6 = IPv6Address("2001:db8::1")
N = "1.3.6.1.4.1.9.9.120.1.2"

EVERY_TRAP = (
    specs.server_start(),
    specs.server_stop(),
    specs.other_server_not_responding(SERVER, SERVER6),
    specs.other_server_responding(SERVER, None),
    specs.failover_config_mismatch(SERVER, None, "example-pair", ConfigError.MCLT),
    specs.free_address_low("wifi", "127.0.64.0/18", 100, 20),
    specs.free_address_high("wifi", "127.0.64.0/18", 5_000, 25),
    specs.duplicate_address(SERVER, 1, bytes.fromhex("020000000001"), DetectedBy.DHCP_CLIENT),
    specs.address_conflict(SERVER, SERVER, SERVER6, "example-pair"),
)


def test_an_snmpv2c_trap_has_uptime_and_oid_first_and_objects_in_the_order_of_the_mib() -> None:
    """R-241: the trap other-server-not-responding."""
    spec = TrapSpec(
        "other-server-not-responding", tuple(reversed(specs.other_server_not_responding(SERVER, SERVER6).fields))
    )
    message = ber.decode(encoding.v2c(spec, "monitoring", 4711))
    assert message.community == b"monitoring"
    assert message.varbinds[0] == RawVarbind("1.3.6.1.2.1.1.3.0", TIME_TICKS, 4711)
    assert message.varbinds[1].value == "1.3.6.1.4.1.9.9.120.2.0.13"
    assert [(raw.oid, raw.value) for raw in message.varbinds[2:]] == [
        (f"{N}.3.0", SERVER.packed),
        (f"{N}.14.0", 3),
        (f"{N}.18.0", SERVER6.packed),
    ]


def test_an_snmpv1_trap_has_the_enterprise_and_the_specific_number() -> None:
    """R-242: the trap failover-config-mismatch."""
    spec = specs.failover_config_mismatch(SERVER, None, "example-pair", ConfigError.BACKUP_PERCENTAGE)
    message = ber.decode(encoding.v1(spec, "public", 4711, IPv4Address("127.0.0.11")))
    assert message.v1 is not None
    assert (message.v1.enterprise, message.v1.generic, message.v1.specific) == (
        "1.3.6.1.4.1.9.9.120.2",
        6,
        10,
    )
    assert message.v1.agent_address == bytes((127, 0, 0, 11))
    assert [(raw.oid, raw.value) for raw in message.varbinds] == [
        (f"{N}.3.0", SERVER.packed),
        (f"{N}.19.0", b"example-pair"),
        (f"{N}.20.0", 3),
    ]


def test_the_uptime_wraps_after_497_days() -> None:
    message = ber.decode(encoding.v2c(specs.server_start(), "public", 2**32 + 5))
    assert message.varbinds[0].value == 5


@pytest.mark.parametrize("version", ["v1", "v2c"])
def test_every_sent_trap_is_received_with_the_same_contents(version: str) -> None:
    """R-241, R-242."""
    with receiver() as (listening, (host, port)):
        recipient = Recipient("here", host, port, version=version)  # type: ignore[arg-type]
        sender = TrapSender([recipient])
        for spec in EVERY_TRAP:
            sender.send(spec)
        sender.close(5.0)
        seen = receive_until(listening, lambda found: total(found) == len(EVERY_TRAP))
    assert [one.name for one in seen] == [spec.name for spec in EVERY_TRAP]
    assert all(one.version == version for one in seen)
    for one, spec in zip(seen, EVERY_TRAP, strict=True):
        assert [varbind.name for varbind in one.varbinds] == [name for name, _ in spec.fields]
    texts = {(one.name, varbind.name): varbind.text for one in seen for varbind in one.varbinds}
    assert texts["free-address-low", "scope-name"] == "wifi"
    assert texts["free-address-low", "free-addresses"] == "100"
    assert texts["failover-config-mismatch", "config-error-type"] == "mclt-error"
    assert texts["duplicate-address", "hardware-address"] == "02:00:00:00:00:01"
    assert texts["address-conflict", "ipv6-server"] == "2001:db8::1"
    assert sender.counters().sent == len(EVERY_TRAP)


def test_every_recipient_gets_the_trap() -> None:
    with receiver() as (first, (host, port)), receiver() as (second, (_, other_port)):
        sender = TrapSender([Recipient("a", host, port), Recipient("b", host, other_port)])
        sender.send(specs.server_start())
        sender.close(5.0)
        for listening in (first, second):
            assert [one.name for one in receive_until(listening, lambda found: total(found) == 1)] == ["server-start"]


def test_send_refuses_a_trap_that_is_in_no_table() -> None:
    sender = TrapSender([])
    with pytest.raises(UnknownTrapError, match="there is no notification 'server-melts'"):
        sender.send(TrapSpec("server-melts", ()))
    with pytest.raises(UnknownTrapError, match="server-start has the objects server-type, not scope-name"):
        sender.send(TrapSpec("server-start", (("scope-name", "wifi"),)))
    sender.close(5.0)


def test_a_failure_is_counted_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    with receiver() as (listening, (host, port)):
        sender = TrapSender([Recipient("nowhere", "0.0.0.0.0", 162), Recipient("here", host, port)])
        with caplog.at_level(logging.WARNING):
            sender.send(specs.server_start())
            sender.send(TrapSpec("address-conflict", (("contested-address", "no address"),)))
            sender.send(specs.server_stop())
            sender.close(5.0)
        receive_until(listening, lambda found: total(found) == 2)
    counters = sender.counters()
    assert (counters.sent, counters.failed, counters.dropped) == (2, 4, 0)
    messages = sorted(record.getMessage() for record in caplog.records)
    assert len(messages) == 3
    assert messages[0].startswith("cannot send traps to here (127.0.0.1 port ")
    assert messages[1].startswith("cannot send traps to nowhere (0.0.0.0.0 port 162): ")
    assert messages[2] == "traps to here are delivered again; 1 failed so far"


def test_send_to_a_full_queue_drops_and_counts_without_waiting() -> None:
    with receiver() as (listening, (host, port)):
        sender = TrapSender([Recipient("here", host, port)], queue_limit=10)
        for _ in range(2_000):
            sender.send(specs.server_start())
        sender.close(5.0)
        counters = sender.counters()
        receive_until(listening, lambda found: total(found) == counters.sent)
    assert counters.dropped > 0
    assert counters.sent + counters.dropped == 2_000
