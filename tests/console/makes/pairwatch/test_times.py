"""The fields of documents that are times, which the console reads from text only."""

import importlib
import json
import pkgutil
from collections.abc import Iterator

import pytest

import dhcpserver.contract
from console.makes.documents import time_fields
from dhcpserver.contract.fields import Document

for each in pkgutil.iter_modules(dhcpserver.contract.__path__):
    importlib.import_module(f"{dhcpserver.contract.__name__}.{each.name}")


def documents(base: type[Document] = Document) -> Iterator[type[Document]]:
    for each in base.__subclasses__():
        yield each
        yield from documents(each)


@pytest.mark.parametrize("document", [each for each in documents() if each.__module__.startswith("dhcpserver.")])
def test_the_times_of_a_document_are_those_of_its_schema(document: type[Document]) -> None:
    schema = document.model_json_schema().get("properties", {})
    assert time_fields(document) == {name for name, field in schema.items() if '"date-time"' in json.dumps(field)}
