"""The HTTP API as an application: the routes over one running server.

It runs on the event loop of the packets, between turns, so every request is bounded work.
"""

from fastapi import FastAPI

from dhcpserver import VERSION
from dhcpserver.api import openapi, problems
from dhcpserver.api.access import AccessControl
from dhcpserver.api.auth import Authenticator
from dhcpserver.api.configuration import configuration_routes
from dhcpserver.api.copies import copies_routes
from dhcpserver.api.operator import Leave, Reload, operator_routes
from dhcpserver.api.public import public_routes
from dhcpserver.api.relationship import relationship_routes
from dhcpserver.api.viewer import viewer_routes
from dhcpserver.contract import messages
from dhcpserver.runtime.server import Server

__all__ = ["Leave", "Reload", "create_app"]


def create_app(server: Server, reload: Reload, leave: Leave) -> FastAPI:
    """Return the application.

    `reload` reads the configuration again, as SIGHUP does; it raises ValueError for a wrong configuration. `leave` ends
    the process, as SIGTERM does.
    """
    app = FastAPI(
        title="Pairwatch DHCP failover server",
        version=VERSION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    problems.install(app)
    openapi.install(app)
    users = Authenticator(server.configuration.user, lambda text: server.write_log(messages.LOGIN_FAILED, event=text))
    app.add_middleware(AccessControl, users=users)
    app.include_router(public_routes(server))
    app.include_router(viewer_routes(server))
    app.include_router(operator_routes(server, reload, leave))
    app.include_router(configuration_routes(server))
    app.include_router(copies_routes(server))
    app.include_router(relationship_routes(server, reload))
    return app
