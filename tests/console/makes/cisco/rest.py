"""A stand-in for the REST API of Cisco Network Registrar. The resources that are public have their documented form; the
related server and the counts have the form that the settings guess. Nothing here was sent by a Cisco server."""

import json
from typing import Any
from urllib.parse import parse_qs

import httpx

from console.makes.cisco.client import CiscoClient
from console.makes.cisco.settings import CiscoServer
from console.makes.cisco.source import CiscoSource

BASE = "/web-services/rest"
PAIR: dict[str, Any] = {
    "name": "campus",
    "main": "cluster-a",
    "backup": "cluster-b",
    "mclt": "1h",
    "backupPct": "50%",
    "loadBalancing": "disabled",
    "useSafePeriod": "enabled",
    "safePeriod": "14400",
}
RELATED: dict[str, Any] = {
    "relatedServerType": "3",
    "communications": "OK",
    "failoverState": "NORMAL",
    "failoverStateStartTime": "1784084000",
    "partnerFailoverState": "normal",
}
COUNTS: dict[str, Any] = {
    "totalAddresses": "250",
    "freeDynamic": "75",
    "otherAvailable": "75",
    "leasedDynamic": "100",
}
LEASE: dict[str, Any] = {
    "address": "192.0.2.20",
    "state": "leased",
    "scopeName": "floor-2",
    "clientMacAddr": "1,6,02:00:00:00:00:07",
    "clientHostName": "printer",
    "expiration": "1784090000",
}
PER_PAGE = 2


class Rest:
    """The objects of one server, and the requests that were sent to it."""

    def __init__(self) -> None:
        self.pair: dict[str, Any] | None = PAIR
        self.related: dict[str, Any] | None = RELATED
        self.counts: dict[str, Any] | None = COUNTS
        self.scopes = ["floor-1", "floor-2", "floor-3"]
        self.next_host = "http://a"
        self.status = 200
        self.sent: list[str] = []
        self.hosts: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        self.sent.append(path)
        self.hosts.add(request.url.host)
        assert request.headers["authorization"].startswith("Basic ")
        assert request.headers["accept"] == "application/json"
        if self.status != 200:
            return httpx.Response(self.status)
        place, _, query = path.removeprefix(BASE + "/").partition("?")
        kind, _, name = place.removeprefix("resource/").partition("/")
        if place == "session":
            return httpx.Response(200, text="CPNR 11.1 \n")
        if place == "stats/DHCPServer" and parse_qs(query).get("nrClass") == ["DHCPRelatedServerStats"]:
            return self._object(self.related)
        if place.startswith("stats/CurrentUtilization/"):
            return self._object(self.counts)
        if kind == "CCMFailoverPair" and not name:
            return self._object([] if self.pair is None else [self.pair])
        if kind == "CCMFailoverPair":
            return self._object(self.pair if self.pair and self.pair["name"] == name else None)
        if kind == "Scope" and not name:
            return self._page(
                [{"name": each, "subnet": "192.0.2.0/24", "objectOid": each} for each in self.scopes], query
            )
        if kind == "Lease":
            return self._object(LEASE if name in ("", LEASE["address"]) else None)
        return self._object([] if kind == "Policy" else None)

    def _object(self, value: Any) -> httpx.Response:
        return httpx.Response(404) if value is None else httpx.Response(200, content=json.dumps(value))

    def _page(self, found: list[Any], query: str) -> httpx.Response:
        start = int(parse_qs(query).get("start", ["0"])[0])
        end = start + PER_PAGE
        link = (
            {"link": f'<{self.next_host}{BASE}/resource/Scope?start={end}>; rel="next"'} if end < len(found) else None
        )
        return httpx.Response(200, content=json.dumps(found[start:end]), headers=link)

    def source(self, **settings: Any) -> CiscoSource:
        values = {"name": "dhcp-a", "role": "main", "api": "http://a", "user": "u", "password_file": "p", **settings}
        client = CiscoClient("http://a", BASE, ("u", "secret"), transport=httpx.MockTransport(self))
        return CiscoSource(client, CiscoServer.model_validate(values), "campus")
