"""Messages to notifications: objects by OID, in every version, with any object missing."""

import json

from snmp.codec.message import (
    GAUGE32,
    INTEGER,
    IP_ADDRESS,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    TIME_TICKS,
    TRAP_V1,
    TRAP_V2,
    V1,
    V2C,
    Message,
    RawVarbind,
    V1Header,
)
from snmp.codec.translation import translate
from snmp.mib import registrar, standard
from snmp.mib.notification import Notification, printable

N = f"{registrar.ROOT}.1.2"
SOURCE = ("127.0.0.11", 40000)


def v2c(trap: str, *varbinds: RawVarbind) -> Notification:
    head = (
        RawVarbind(standard.UPTIME, TIME_TICKS, 4711),
        RawVarbind(standard.TRAP_OID, OBJECT_IDENTIFIER, trap),
    )
    return translate(Message(V2C, b"public", TRAP_V2, 1, None, head + varbinds), SOURCE, 1.5, 1)


def v1(generic: int, specific: int, agent: bytes, *varbinds: RawVarbind) -> Notification:
    header = V1Header(registrar.ENTERPRISE, agent, generic, specific, 99)
    return translate(Message(V1, b"public", TRAP_V1, None, header, varbinds), SOURCE, 1.5, 2)


def test_varbinds_are_named_by_oid_and_their_order_does_not_matter() -> None:
    """R-241: other-server-not-responding."""
    seen = v2c(
        f"{registrar.ENTERPRISE}.0.13",
        RawVarbind(f"{N}.18", OCTET_STRING, bytes(15) + b"\1"),
        RawVarbind(f"{N}.14.0", INTEGER, 3),
        RawVarbind(f"{N}.3.0", IP_ADDRESS, bytes((192, 0, 2, 7))),
    )
    assert (seen.name, seen.uptime_centiseconds, seen.version) == ("other-server-not-responding", 4711, "v2c")
    assert seen.get("server") == "192.0.2.7"
    assert seen.get("ipv6-server") == "::1"
    assert seen.get("related-server-type") == "failover-partner"
    related = seen.varbind("related-server-type")
    assert related is not None
    assert related.value == 3
    assert seen.get("scope-name") is None


def test_a_notification_without_any_object_is_accepted() -> None:
    """R-242: a configuration mismatch from a server with an older MIB without these objects."""
    seen = v2c(f"{registrar.ENTERPRISE}.0.10")
    assert seen.name == "failover-config-mismatch"
    assert seen.varbinds == ()


def test_a_deprecated_notification_is_marked_as_deprecated() -> None:
    assert v2c(f"{registrar.ENTERPRISE}.0.6").deprecated
    assert not v2c(f"{registrar.ENTERPRISE}.0.13").deprecated


def test_an_unknown_notification_keeps_its_oid_and_its_varbinds() -> None:
    seen = v2c(
        "1.3.6.1.4.1.99999.0.1",
        RawVarbind("1.3.6.1.4.1.99999.1.1.0", OCTET_STRING, b"fan failed"),
        RawVarbind("1.3.6.1.4.1.99999.1.2.0", OCTET_STRING, b"\xff\x00"),
    )
    assert (seen.name, seen.oid) == ("unknown", "1.3.6.1.4.1.99999.0.1")
    assert [(varbind.name, varbind.value) for varbind in seen.varbinds] == [
        ("1.3.6.1.4.1.99999.1.1.0", "fan failed"),
        ("1.3.6.1.4.1.99999.1.2.0", b"\xff\x00"),
    ]


def test_a_message_without_a_trap_oid_is_unknown() -> None:
    seen = translate(Message(V2C, b"public", TRAP_V2, 1, None, ()), SOURCE, 1.5, 1)
    assert (seen.name, seen.oid, seen.uptime_centiseconds) == ("unknown", "", None)


def test_an_enterprise_specific_snmpv1_trap_has_the_oid_of_its_v2c_form() -> None:
    seen = v1(6, 14, bytes((10, 0, 0, 1)))
    assert (seen.name, seen.version, seen.count) == ("other-server-responding", "v1", 2)
    assert seen.agent == "10.0.0.1"
    assert seen.uptime_centiseconds == 99


def test_a_generic_snmpv1_trap_has_the_oid_of_its_v2c_form() -> None:
    assert v1(0, 0, bytes(4)).name == "cold-start"
    assert v1(4, 0, bytes(4)).oid == f"{standard.GENERIC}.5"


def test_an_agent_address_of_zero_means_no_agent() -> None:
    assert v1(6, 3, bytes(4)).agent is None


