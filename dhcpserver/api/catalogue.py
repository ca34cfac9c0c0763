"""The catalogue and the objects of the configuration as documents of the API, without secrets."""

from functools import cache
from typing import Any

from dhcpserver.config.catalogue import Attribute
from dhcpserver.config.editing import names, texts
from dhcpserver.config.editing.edits import version_of
from dhcpserver.config.registry import CLASSES, ObjectClass
from dhcpserver.config.sync.change import Document, name_of
from dhcpserver.contract.configuration import AttributeDocument, CatalogueDocument, ClassDocument, ObjectDocument


@cache
def catalogue() -> CatalogueDocument:
    """Return all classes in the order of the file."""
    return CatalogueDocument(classes=tuple(map(_class, CLASSES.values())))


def _class(known: ObjectClass) -> ClassDocument:
    return ClassDocument(
        name=known.name,
        help=known.about,
        single=known.single,
        parent=known.parent or None,
        keys=known.keys,
        sync=known.sync.value.label,
        attributes=tuple(_attribute(known, each) for each in names.attributes(known).values()),
    )


def _attribute(known: ObjectClass, attribute: Attribute) -> AttributeDocument:
    about = attribute.about
    return AttributeDocument(
        name=attribute.name,
        expected=texts.described(attribute),
        default=_default(attribute),
        help=about.help,
        visibility=about.visibility.name.lower(),
        required=attribute.required,
        secret=attribute.secret,
        list=texts.is_list(attribute),
        words=texts.words(attribute),
        refers_to=about.refers_to or None,
        sync=(about.sync or known.sync).value.label,
        rule=about.rule or None,
    )


def _default(attribute: Attribute) -> str | None:
    if attribute.required or attribute.secret:
        return None
    value = attribute.info.get_default(call_default_factory=True)
    if value is None or value in ("", (), {}):
        return None
    return texts.written([*value] if isinstance(value, tuple) else value)


def object_document(known: ObjectClass, raw: Document) -> ObjectDocument:
    """Return an object."""
    values, secrets = _public(known, raw)
    return ObjectDocument(
        of=known.name, name=name_of(known, raw), version=version_of(raw), values=values, secrets=tuple(secrets)
    )


def _public(known: ObjectClass, raw: Document) -> tuple[dict[str, Any], list[str]]:
    """Return the values without secrets, and the names of the secrets that are set.

    What the class does not have is left out: it may be a misspelt secret.
    """
    values: dict[str, Any] = {}
    secrets: list[str] = []
    for name, value in raw.items():
        attribute = names.attributes(known).get(name)
        inner = CLASSES.get(f"{known.name}.{name}")
        if attribute is None or attribute.secret:
            secrets.append(name)
        elif inner is not None and isinstance(value, list):
            values[name] = [_public(inner, each)[0] if isinstance(each, dict) else each for each in value]
        else:
            values[name] = value
    return values, secrets
