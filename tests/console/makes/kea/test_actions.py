"""The commands that Kea is sent for an action, and what is made of its answers (those of Kea 2.2, as it sent them)."""

import json
from typing import Any

import httpx
import pytest

from console.errors import Refused, Unanswered
from console.insight.guarded.table import ACTIONS
from console.makes.kea.actions import COMMANDS
from console.makes.kea.client import KeaClient
from console.makes.kea.profile import KEA
from console.makes.kea.source import KeaSource
from console.model.action_names import ActionName, ActionRequest
from tests.console.makes.kea.answers import CONFIGURATION, HEARTBEAT, STATISTICS, status

READ = {"status-get", "config-get", "stat-lease4-get", "ha-heartbeat"}
MAINTENANCE = (
    "Server is now in the partner-in-maintenance state and its partner is in-maintenance state. The partner can be now "
    "safely shut down."
)


class Server:
    """Answers polls, and each command that changes it with `text`."""

    def __init__(self, text: str = "", result: int = 0, scopes: list[str] | None = None) -> None:
        self.text, self.result, self.scopes = text, result, scopes
        self.sent: list[tuple[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        name = body["command"]
        if name not in READ:
            self.sent.append((name, body.get("arguments")))
            return httpx.Response(200, json=[{"result": self.result, "text": self.text}])
        local = {} if self.scopes is None else {"scopes": self.scopes}
        found = {
            "status-get": status(local),
            "config-get": CONFIGURATION,
            "stat-lease4-get": STATISTICS,
            "ha-heartbeat": HEARTBEAT,
        }
        return httpx.Response(200, json=[{"result": 0, "arguments": found[name]}])

    def source(self, relationship: str | None = None) -> KeaSource:
        client = KeaClient("http://kea", "dhcp4", None, transport=httpx.MockTransport(self))
        return KeaSource(client, "server1", relationship, lambda: 100.0)


def request(action: ActionName, **values: Any) -> ActionRequest:
    return ActionRequest(action, "campus", **values)


@pytest.mark.parametrize(
    ("asked", "text", "sent"),
    [
        (request(ActionName.START_MAINTENANCE), MAINTENANCE, ("ha-maintenance-start", None)),
        (
            request(ActionName.CANCEL_MAINTENANCE),
            "Server maintenance successfully canceled.",
            ("ha-maintenance-cancel", None),
        ),
        (request(ActionName.CONTINUE), "HA state machine continues.", ("ha-continue", None)),
        (
            request(ActionName.SYNC_LEASES),
            "Lease database synchronization complete.",
            ("ha-sync", {"server-name": "server2", "max-period": 60}),
        ),
        (request(ActionName.RESET_FAILOVER), "HA state machine reset.", ("ha-reset", None)),
        (
            request(ActionName.DISABLE_SERVICE, seconds=600.0),
            "DHCPv4 service disabled for 600 seconds",
            ("dhcp-disable", {"max-period": 600, "origin": "user"}),
        ),
        (request(ActionName.ENABLE_SERVICE), "DHCP service successfully enabled", ("dhcp-enable", {"origin": "user"})),
    ],
)
async def test_each_action_is_one_command_and_its_answer_the_receipt(
    asked: ActionRequest, text: str, sent: tuple[str, Any]
) -> None:
    server = Server(text)
    receipt = await server.source().act(asked)
    assert (server.sent, receipt.text) == ([sent], text)


@pytest.mark.parametrize(("choice", "scopes"), [("own", ["server1"]), ("both", ["server1", "server2"]), ("none", [])])
async def test_scopes_are_believed_when_the_status_shows_them(choice: str, scopes: list[str]) -> None:
    server = Server("New HA scopes configured.", scopes=scopes)
    receipt = await server.source().act(request(ActionName.SET_SCOPES, choice=choice))
    assert server.sent == [("ha-scopes", {"scopes": scopes})]
    assert receipt.text == f"its scopes are {', '.join(scopes) or 'none'}"
    undone = Server("New HA scopes configured.", scopes=["server2"])
    with pytest.raises(Refused, match="its status shows"):
        await undone.source().act(request(ActionName.SET_SCOPES, choice=choice))


async def test_a_server_that_was_not_paused_refuses_to_continue() -> None:
    """Its result is success, and nothing was done."""
    with pytest.raises(Refused, match="it is not paused"):
        await Server("HA state machine is not paused.").source().act(request(ActionName.CONTINUE))


async def test_the_words_of_a_refusal_are_those_of_the_server() -> None:
    text = "Unable to cancel maintenance request because the server is not in the partner-in-maintenance state."
    with pytest.raises(Refused, match=text):
        await Server(text, result=1).source().act(request(ActionName.CANCEL_MAINTENANCE))


async def test_a_hub_names_the_relationship_of_the_pair() -> None:
    server = Server()
    await server.source("server2").act(request(ActionName.RESET_FAILOVER))
    assert server.sent == [("ha-reset", {"server-name": "server1"})]


async def test_what_kea_cannot_do_is_not_sent() -> None:
    server = Server()
    with pytest.raises(Unanswered, match="has no set-partner-down"):
        await server.source().act(request(ActionName.SET_PARTNER_DOWN))
    assert server.sent == []
    assert set(COMMANDS) == {name for name, action in ACTIONS.items() if action.needs in KEA.can}
