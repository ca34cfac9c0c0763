"""Every kind of alarm: how bad, what raises and what ends it, what to do. docs/alarms.md is made from this table.

`lasts` is for kinds that nothing ends: after so many seconds without another report they are cleared "by age",
because the report was about one event and not about a state. What is a state is never cleared by silence.
`follows` names the kinds that a fault of this kind may be a consequence of, the likeliest first: it is shown with
"because of" while one of those stands, and people are told of the cause alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from console.insight.wording import DAY
from console.model.picture import Severity

INFO, WARNING, MAJOR, CRITICAL = Severity.INFO, Severity.WARNING, Severity.MAJOR, Severity.CRITICAL
UNKNOWN = Severity.UNKNOWN

HAND = "a person"
LINK_LOST = ("server-stop", "server-unreachable", "clock-skew", "failover-config-mismatch")
CONTACT = "other-server-not-responding"


@dataclass(frozen=True, slots=True)
class Kind:
    """One row. `severity` is where nothing tells more; `raised`, `ended` and `act` are words for a person."""

    name: str
    severity: Severity
    raised: str
    ended: str
    act: str
    follows: tuple[str, ...] = ()
    lasts: float | None = None
    own: bool = False


_ROWS: tuple[Kind, ...] = (
    Kind(
        CONTACT,
        CRITICAL,
        "traps 13 and 6; log 18101; a poll in COMMUNICATIONS-INTERRUPTED. Of another related server: major",
        "traps 14 and 9; log 18102; both seen NORMAL",
        "find out whether the partner is down or cut off; before the safe period ends take one server offline, or "
        "switch use-safe-period off on both",
        LINK_LOST,
    ),
    Kind(
        "both-alive-interrupted",
        CRITICAL,
        "polls: both answer, both have lost the other",
        "polls: not so any more",
        "repair the link between them; do not set either partner down while both run",
        ("clock-skew", "failover-config-mismatch"),
    ),
    Kind(
        "both-partner-down",
        CRITICAL,
        "polls: both said PARTNER-DOWN last",
        "polls: one is seen in another state",
        "stop one server: both may give out the same address",
    ),
    Kind(
        "nobody-serves",
        CRITICAL,
        "polls: both seen, neither in a state that serves. While both start: warning",
        "polls: one serves",
        "see which state each waits in, and for what",
    ),
    Kind(
        "server-not-serving",
        CRITICAL,
        "polls: its state serves, and it does not",
        "polls: it serves",
        "its reason is in the text (a full disk, most often)",
    ),
    Kind(
        "server-unreachable",
        WARNING,
        "polls: it does not answer the console",
        "polls: it answers",
        "this says nothing of whether clients are served: look at what its partner says",
        ("server-stop",),
    ),
    Kind(
        "server-stop",
        MAJOR,
        "trap 4: it was stopped on purpose",
        "trap 3; polls: it started again after the trap",
        "start it, or if it stays off set its partner down",
    ),
    Kind(
        "partner-down",
        CRITICAL,
        "polls: a server in PARTNER-DOWN; log 18104, 18105",
        "polls: it is in another state",
        "see that the partner stays off until it can reach this server",
        (CONTACT, "server-stop"),
    ),
    Kind(
        "safe-period-ending",
        CRITICAL,
        "polls: less than 15 minutes are left; less than half: warning",
        "polls: contact is back, or it is switched off",
        "act before it ends: then the server takes its partner for down by itself",
        (CONTACT,),
    ),
    Kind(
        "potential-conflict",
        CRITICAL,
        "polls: a server in POTENTIAL-CONFLICT",
        "polls: another state",
        "clients are not served meanwhile; see that the resolution goes on",
    ),
    Kind(
        "resolution-interrupted",
        CRITICAL,
        "polls: a server in RESOLUTION-INTERRUPTED",
        "polls: another state",
        "restore the link, so that conflicts can be resolved",
        ("server-stop", "server-unreachable"),
    ),
    Kind(
        "recovering",
        WARNING,
        "polls: a server in RECOVER or RECOVER-WAIT",
        "polls: another state",
        "wait; restarting it repeats the transfer",
    ),
    Kind(
        "states-disagree",
        WARNING,
        "polls: one NORMAL, one without contact, for a minute",
        "polls: they agree",
        "look at the link of both",
    ),
    Kind(
        "address-conflict",
        CRITICAL,
        "traps 8, DHCPv6 5 and 6; log 18109: both servers gave one address out",
        HAND,
        "find both clients and renew the one that lost",
    ),
    Kind(
        "duplicate-address",
        WARNING,
        "traps 7, DHCPv6 3 and 4: someone uses an address that was to be given out",
        "a person, or a day without another report",
        "find who uses it; the address is unavailable until it is made available by hand",
        lasts=DAY,
    ),
    Kind(
        "failover-config-mismatch",
        MAJOR,
        "trap 10; log 18103; polls: a mismatch is reported, or MCLT differs",
        "polls: both seen without a mismatch",
        "synchronise the configuration and reload both servers",
        ("reload-pending",),
    ),
    Kind(
        "failover-sync-failure",
        MAJOR,
        "trap 23; log 18118",
        HAND,
        "read its error, and synchronise again",
    ),
    Kind(
        "safe-period-differs",
        WARNING,
        "polls: use-safe-period is on at one server only",
        "polls: it is the same on both",
        "change both or none",
    ),
    Kind(
        "reload-pending",
        WARNING,
        "polls: a server waits for a reload for more than an hour",
        "polls: it was reloaded",
        "reload it: until then the pair runs on two configurations",
    ),
    Kind(
        "failover-recover-set",
        WARNING,
        "polls: failover-recover is set while the server is NORMAL",
        "polls: it is unset",
        "unset it, and save",
    ),
    Kind(
        "clock-skew",
        CRITICAL,
        "polls: the clocks are more than 5 s apart; log 18115. More than 2 s: warning",
        "polls: they agree",
        "repair NTP on both: the link is refused",
    ),
    Kind(
        "unacked-updates-stuck",
        WARNING,
        "polls: the oldest unacknowledged update is older than 30 s",
        "polls: it is not",
        "look at the partner's load and at the link",
        (CONTACT,),
    ),
    Kind(
        "free-address-low",
        WARNING,
        "traps 11 and 1, DHCPv6 1; log 18112; polls: below 20 %. None left: critical",
        "traps 12 and 2, DHCPv6 2; polls: 25 % or more (of thresholds over a network or tags: the trap alone)",
        "see the forecast; bring the partner back, or widen the pool",
        (CONTACT, "partner-down", "recovering"),
    ),
    Kind(
        "pool-exhaustion",
        CRITICAL,
        "polls: it runs out within 30 minutes as clients arrive. Within 2 hours: warning",
        "polls: it does not",
        "as with free-address-low, sooner",
        (CONTACT, "partner-down", "recovering"),
    ),
    Kind(
        "dns-queue-too-big",
        CRITICAL,
        "trap 5: updates wait for DNS, and DHCP may stop answering",
        HAND,
        "look at the DNS servers",
        ("masters-not-responding", "dns-forwarders-not-responding"),
    ),
    Kind("ha-dns-partner-down", MAJOR, "trap 15", "trap 16", "look at the DNS partner"),
    Kind("ha-dns-config-error", MAJOR, "trap 22", HAND, "compare the DNS pair's configuration"),
    Kind("masters-not-responding", MAJOR, "trap 17", "trap 18", "look at the zone's masters"),
    Kind(
        "secondary-zones-expired",
        MAJOR,
        "trap 19",
        "trap 18 for that zone",
        "bring a master of the zone back",
        ("masters-not-responding",),
    ),
    Kind("dns-forwarders-not-responding", MAJOR, "trap 20", "trap 21", "look at the forwarders"),
    Kind("link-down", WARNING, "linkDown of a server's agent", "linkUp", "look at the interface"),
    Kind(
        "egp-neighbor-loss",
        INFO,
        "egpNeighborLoss of a server's agent",
        "a person, or a day without another report",
        "nothing for DHCP",
        lasts=DAY,
    ),
    Kind(
        "authentication-failure",
        WARNING,
        "authenticationFailure of a server's agent",
        "a person, or a day without another report",
        "somebody asks it with a wrong community or key",
        lasts=DAY,
    ),
    Kind(
        "unknown-trap",
        UNKNOWN,
        "a trap whose OID no table has; it is shown with its OID and values",
        "a person, or a week without another report",
        "read its sender's MIB",
        lasts=7 * DAY,
    ),
    Kind(
        "unknown-sender",
        INFO,
        "a trap from an address that is nobody's `trap_sources`",
        "a person, or a day without another report",
        "name the address in the configuration, or limit `sources`",
        lasts=DAY,
        own=True,
    ),
    Kind(
        "journal-not-written",
        MAJOR,
        "the console: its journal cannot be written or read (a full disk, a database that is away)",
        "the console: it can",
        "make room, or bring the database back; what happens meanwhile is kept in memory for a while",
        own=True,
    ),
    Kind(
        "journal-entries-dropped",
        MAJOR,
        "the console: entries were dropped because the journal could not follow",
        "the console: none for five minutes",
        "the history has a gap there",
        ("journal-not-written",),
        own=True,
    ),
    Kind(
        "traps-dropped",
        MAJOR,
        "the console: notifications were dropped, by the kernel, the queue or the rate limit",
        "the console: none for five minutes",
        "find the sender of the storm (`pairwatch traps --json` names sources); raise receive_buffer",
        own=True,
    ),
    Kind(
        "traps-rejected",
        WARNING,
        "the console: notifications were refused (community, user, key, source)",
        "the console: none for five minutes",
        "compare the servers' trap recipients with [traps]",
        own=True,
    ),
    Kind(
        "collector-gone",
        CRITICAL,
        "a console that watches: nothing came from a collector for two and a half minutes",
        "the console: something comes",
        "start `pairwatch collect`: what is shown is old",
        ("journal-not-written",),
        own=True,
    ),
    Kind(
        "notification-failed",
        MAJOR,
        "the console: a message could not be delivered after its retries",
        "the console: the next one is delivered",
        "try `pairwatch notify --test`; nobody was told",
        own=True,
    ),
    Kind(
        "source-failed",
        MAJOR,
        "the console: a source (the trap port, a log) could not be opened",
        "the console: it could, after a restart",
        "the text says which and why",
        own=True,
    ),
)

KINDS: dict[str, Kind] = {row.name: row for row in _ROWS}


def severity_of(kind: str) -> Severity:
    """How bad a fault of that kind is where nothing tells more."""
    return KINDS[kind].severity


def documented(kinds: Iterable[Kind] = _ROWS) -> str:
    """The table of docs/alarms.md."""
    lines = ["| kind | severity | raised by | ended by | what to do |", "| --- | --- | --- | --- | --- |"]
    lines += [f"| {row.name} | {row.severity} | {row.raised} | {row.ended} | {row.act} |" for row in kinds]
    return "\n".join(lines)
