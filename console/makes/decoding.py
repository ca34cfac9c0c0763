"""The body of an answer of the HTTP API as a JSON object with plain text."""

import json
from typing import Any

from console.model.plain_text import may_be_dangerous, plain_values


def json_object(body: bytes) -> dict[str, Any]:
    """The object in a body. Raises ValueError, with what the body is instead."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise ValueError("not JSON") from wrong
    if not isinstance(found, dict):
        raise ValueError("JSON, but not an object")
    clean: dict[str, Any] = plain_values(found) if may_be_dangerous(body) else found
    return clean
