"""Which attributes are secret, and documents without them. An attribute is secret if its type is SecretStr.

No message shows the value of a secret, and none shows a table or a list, because a secret can be inside.
"""

from typing import Any

from pydantic import BaseModel

from dhcpserver.config.catalogue import mentions_secret, model_in
from dhcpserver.config.lines import Location
from dhcpserver.config.objects import Configuration


def shown(path: Location, value: object) -> str | None:
    """Return the value of an attribute as a message shows it; None if it must not be shown."""
    if is_secret(path) or isinstance(value, BaseModel):
        return None
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    return repr(value)


def is_secret(path: Location) -> bool:
    """Whether the attribute at a location of `config.toml` is secret, or can contain a secret.

    An object can. An attribute that does not exist counts as secret: its name may be a misspelt one.
    """
    model: type[BaseModel] | None = Configuration
    for part in path:
        if isinstance(part, int):
            continue
        if model is None:
            return False
        annotation = next((field.annotation for field in model.model_fields.values() if field.alias == part), None)
        if annotation is None or mentions_secret(annotation):
            return True
        model = model_in(annotation)
    return model is not None


def secrets_of(model: type[BaseModel]) -> frozenset[str]:
    """Return the names of the secret attributes of an object class, with hyphens."""
    return frozenset(
        field.alias or name for name, field in model.model_fields.items() if mentions_secret(field.annotation)
    )


def without_secrets(configuration: Configuration) -> dict[str, Any]:
    """Return what differs from the defaults as a JSON document, without any secret."""
    document: dict[str, Any] = configuration.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    _remove(document, Configuration)
    return document


def _remove(document: dict[str, Any], model: type[BaseModel]) -> None:
    for secret in secrets_of(model):
        document.pop(secret, None)
    for name, field in model.model_fields.items():
        inner = model_in(field.annotation)
        value = document.get(field.alias or name)
        if inner is None or value is None:
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                _remove(item, inner)
