"""The web server of `pairwatch web`, on textual-serve: one console for each browser window, and no more than a few.

Without a password, a page of another origin in the same browser must not be able to open a console. So requests are
answered for the names of this host and for the public URL only, and a WebSocket needs the same origin.
"""

import ipaddress
import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

MOST_CONSOLES = 8
"""Each is a process that polls every server."""
OUTSIDE_FONT = re.compile(r'<link\s[^>]*href="https://fonts\.[^>]*>')
"""The page of textual-serve asks another host for its font, which a host without Internet waits for."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WatchServer(Server):
    """textual-serve with checks of each request, and a limit of consoles."""

    def __init__(self, command: str, host: str, port: int, url: str) -> None:
        super().__init__(command, host=host, port=port, title="Pairwatch, watch-only", public_url=url)
        self._open = 0

    def initialize_logging(self) -> None:
        """Keep the logging of the command line."""

    async def on_startup(self, app: web.Application) -> None:
        """Print the address."""
        print(f"pairwatch: watch-only consoles at {self.public_url}; Ctrl+C ends them", flush=True)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._checked)
        return app

    @web.middleware
    async def _checked(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse requests to another name and from another origin, and consoles beyond the limit."""
        origin = request.headers.get("Origin")
        if not self._is_own(request.host) or (origin is not None and not self._is_own(urlsplit(origin).netloc)):
            raise web.HTTPForbidden(text="This page is served for its own address only: see --public-url.\n")
        if request.path != "/ws":
            response = await handler(request)
            if isinstance(response, web.Response) and response.content_type == "text/html" and response.text:
                response.text = OUTSIDE_FONT.sub("", response.text)
                response.headers["X-Frame-Options"] = "DENY"
            return response
        if self._open >= MOST_CONSOLES:
            raise web.HTTPServiceUnavailable(text=f"{MOST_CONSOLES} consoles are open: close one.\n")
        self._open += 1
        try:
            return await handler(request)
        finally:
            self._open -= 1

    def _is_own(self, netloc: str) -> bool:
        """Whether that is the public address, or a loopback address with any port, as a tunnel has."""
        if netloc == urlsplit(self.public_url).netloc:
            return True
        name = urlsplit(f"//{netloc}").hostname or ""
        try:
            return name == "localhost" or ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False


def serve(command: str, host: str, port: int, url: str) -> None:
    """Serve consoles that `command` starts, until a signal ends it."""
    WatchServer(command, host, port, url).serve()
