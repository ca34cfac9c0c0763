"""The routes that need no login: health and metrics."""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from dhcpserver.api import metrics
from dhcpserver.runtime.server import Server


def public_routes(server: Server) -> APIRouter:
    """Return the routes."""
    router = APIRouter()

    @router.get(
        "/healthz",
        response_class=PlainTextResponse,
        responses={503: {"description": "Not serving, and why", "content": {"text/plain": {}}}},
    )
    async def healthz() -> Response:
        reason = server.not_serving_reason
        return PlainTextResponse(reason or "serving", 503 if reason else 200)

    @router.get("/metrics", response_class=PlainTextResponse)
    async def metrics_page() -> Response:
        return Response(metrics.text(server), media_type=metrics.CONTENT_TYPE)

    return router
