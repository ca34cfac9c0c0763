"""SNMPv3 traps with any octets as a value, as an agent with an encoder of its own sends them."""

from snmp.codec import relay
from snmp.codec.message import OCTET_STRING, SEQUENCE, TRAP_V2
from snmp.security import engine
from snmp.security.access import SecurityLevel
from snmp.security.engine import MasterKeys
from tests.snmp.codec.test_lenient import TRAP_OID, UPTIME, element

ENGINE_ID = bytes.fromhex("80001f8804616263646566")
FLAGS = {SecurityLevel.NO_AUTH_NO_PRIV: b"\0", SecurityLevel.AUTH_NO_PRIV: b"\x01", SecurityLevel.AUTH_PRIV: b"\x03"}
DIGESTS = {None: 0, "md5": 12, "sha": 12, "sha-224": 16, "sha-256": 24, "sha-384": 32, "sha-512": 48}


def v3(keys: MasterKeys, value: bytes, number: int, after: bytes = b"") -> bytes:
    """An SNMPv3 trap with any octets as its last varbind."""
    user, owner = keys.user, engine.octet_string(ENGINE_ID)
    name = bytes.fromhex("06072b060104010063")
    bindings = element(
        SEQUENCE, element(SEQUENCE, UPTIME, element(0x43, b"\x01")), TRAP_OID, element(SEQUENCE, name, value)
    )
    numbers = relay.integer(number) + relay.integer(0) + relay.integer(0)
    scoped = element(
        SEQUENCE, element(OCTET_STRING, ENGINE_ID), element(OCTET_STRING), element(TRAP_V2, numbers, bindings)
    )
    salt = b""
    if user.priv is not None:
        cipher = engine.priv_services[engine.PRIV[user.priv]]
        key = cipher.localize_key(engine.AUTH[user.auth], keys.priv_key, owner)
        encrypted, parameters = cipher.encrypt_data(key, (1, 1000, None), scoped)
        scoped, salt = relay.element(OCTET_STRING, bytes(encrypted)), bytes(parameters)
    head = element(
        SEQUENCE,
        relay.integer(number),
        relay.integer(65507),
        element(OCTET_STRING, FLAGS[user.level]),
        relay.integer(3),
    )
    security = element(
        SEQUENCE,
        element(OCTET_STRING, ENGINE_ID),
        relay.integer(1),
        relay.integer(1000),
        element(OCTET_STRING, user.name.encode()),
        element(OCTET_STRING, bytes(DIGESTS[user.auth])),
        element(OCTET_STRING, salt),
    )
    message = relay.element(SEQUENCE, relay.integer(3), head, element(OCTET_STRING, security), scoped)
    if user.auth is not None:
        service = engine.auth_services[engine.AUTH[user.auth]]
        message = bytes(service.authenticate_outgoing_message(service.localize_key(keys.auth_key, owner), message))
    return message + after
