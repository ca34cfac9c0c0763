"""SNMPv3 messages whose values are encoded wrongly, encoded again so that the engine accepts them.

The engine decodes strictly and refuses the whole message. Here the digest is checked first. Then the PDU is decrypted,
read as net-snmp reads it (`ber`), encoded correctly, and encrypted and signed with the same keys. The engine decides
about the new message as about any other: the user, the level, the time, the answer to an inform.
"""

from pysnmp.proto.error import StatusInformation

from snmp.codec import ber, relay, v3header
from snmp.codec.message import OCTET_STRING, SEQUENCE
from snmp.codec.v3header import V3Header
from snmp.errors import MessageError
from snmp.security import engine
from snmp.security.access import SecurityLevel
from snmp.security.engine import MasterKeys


def is_authentic(keys: MasterKeys, header: V3Header, data: bytes) -> bool:
    """Whether the digest is correct for the user's key, localized to the engine of the message."""
    service = engine.auth_services[engine.AUTH[keys.user.auth]]
    key = service.localize_key(keys.auth_key, engine.octet_string(header.engine_id))
    try:
        service.authenticate_incoming_message(key, engine.octet_string(header.digest), data)
    except StatusInformation:
        return False
    return True


def mended(data: bytes, header: V3Header, keys: MasterKeys) -> bytes | None:
    """Return the message with correctly encoded values; None if it is not authentic or cannot be read either."""
    if header.level != keys.user.level or (keys.user.auth is not None and not is_authentic(keys, header, data)):
        return None
    try:
        parts = v3header.parts(data)
        scoped = parts.scoped
        if header.level is SecurityLevel.AUTH_PRIV:
            start, end = ber.enter(scoped, 0, len(scoped), OCTET_STRING, "encrypted PDU")
            scoped = _decrypted(scoped[start:end], header, parts.salt, keys)
        pdu = _encoded_again(scoped)
    except (MessageError, StatusInformation, ValueError):
        return None
    salt = b""
    if header.level is SecurityLevel.AUTH_PRIV:
        pdu, salt = _encrypted(pdu, header, keys)
        pdu = relay.element(OCTET_STRING, pdu)
    digest = bytes(len(header.digest))
    security = relay.element(
        SEQUENCE, parts.clock_and_user, relay.element(OCTET_STRING, digest), relay.element(OCTET_STRING, salt)
    )
    message = relay.element(SEQUENCE, parts.head, relay.element(OCTET_STRING, security), pdu)
    if keys.user.auth is None:
        return message
    service = engine.auth_services[engine.AUTH[keys.user.auth]]
    key = service.localize_key(keys.auth_key, engine.octet_string(header.engine_id))
    signed: bytes = bytes(service.authenticate_outgoing_message(key, message))
    return signed


def _encoded_again(scoped: bytes) -> bytes:
    """Return the scoped PDU with correct values. Padding may follow it."""
    position, end = ber.enter(scoped, 0, len(scoped), SEQUENCE, "scoped PDU")
    start = position
    _, position = ber.enter(scoped, position, end, OCTET_STRING, "context engine ID")
    _, position = ber.enter(scoped, position, end, OCTET_STRING, "context name")
    message = ber.lenient_pdu(scoped, position, end)
    bindings = relay.element(SEQUENCE, *map(relay.varbind, message.varbinds))
    numbers = relay.integer(message.request_id or 0) + relay.integer(0) + relay.integer(0)
    return relay.element(SEQUENCE, scoped[start:position], relay.element(message.pdu, numbers, bindings))


def _decrypted(octets: bytes, header: V3Header, salt: bytes, keys: MasterKeys) -> bytes:
    service = engine.priv_services[engine.PRIV[keys.user.priv]]
    parameters = header.boots, header.time, engine.octet_string(salt)
    return bytes(service.decrypt_data(_priv_key(header, keys), parameters, engine.octet_string(octets)))


def _encrypted(octets: bytes, header: V3Header, keys: MasterKeys) -> tuple[bytes, bytes]:
    service = engine.priv_services[engine.PRIV[keys.user.priv]]
    encrypted, salt = service.encrypt_data(_priv_key(header, keys), (header.boots, header.time, None), octets)
    return bytes(encrypted), bytes(salt)


def _priv_key(header: V3Header, keys: MasterKeys) -> object:
    service = engine.priv_services[engine.PRIV[keys.user.priv]]
    key: object = service.localize_key(
        engine.AUTH[keys.user.auth], keys.priv_key, engine.octet_string(header.engine_id)
    )
    return key
