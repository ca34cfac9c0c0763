"""No message about a configuration shows a secret, whatever is wrong with it."""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from dhcpserver.config import objects
from dhcpserver.config.attributes import Attributes
from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.config.secrecy import is_secret, secrets_of, without_secrets

MARKER = "5ec2e75ec2e75ec2e75e"
"""Octets in hexadecimal, so that it can be a part of a hash."""

TEXT = f"""
[server]
name = "a"

[[user]]
name = "admin"
role = "expert"
password = "scrypt$16384$8$1$01${MARKER:0<64}"
token = "sha256${MARKER:0<64}"

[[cluster]]
name = "a"
ipaddr = "127.0.0.1"

[[cluster]]
name = "b"
ipaddr = "127.0.0.2"

[[failover-pair]]
name = "pair"
main = "a"
backup = "b"
shared-secret = "{MARKER}-3-of-the-pair"

[[trap-recipient]]
name = "old"
ip-addr = "127.0.0.3"
community = "{MARKER}-4"

[[trap-recipient]]
name = "new"
ip-addr = "127.0.0.3"
version = "v3"
user = "nms"
auth-protocol = "sha-256"
auth-key = "{MARKER}-5"
priv-protocol = "aes-128"
priv-key = "{MARKER}-6"
"""

BENT: tuple[object, ...] = (
    True, 0, -1, 1.5, "", "x", MARKER, "\n", [], [MARKER], {}, {"value": MARKER}, [{"name": MARKER}], [[MARKER]],
)  # fmt: skip


def bent(value: object) -> Iterator[object]:
    """Every document in which one value is missing, of another type, moved into a list or out of one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            rest = {name: each for name, each in value.items() if name != key}
            yield rest
            yield {**rest, f"{key}x": inner}
            for other in (*BENT, *bent(inner)):
                yield {**rest, key: other}
    elif isinstance(value, list):
        yield from value
        for place, inner in enumerate(value):
            for other in (*BENT, *bent(inner)):
                yield [*value[:place], other, *value[place + 1 :]]
    else:
        yield [value]
        yield {"value": value}


def toml(value: object) -> str:
    """A value as inline TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def messages() -> Iterator[tuple[str, str]]:
    """The text of each bent configuration, and what `read` says about it."""
    document: dict[str, Any] = tomllib.loads(TEXT)
    for each in bent(document):
        if isinstance(each, dict):
            text = "\n".join(f"{json.dumps(key)} = {toml(value)}" for key, value in each.items())
            try:
                read(text)
            except ConfigurationError as error:
                yield text, str(error)


def test_no_message_shows_a_secret() -> None:
    count = 0
    secrets = [line.partition('"')[2].rstrip('"') for line in TEXT.splitlines() if MARKER in line]
    assert len(secrets) == 6
    for text, message in messages():
        count += 1
        for secret in secrets:
            assert secret not in message, text
    assert count > 500


def test_a_message_shows_a_plain_value_and_no_table() -> None:
    with pytest.raises(ConfigurationError, match=r"\(it is 700000\)"):
        read(TEXT.replace('backup = "b"', 'backup = "b"\nmclt = 700000'))
    with pytest.raises(ConfigurationError) as caught:
        read(TEXT.replace("[[failover-pair]]", "[failover-pair]"))
    assert MARKER not in str(caught.value)


def test_a_syntax_error_shows_no_line_of_the_file() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(TEXT.replace(f'"{MARKER}-3-of-the-pair"', f'"{MARKER}-3-of-the-pair'))
    assert MARKER not in str(caught.value)


def test_the_secrets_are_declared_by_their_type() -> None:
    found = {
        model.__name__: set(secrets_of(model))
        for model in vars(objects).values()
        if isinstance(model, type) and issubclass(model, Attributes) and secrets_of(model)
    }
    assert found == {
        "User": {"password", "token"},
        "FailoverPair": {"shared-secret"},
        "Key": {"secret"},
        "Ldap": {"password"},
        "LeaseEvents": {"webhook-secret"},
        "TrapRecipient": {"community", "auth-key", "priv-key"},
    }


@pytest.mark.parametrize("word", ["secret", "password", "passphrase", "key", "token", "community"])
def test_an_attribute_with_the_name_of_a_secret_is_one(word: str) -> None:
    """A new attribute with such a name has to be a SecretStr, or be named here as a file, a list or a name."""
    files = {"key", "tls-key", "server-key"}
    for model in vars(objects).values():
        if isinstance(model, type) and issubclass(model, Attributes):
            names = {field.alias or name for name, field in model.model_fields.items()}
            for name in names:
                if word in name.split("-") and name not in files:
                    assert name in secrets_of(model), f"{model.__name__}.{name}"


def test_the_document_without_secrets_has_all_else() -> None:
    configuration = read(TEXT)
    document = without_secrets(configuration)
    text = json.dumps(document)
    assert MARKER not in text
    assert "*" not in text
    assert document["user"] == [{"name": "admin", "role": "expert"}]
    assert document["trap-recipient"][1]["user"] == "nms"
    assert document["failover-pair"] == [{"name": "pair", "main": "a", "backup": "b"}]


def test_no_repr_shows_a_secret() -> None:
    configuration = read(TEXT)
    assert MARKER not in repr(configuration)
    assert MARKER not in str(configuration.model_dump())
    assert isinstance(configuration.user[0].password, SecretStr)


def test_what_is_not_known_counts_as_secret() -> None:
    assert is_secret(("failover-pair", 0, "shared-secrt"))
    assert is_secret(("user", 0))
    assert not is_secret(("failover-pair", 0, "mclt"))
    assert not is_secret(("policy", 0, "options", "26"))
