"""The OpenAPI document: what FastAPI makes of the routes, with the logins and every error answer.

A route names the errors of its own with `problems(404, ...)`. Those of `api.access` are added here.
"""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from dhcpserver.api.access import PUBLIC, READING
from dhcpserver.api.problems import MEDIA_TYPE, TITLES
from dhcpserver.contract.problems import ProblemDocument

_PROBLEM = "#/components/schemas/ProblemDocument"
_SCHEMES = {
    "basic": {"type": "http", "scheme": "basic", "description": "A user and the password."},
    "bearer": {"type": "http", "scheme": "bearer", "description": "The token of a user."},
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route that answers these statuses with a problem document."""
    return {status: {"description": TITLES[status], "model": ProblemDocument} for status in statuses}


def install(app: FastAPI) -> None:
    """Complete the application's OpenAPI document."""
    made: Callable[[], dict[str, Any]] = app.openapi
    done = False

    def openapi() -> dict[str, Any]:
        nonlocal done
        schema = made()
        if not done:
            _complete(schema)
            done = True
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(schema: dict[str, Any]) -> None:
    schema.setdefault("components", {})["securitySchemes"] = _SCHEMES
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            if path not in PUBLIC:
                operation["security"] = [{name: []} for name in _SCHEMES]
                _add(operation, 401, 429)
                if method.upper() not in READING:
                    _add(operation, 403)
                if "requestBody" in operation:
                    _add(operation, 400)
            _add(operation, 408, 413)
            for status, response in operation["responses"].items():
                if int(status) in TITLES and path not in PUBLIC:
                    response["content"] = {MEDIA_TYPE: {"schema": {"$ref": _PROBLEM}}}
    for unused in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(unused, None)


def _add(operation: dict[str, Any], *statuses: int) -> None:
    for status in statuses:
        content = {MEDIA_TYPE: {"schema": {"$ref": _PROBLEM}}}
        operation["responses"].setdefault(str(status), {"description": TITLES[status], "content": content})
