"""The log lines of ISC dhcpd, most often through syslog.

DHCPACK on 192.0.2.20 to 02:00:00:00:00:07 (printer) via eth0
failover peer dhcp: I move from normal to communications-interrupted

Its lines have no time, level or message id of their own. The first word of a line about a packet is its id; the other
ids are names of this project, in `FORMS`, each with the level that its text deserves.
"""

import re
from collections.abc import Mapping

from console.dialects.dialect import Contact, Dialect, Message

_STATES = r"(?P<old>[a-z-]+) to (?P<new>[a-z-]+)"
_POOL = (
    r"(?P<number>[0-9a-f]+) (?P<network>\S+)  ?total (?P<total>\d+)  ?free (?P<free>\d+)  ?backup (?P<backup>\d+)  ?"
    r"lts (?P<lts>-?\d+)"
)

FORMS: Mapping[str, str] = {
    "FAILOVER_STATE": r"failover peer .+?: I move from [a-z-]+ to [a-z-]+",
    "FAILOVER_PEER_STATE": r"failover peer .+?: peer moves from [a-z-]+ to [a-z-]+",
    "FAILOVER_NORMAL": r"failover peer .+?: Both servers normal",
    "FAILOVER_DISCONNECTED": r"peer .+?: disconnected",
    "FAILOVER_TIMEOUT": r"timeout waiting for failover peer",
    "FAILOVER_UPDATE_DONE": r"failover peer .+?: peer update completed",
    "FAILOVER_CONNECT_REJECTED": r"Failover CONNECT (?:to .+ rejected|from .+?): .+",
    "FAILOVER_POOLREQ_REFUSED": r"peer .+?: Got POOLREQ, answering negatively!",
    "FAILOVER_INVALID_STATE": r"(?:failover peer|Peer) .+?: Invalid (?:state|attempt)",
    "BIND_UPDATE_REJECTED": r"bind update on \S+ from .+? rejected: ",
    "BIND_UPDATE_ODD": r"bind update on \S+ got ack from ",
    "POOL_BALANCING": r"balancing pool [0-9a-f]+ ",
    "POOL_BALANCED": r"(?:IM)?balanced pool [0-9a-f]+ ",
    "LEFT_TO_PEER": r"(?:DHCP|BOOT)[A-Z]+ .+: load balance to peer ",
    "PEER_HOLDS_ALL": r"(?:DHCP|BOOT)[A-Z]+ .+: peer holds all free leases",
    "NO_FREE_LEASES": r"(?:DHCP|BOOT)[A-Z]+ .+: no free leases|Unable to pick client address: no addresses available",
    "NOT_RESPONDING": r"(?:DHCP|BOOT)[A-Z]+ .+: not responding",
    "UNKNOWN_NETWORK": r"(?:DHCP|BOOT)[A-Z]+ .+: unknown network segment",
    "ADDRESS_ABANDONED": r"Abandoning IP address ",
    "DUPLICATE_CLIENT": r"(?:uid lease .+ is duplicate on|client .+ has duplicate)",
    "LEASES_WRITTEN": r"Wrote \d+ (?:leases|NA)",
    "SERVER_STARTED": r"Internet Systems Consortium DHCP Server ",
}
"""The lines that are about no packet, or that end in something worth a level: id and beginning."""

PACKETS = (
    "(?:DHCP(?:DISCOVER|OFFER|REQUEST|DECLINE|ACK|NAK|RELEASE|INFORM|EXPIRE|LEASEQUERY|LEASEACTIVE|LEASEUNASSIGNED"
    "|LEASEUNKNOWN)|BOOTREQUEST|BOOTREPLY)(?= )"
)

_NO_ADDRESS = "no address of this server was free for a client"

