"""The answers of servers of other makes at a site, in the form of each make; counts change every second."""

import json
from collections.abc import Mapping
from typing import Any

from benchmarks.console.site import Endpoint
from console.makes.isc.omapi import Message, Operation

SCOPES = tuple(f"10.{number}.0.0/20" for number in range(4))
TOTAL = 4096
Answer = Mapping[str, Any]


def _free(second: int) -> int:
    return (TOTAL - 200 - second % 1500) // 2


def kea(server: Endpoint, command: str, second: int) -> Answer:
    """The answer to a command of Kea: a pair with load balancing."""
    own, other = server.name, server.partner.name
    roles = ("secondary", "primary") if server.role == "backup" else ("primary", "secondary")
    if command == "status-get":
        local = {"role": roles[0], "scopes": [own], "state": "load-balancing", "server-name": own}
        remote = {
            "age": 1, "in-touch": True, "role": roles[1], "server-name": other, "last-scopes": [other],
            "last-state": "load-balancing", "communication-interrupted": False, "connecting-clients": 0,
            "unacked-clients": 0, "unacked-clients-left": 0, "analyzed-packets": 0, "clock-skew": 0,
        }  # fmt: skip
        servers = {"local": local, "remote": remote}
        return {
            "high-availability": [{"ha-mode": "load-balancing", "ha-servers": servers}],
            "pid": 1,
            "reload": 1000 + second,
            "uptime": 1000 + second,
        }
    if command == "stat-lease4-get":
        columns = ["subnet-id", "total-addresses", "assigned-addresses", "declined-addresses"]
        rows = [[number, TOTAL, 200 + second % 1500, 0] for number in range(1, len(SCOPES) + 1)]
        return {"result-set": {"columns": columns, "rows": rows}}
    if command == "ha-heartbeat":
        return {"state": "load-balancing"}
    peers = [
        {"name": name, "role": role, "auto-failover": True} for name, role in zip((own, other), roles, strict=True)
    ]
    relation = {"mode": "load-balancing", "this-server-name": own, "max-unacked-clients": 10, "peers": peers}
    hook = {"library": "libdhcp_ha.so", "parameters": {"high-availability": [relation]}}
    subnets = [{"id": number, "subnet": name} for number, name in enumerate(SCOPES, 1)]
    return {"Dhcp4": {"hooks-libraries": [hook], "subnet4": subnets}}


def windows(second: int) -> str:
    """The page of windows_exporter."""
    lines = [f"windows_dhcp_failover_transitions_{name} 0" for name in (
        "communicationinterrupted_state_total", "partnerdown_state_total", "recover_total",
    )]  # fmt: skip
    lines.append(f"windows_dhcp_failover_bndupd_pending_in_outbound_queue {second % 5}")
    lines += [f"windows_other_metric_{number} {second}" for number in range(300)]
    free = _free(second)
    for scope in SCOPES:
        for name, value in (
            ("free", 2 * free),
            ("free_on_this_server", free),
            ("free_on_partner_server", free),
            ("in_use", TOTAL - 2 * free),
        ):
            lines.append(f'windows_dhcp_scope_addresses_{name}{{scope="{scope}"}} {value}')
    return "\n".join(lines) + "\n"


def cisco(server: Endpoint, path: str, second: int) -> str:
    """The JSON of a resource of Cisco's REST API."""
    if "CCMFailoverPair" in path:
        return json.dumps({"name": server.pair, "mclt": "1h", "useSafePeriod": "enabled", "safePeriod": "4h"})
    if "RelatedServer" in path:
        return json.dumps({"failoverState": "NORMAL", "partnerFailoverState": "NORMAL", "communications": "OK"})
    if "CurrentUtilization" in path:
        free = str(_free(second))
        return json.dumps({"totalAddresses": str(TOTAL), "freeDynamic": free, "otherAvailable": free})
    return json.dumps([{"name": scope.replace("/", "-")} for scope in SCOPES])


def isc(message: Message, role: str, began: int, second: int) -> Message:
    """The answer to a message of OMAPI."""
    number = {
        "mclt": 3600, "partner-state": 2, "local-state": 2, "partner-stos": began, "local-stos": began,
        "hierarchy": int(role == "backup"), "max-outstanding-updates": 10, "cur-unacked-updates": second % 5,
    }  # fmt: skip
    values = {name: value.to_bytes(4) for name, value in number.items()}
    values["load-balance-hba"] = b"\xff" * 16 + bytes(16)
    return Message(Operation.UPDATE, 2, 1, message.transaction, {}, values)
