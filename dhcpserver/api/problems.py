"""Errors as RFC 9457 problem documents: what happened, which field is wrong, and which values are accepted."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "The request is malformed",
    401: "Authentication is required",
    403: "The user's role does not allow this request",
    404: "Not found",
    405: "The method is not allowed",
    408: "The request took too long",
    409: "The state of the server does not allow this request",
    413: "The body is too long",
    422: "A value is not valid",
    429: "Too many requests",
    503: "The server is not serving",
}


class Problem(Exception):
    """Raised by a route, and sent as the answer.

    `errors` are dictionaries with field, seen and expected. `retry_after`: seconds after which to try again.
    """

    def __init__(
        self, status: int, detail: str, errors: Sequence[dict[str, Any]] = (), *, retry_after: int | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.retry_after = retry_after


def document(problem: Problem) -> JSONResponse:
    """Return the problem document as a response."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(problem.status, "The request failed"),
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        content["errors"] = problem.errors
    headers = {}
    if problem.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="pairwatch", charset="UTF-8"'
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    return JSONResponse(content, problem.status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make the application answer every error with a problem document."""

    @app.exception_handler(Problem)
    async def problem(_: Request, error: Problem) -> JSONResponse:
        return document(error)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        response = document(Problem(error.status_code, str(error.detail)))
        response.headers.update(error.headers or {})
        if error.status_code == 405:
            response.headers["Allow"] = _methods(request)
        return response

    @app.exception_handler(Exception)
    async def fault(_: Request, error: Exception) -> JSONResponse:
        return document(Problem(500, f"internal error: {type(error).__name__}; the server's log has more"))

    @app.exception_handler(RequestValidationError)
    async def validation(_: Request, error: RequestValidationError) -> JSONResponse:
        errors = [
            {
                "field": ".".join(str(part) for part in item["loc"] if part not in ("body", "query", "path")),
                "seen": _shown(item.get("input")),
                "expected": item["msg"],
            }
            for item in error.errors()
        ]
        text = "; ".join(f"{item['field'] or 'body'}: {item['expected']}" for item in errors)
        return document(Problem(422, text, errors))


def _methods(request: Request) -> str:
    """Return the methods of a path. The framework has those of one route alone."""
    found: set[str] = set()
    for route in request.app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return ", ".join(sorted(found))


def _shown(value: object) -> str:
    """Return a value as a message shows it. A table or a list is not shown: a secret can be inside."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return repr(value)[:100]