def test_the_agent_is_the_address_that_a_forwarder_adds() -> None:
    seen = v2c(f"{registrar.ENTERPRISE}.0.3", RawVarbind(standard.TRAP_ADDRESS, IP_ADDRESS, bytes((192, 0, 2, 9))))
    assert seen.agent == "192.0.2.9"


def test_a_community_in_a_forwarded_trap_is_redacted() -> None:
    seen = v2c(f"{registrar.ENTERPRISE}.0.3", RawVarbind(standard.TRAP_COMMUNITY, OCTET_STRING, b"secret-word"))
    assert seen.get("trap-community") == "(redacted)"
    assert "secret-word" not in str(seen)
    assert "secret-word" not in str(seen.as_json())


def test_the_scope_of_an_old_free_address_trap_is_in_its_instance() -> None:
    seen = v2c(
        f"{registrar.ENTERPRISE}.0.1",
        RawVarbind(f"{registrar.ROOT}.1.1.1.1.4.4.119.105.102.105", GAUGE32, 12),
    )
    assert seen.name == "free-address-low"
    assert seen.get("scope-name") == "wifi"
    assert seen.get("scope-free-addresses") == "12"


def test_a_hardware_address_is_shown_as_one() -> None:
    ethernet = v2c(f"{registrar.ENTERPRISE}.0.7", RawVarbind(f"{N}.2.0", OCTET_STRING, b"\1\6\0\x11\x22\x33\x44\x55"))
    assert ethernet.get("hardware-address") == "00:11:22:33:44:55"
    other = v2c(f"{registrar.ENTERPRISE}.0.7", RawVarbind(f"{N}.2.0", OCTET_STRING, b"\6\2\xaa\xbb"))
    assert other.get("hardware-address") == "6/aa:bb"
    odd = v2c(f"{registrar.ENTERPRISE}.0.7", RawVarbind(f"{N}.2.0", OCTET_STRING, b"\1\6\xaa"))
    assert odd.get("hardware-address") == "01:06:aa"


def test_an_object_of_another_type_than_in_the_mib_keeps_its_value() -> None:
    seen = v2c(f"{registrar.ENTERPRISE}.0.13", RawVarbind(f"{N}.3.0", OCTET_STRING, b"ns1.example.com"))
    assert seen.get("server") == "6e:73:31:2e:65:78:61:6d:70:6c:65:2e:63:6f:6d"


def test_a_number_that_is_not_in_the_enumeration_stays_a_number() -> None:
    seen = v2c(f"{registrar.ENTERPRISE}.0.13", RawVarbind(f"{N}.14.0", INTEGER, 9))
    assert seen.get("related-server-type") == "9"


def test_control_characters_from_the_network_are_escaped() -> None:
    seen = v2c(f"{registrar.ENTERPRISE}.0.11", RawVarbind(f"{N}.12.0", OCTET_STRING, b"wifi\x1b[2J\xff"))
    assert seen.get("scope-name") == "wifi\\x1b[2J\N{REPLACEMENT CHARACTER}"
    assert printable("a\nb\u202e") == "a\\nb\\u202e"


def test_the_json_form_has_every_field() -> None:
    seen = v2c(f"{registrar.ENTERPRISE}.0.4", RawVarbind(f"{N}.4.0", INTEGER, 2))
    assert seen.as_json() == {
        "at": "1970-01-01T00:00:01.500Z",
        "name": "server-stop",
        "oid": f"{registrar.ENTERPRISE}.0.4",
        "source": {"address": "127.0.0.11", "port": 40000},
        "agent": None,
        "version": "v2c",
        "inform": False,
        "user": None,
        "level": None,
        "engine_id": None,
        "uptime_centiseconds": 4711,
        "deprecated": False,
        "count": 1,
        "varbinds": [{"oid": f"{N}.4.0", "name": "server-type", "value": 2, "text": "dhcp", "type": "INTEGER"}],
    }


def test_the_json_line_equals_the_json_form() -> None:
    long = RawVarbind("1.3.6.1.4.1.99999.1.1.0", OCTET_STRING, b"x" * 1000)
    odd = RawVarbind("1.3.6.1.4.1.99999.1.2.0", OCTET_STRING, b'"\xff\\')
    seen = v2c(f"{registrar.ENTERPRISE}.0.4", RawVarbind(f"{N}.4.0", INTEGER, 2), long, odd)
    for one in (seen, v2c(f"{registrar.ENTERPRISE}.0.5")):
        assert json.loads(one.json_line()) == one.as_json()
        assert "\n" not in one.json_line()
