"""Looking things up in the MIB tables: by OID when a trap arrives, by name when one is sent."""

from dataclasses import dataclass

from snmp.mib import registrar, registrar6, standard
from snmp.mib.vocabulary import NotificationFact, ObjectFact

NOTIFICATIONS = registrar.NOTIFICATIONS + registrar6.NOTIFICATIONS + standard.NOTIFICATIONS
OBJECTS = registrar.OBJECTS + registrar6.OBJECTS + standard.OBJECTS

_NOTIFICATION_BY_OID = {fact.oid: fact for fact in NOTIFICATIONS}
_OBJECT_BY_OID = {fact.oid: fact for fact in OBJECTS}
_SENT = {fact.name: fact for fact in NOTIFICATIONS if not fact.deprecated}
_OBJECTS_SENT = {
    registrar.ROOT: {fact.name: fact for fact in registrar.OBJECTS},
    registrar6.ROOT: {fact.name: fact for fact in registrar6.OBJECTS},
}


@dataclass(frozen=True, slots=True)
class ObjectInstance:
    """What the OID of a varbind names."""

    fact: ObjectFact
    index: str | None
    """What the instance of a table column spells; None for a scalar."""


def notification(oid: str) -> NotificationFact | None:
    """The notification of that OID, None when no table has it."""
    return _NOTIFICATION_BY_OID.get(oid)


def notification_to_send(name: str) -> NotificationFact | None:
    """The current revision of the notification of that name, None when there is none."""
    return _SENT.get(name)


def object_to_send(notification: NotificationFact, name: str) -> ObjectFact:
    """The object of that name in the MIB of the notification."""
    for root, objects in _OBJECTS_SENT.items():
        if notification.oid.startswith(root + "."):
            return objects[name]
    raise KeyError(name)


def object_instance(oid: str) -> ObjectInstance | None:
    """The object that a varbind's OID names, with or without `.0`; None when no table has it."""
    fact = _OBJECT_BY_OID.get(oid) or _OBJECT_BY_OID.get(oid.removesuffix(".0"))
    if fact is not None:
        return ObjectInstance(fact, None)
    for fact in registrar.OBJECTS:
        if fact.indexed_by is not None and oid.startswith(fact.oid + "."):
            return ObjectInstance(fact, _spelled(oid[len(fact.oid) + 1 :]))
    return None


def _spelled(instance: str) -> str | None:
    """The text of an index whose first sub-identifier is its length; None when it is no such index."""
    length, *characters = (int(part) for part in instance.split("."))
    if length != len(characters) or any(not 0 < character < 256 for character in characters):
        return None
    return bytes(characters).decode("utf-8", "replace")
