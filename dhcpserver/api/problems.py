"""Errors as RFC 9457 problem documents: what happened, which field is wrong, and which values are accepted."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"

_TITLES = {
    400: "The request is malformed",
    401: "Authentication is required",
    403: "The user's role does not allow this request",
    404: "Not found",
    405: "The method is not allowed",
    409: "The state of the server does not allow this request",
    422: "A value is not valid",
    503: "The server is not serving",
}


class Problem(Exception):
    """Raised by a route, and sent as the answer.

    `errors` are dictionaries with field, seen and expected.
    """

    def __init__(self, status: int, detail: str, errors: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)


def document(status: int, detail: str, errors: Sequence[dict[str, Any]] = ()) -> JSONResponse:
    """Return the problem document as a response."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": _TITLES.get(status, "The request failed"),
        "status": status,
        "detail": detail,
    }
    if errors:
        content["errors"] = list(errors)
    headers = {"WWW-Authenticate": 'Basic realm="pairwatch"'} if status == 401 else None
    return JSONResponse(content, status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make the application answer every error with a problem document."""

    @app.exception_handler(Problem)
    async def problem(_: Request, error: Problem) -> JSONResponse:
        return document(error.status, error.detail, error.errors)

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> JSONResponse:
        return document(error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    async def validation(_: Request, error: RequestValidationError) -> JSONResponse:
        errors = [
            {
                "field": ".".join(str(part) for part in item["loc"] if part not in ("body", "query", "path")),
                "seen": repr(item.get("input"))[:100],
                "expected": item["msg"],
            }
            for item in error.errors()
        ]
        return document(422, "; ".join(f"{item['field']}: {item['expected']}" for item in errors), errors)
