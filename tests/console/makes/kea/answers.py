"""Answers of Kea 2.2.0 as it sent them, shortened, and of later versions as their documentation has them."""

import copy
from typing import Any

STATUS: dict[str, Any] = {
    "high-availability": [
        {
            "ha-mode": "load-balancing",
            "ha-servers": {
                "local": {"role": "primary", "scopes": ["server1"], "state": "load-balancing"},
                "remote": {
                    "age": 3,
                    "analyzed-packets": 0,
                    "communication-interrupted": False,
                    "connecting-clients": 0,
                    "in-touch": True,
                    "last-scopes": ["server2"],
                    "last-state": "load-balancing",
                    "role": "secondary",
                    "unacked-clients": 0,
                    "unacked-clients-left": 0,
                },
            },
        }
    ],
    "pid": 24665,
    "reload": 4,
    "uptime": 4,
}
HEARTBEAT: dict[str, Any] = {
    "date-time": "Sat, 28 Nov 2026 07:00:06 GMT",
    "scopes": ["server1"],
    "state": "load-balancing",
    "unsent-update-count": 0,
}
HEARTBEAT_AT = 1795849206.0
STATISTICS: dict[str, Any] = {
    "result-set": {
        "columns": [
            "subnet-id",
            "total-addresses",
            "cumulative-assigned-addresses",
            "assigned-addresses",
            "declined-addresses",
        ],
        "rows": [[1, 382, 21, 20, 2]],
        "timestamp": "2026-11-28 07:00:06.527117",
    }
}
EVERY_STATISTIC: dict[str, Any] = {
    "pkt4-ack-sent": [[0, "2026-11-28 06:59:49.555295"]],
    "subnet[1].assigned-addresses": [[20, "2026-11-28 06:59:49.574447"], [19, "2026-11-28 06:59:48.574447"]],
    "subnet[1].cumulative-assigned-addresses": [[21, "2026-11-28 06:59:49.574438"]],
    "subnet[1].declined-addresses": [[2, "2026-11-28 06:59:49.574438"]],
    "subnet[1].total-addresses": [[382, "2026-11-28 06:59:49.574438"]],
}
CONFIGURATION: dict[str, Any] = {
    "Dhcp4": {
        "authoritative": False,
        "interfaces-config": {"interfaces": ["lo/127.0.0.11"]},
        "hooks-libraries": [
            {"library": "/usr/lib/x86_64-linux-gnu/kea/hooks/libdhcp_lease_cmds.so"},
            {
                "library": "/usr/lib/x86_64-linux-gnu/kea/hooks/libdhcp_ha.so",
                "parameters": {
                    "high-availability": [
                        {
                            "max-response-delay": 5000,
                            "max-unacked-clients": 3,
                            "mode": "load-balancing",
                            "peers": [
                                {
                                    "auto-failover": True,
                                    "name": "server1",
                                    "role": "primary",
                                    "url": "http://127.0.0.1:8801/",
                                },
                                {
                                    "auto-failover": True,
                                    "name": "server2",
                                    "role": "secondary",
                                    "url": "http://127.0.0.1:8802/",
                                },
                            ],
                            "this-server-name": "server1",
                        }
                    ]
                },
            },
        ],
        "option-data": [],
        "subnet4": [
            {
                "id": 1,
                "subnet": "10.0.0.0/16",
                "valid-lifetime": 600,
                "pools": [
                    {"client-class": "HA_server1", "pool": "10.0.0.10-10.0.0.200"},
                    {"client-class": "HA_server2", "pool": "10.0.1.10-10.0.1.200"},
                ],
            }
        ],
    }
}
LEASE: dict[str, Any] = {
    "client-id": "01:02:00:00:00:00:07",
    "cltt": 1795849000,
    "fqdn-fwd": False,
    "fqdn-rev": False,
    "hostname": "printer.example.org",
    "hw-address": "02:00:00:00:00:07",
    "ip-address": "10.0.0.20",
    "state": 0,
    "subnet-id": 1,
    "valid-lft": 600,
}


def status(
    local: dict[str, Any] | None = None, remote: dict[str, Any] | None = None, **relation: Any
) -> dict[str, Any]:
    """The status with other values."""
    found = copy.deepcopy(STATUS)
    (each,) = found["high-availability"]
    each.update({name.replace("_", "-"): value for name, value in relation.items()})
    each["ha-servers"]["local"].update(local or {})
    each["ha-servers"]["remote"].update(remote or {})
    return found
