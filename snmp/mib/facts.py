"""Lookup in the MIB tables: by OID for received traps, by name for traps to send."""

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
    """The object of a varbind's OID, and its instance."""

    fact: ObjectFact
    index: str | None
    """The text in the instance of a table column; None for a scalar."""


def notification(oid: str) -> NotificationFact | None:
    """Return the notification of an OID; None if it is in no table."""
    return _NOTIFICATION_BY_OID.get(oid)


def notification_to_send(name: str) -> NotificationFact | None:
    """Return the current revision of a notification by name; None if there is none."""
    return _SENT.get(name)


def object_to_send(notification: NotificationFact, name: str) -> ObjectFact:
    """Return the object of that name in the MIB of the notification. Raises KeyError."""
    for root, objects in _OBJECTS_SENT.items():
        if notification.oid.startswith(root + "."):
            return objects[name]
    raise KeyError(name)


def object_instance(oid: str) -> ObjectInstance | None:
    """Return the object of a varbind's OID, with or without `.0`; None if it is in no table."""
    fact = _OBJECT_BY_OID.get(oid) or _OBJECT_BY_OID.get(oid.removesuffix(".0"))
    if fact is not None:
        return ObjectInstance(fact, None)
    for fact in standard.COLUMNS:
        if oid.startswith(fact.oid + "."):
            return ObjectInstance(fact, None)
    for fact in registrar.OBJECTS:
        if fact.indexed_by is not None and oid.startswith(fact.oid + "."):
            return ObjectInstance(fact, _index_text(oid[len(fact.oid) + 1 :]))
    return None


def _index_text(instance: str) -> str | None:
    """Return the text of an instance whose first sub-identifier is its length; None for any other instance."""
    length, *characters = (int(part) for part in instance.split("."))
    if length != len(characters) or any(not 0 < character < 256 for character in characters):
        return None
    return bytes(characters).decode("utf-8", "replace")
