"""The body of an answer of the HTTP API as a JSON object with plain text."""

import json
from typing import Any

from console.model.plain_text import may_be_dangerous, plain_values


def json_object(body: bytes) -> dict[str, Any]:
    """The object in a body. Raises ValueError, with what the body is instead."""
    found = json_value(body)
    if not isinstance(found, dict):
        raise ValueError("JSON, but not an object")
    return found


def json_value(body: bytes) -> Any:
    """The value in a body, with plain text. Raises ValueError, with what the body is instead."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise ValueError("not JSON") from wrong
    return plain_values(found) if may_be_dangerous(body) else found