ISC = Dialect(
    name="isc",
    stamp="",
    body=(
        "(?P<text>" + "|".join(f"(?P<{each}>{pattern})" for each, pattern in FORMS.items()) + f"|(?P<id>{PACKETS})).*"
    ),
    levels={},
    messages={
        "FAILOVER_STATE": Message(
            re.compile(rf"failover peer (?P<peer>.+?): I move from {_STATES}"),
            "Notice",
            meaning="the server has changed its state",
        ),
        "FAILOVER_PEER_STATE": Message(
            re.compile(r"failover peer (?P<peer>.+?): peer moves from (?P<before>[a-z-]+) to (?P<after>[a-z-]+)"),
            "Notice",
            meaning="the partner has reported another state",
        ),
        "FAILOVER_NORMAL": Message(None, "Notice", Contact.BACK, "both servers work together again"),
        "FAILOVER_DISCONNECTED": Message(
            re.compile(r"peer (?P<peer>.+?): disconnected"), "Warning", Contact.LOST, "the connection has ended"
        ),
        "FAILOVER_TIMEOUT": Message(None, "Warning", Contact.LOST, "the partner sent nothing for max-response-delay"),
        "FAILOVER_UPDATE_DONE": Message(None, "Info", meaning="the partner has sent all its leases"),
        "FAILOVER_CONNECT_REJECTED": Message(
            re.compile(r": (?P<reason>[^:]+)$"),
            "Warning",
            meaning="one server refused the connection: the reason is at the end of the line",
        ),
        "FAILOVER_POOLREQ_REFUSED": Message(None, "Warning", meaning="the partner asks for addresses, and gets none"),
        "FAILOVER_INVALID_STATE": Message(None, "Error", meaning="the partner reported a state that cannot follow"),
        "BIND_UPDATE_REJECTED": Message(
            re.compile(r"bind update on (?P<address>\S+) from (?P<peer>.+?) rejected: (?P<reason>.*)"),
            "Warning",
            meaning="a lease of the partner was refused",
        ),
        "BIND_UPDATE_ODD": Message(None, "Notice", meaning="an acknowledgement that fits no update"),
        "POOL_BALANCING": Message(
            re.compile(rf"balancing pool {_POOL}"), "Info", meaning="the counts of a pool before it is balanced"
        ),
        "POOL_BALANCED": Message(
            re.compile(rf"balanced pool {_POOL}"), "Info", meaning="the counts of a pool after it was balanced"
        ),
        "LEFT_TO_PEER": Message(
            re.compile(r": load balance to peer (?P<peer>\S+)"), "Debug", meaning="the partner answers this client"
        ),
        "PEER_HOLDS_ALL": Message(None, "Warning", meaning=f"{_NO_ADDRESS}: the partner has all that are free"),
        "NO_FREE_LEASES": Message(
            re.compile(r"(?:network|shared network) (?P<network>[^\s:]+): "), "Warning", meaning=_NO_ADDRESS
        ),
        "NOT_RESPONDING": Message(
            re.compile(r": not responding \((?P<state>[a-z-]+)\)"),
            "Notice",
            meaning="the server answers no client in its state",
        ),
        "UNKNOWN_NETWORK": Message(
            re.compile(r" via (?P<relay>[^\s:]+): unknown network"), "Warning", meaning="a network without a subnet"
        ),
        "ADDRESS_ABANDONED": Message(
            re.compile(r"IP address (?P<address>[0-9A-Fa-f.:]+): "),
            "Warning",
            meaning="something without a lease uses this address: it is not given any more",
        ),
        "DUPLICATE_CLIENT": Message(None, "Info", meaning="a client had two leases; one is freed"),
        "LEASES_WRITTEN": Message(None, "Info", meaning="the leases file was written again"),
        "SERVER_STARTED": Message(None, "Notice", meaning="the server has started"),
        "DHCPDECLINE": Message(None, "Warning", meaning="a client refused its address: something else uses it"),
        "DHCPNAK": Message(None, "Notice", meaning="a client must ask for another address"),
    },
)
