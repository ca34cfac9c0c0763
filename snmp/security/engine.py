"""pysnmp's SNMP engine without its event loop and without its files.

pysnmp stores the state of an engine with a given identity in a temporary directory, which the engines of all programs
share, and counts the boots there. Here identity and boots are set from outside after the engine was created. The engine
has no socket either: `receive` takes octets, and `take_outgoing` returns the octets to send.
"""

from collections.abc import Iterable
from typing import Any

from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.carrier.base import AbstractTransportDispatcher
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.proto import rfc1902

from snmp.security.access import User
from snmp.security.enginestate import EngineState

DOMAIN = udp.DOMAIN_NAME
PEER = udp.UdpTransportAddress(("127.0.0.1", 0))
"""pysnmp selects a transport by address. This engine has one peer at a time, whose address the caller has."""

AUTH = {
    None: config.USM_AUTH_NONE,
    "md5": config.USM_AUTH_HMAC96_MD5,
    "sha": config.USM_AUTH_HMAC96_SHA,
    "sha-224": config.USM_AUTH_HMAC128_SHA224,
    "sha-256": config.USM_AUTH_HMAC192_SHA256,
    "sha-384": config.USM_AUTH_HMAC256_SHA384,
    "sha-512": config.USM_AUTH_HMAC384_SHA512,
}
PRIV = {
    None: config.USM_PRIV_NONE,
    "des": config.USM_PRIV_CBC56_DES,
    "3des": config.USM_PRIV_CBC168_3DES,
    "aes-128": config.USM_PRIV_CFB128_AES,
    "aes-192": config.USM_PRIV_CFB192_AES,
    "aes-256": config.USM_PRIV_CFB256_AES,
    "aes-192-blumenthal": config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "aes-256-blumenthal": config.USM_PRIV_CFB256_AES_BLUMENTHAL,
}


octet_string: Any = rfc1902.OctetString
auth_services: Any = config.AUTH_SERVICES
priv_services: Any = config.PRIV_SERVICES
"""pysnmp has no type annotations."""


class _Outbox(AbstractTransportDispatcher):
    """The transport of an engine: it collects the octets to send."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.octets: list[bytes] = []

    def get_transport(self, transportDomain: Any) -> Any:
        """Called by pysnmp for the type of addresses only."""
        return udp.UdpAsyncioTransport

    def send_message(self, outgoingMessage: Any, transportDomain: Any, transportAddress: Any) -> None:
        self.octets.append(bytes(outgoingMessage))


class MasterKeys:
    """A user's keys from its pass phrases. Each takes a million octets of hashing (RFC 3414 A.2), so this is done once.

    The key for one engine then takes one hash.
    """

    def __init__(self, user: User) -> None:
        self.user = user
        self.auth_key = self.priv_key = None
        if user.auth is not None:
            service = auth_services[AUTH[user.auth]]
            self.auth_key = service.hash_passphrase(octet_string(user.auth_key.encode()))
        if user.priv is not None:
            cipher = priv_services[PRIV[user.priv]]
            self.priv_key = cipher.hash_passphrase(AUTH[user.auth], octet_string(user.priv_key.encode()))


class Engine:
    """One SNMP engine."""

    def __init__(self, state: EngineState) -> None:
        self.snmp: Any = SnmpEngine()
        boots, identity = self.symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineBoots", "snmpEngineID")
        boots.syntax = boots.syntax.clone(state.boots)
        identity.syntax = identity.syntax.clone(state.engine_id)
        self.snmp.snmpEngineID = identity.syntax
        self._outbox = _Outbox()
        self.snmp.register_transport_dispatcher(self._outbox)

    def symbols(self, module: str, *names: str) -> tuple[Any, ...]:
        """Return objects of the engine's own MIBs, such as counters."""
        found: tuple[Any, ...] = self.snmp.get_mib_builder().import_symbols(module, *names)
        return found

    def add_user(self, keys: MasterKeys, engine_id: bytes | None) -> None:
        """Add a user of the engine with that ID; None: of this engine."""
        user = keys.user
        config.add_v3_user(
            self.snmp,
            user.name,
            AUTH[user.auth],
            keys.auth_key,
            PRIV[user.priv],
            keys.priv_key,
            securityEngineId=None if engine_id is None else octet_string(engine_id),
            authKeyType=config.USM_KEY_TYPE_MASTER,
            privKeyType=config.USM_KEY_TYPE_MASTER,
        )

    def delete_user(self, name: str, engine_id: bytes) -> None:
        config.delete_v3_user(self.snmp, name, octet_string(engine_id))

    def receive(self, octets: bytes) -> None:
        """Process one datagram. pysnmp raises exceptions of many types for malformed octets."""
        self.snmp.message_dispatcher.receive_message(self.snmp, DOMAIN, PEER, octets)

    def tick(self, now: float) -> None:
        """Let the engine handle its timeouts at `now`, in seconds from any origin."""
        self._outbox.handle_timer_tick(now)

    def take_outgoing(self) -> list[bytes]:
        """Return the datagrams to send."""
        found, self._outbox.octets = self._outbox.octets, []
        return found

    def close(self) -> None:
        self.snmp.close_dispatcher()


def counters(engine: Engine, module: str, names: Iterable[str]) -> dict[str, int]:
    """Return the engine's counters of a MIB module by name."""
    names = tuple(names)
    return {name: int(symbol.syntax) for name, symbol in zip(names, engine.symbols(module, *names), strict=True)}
