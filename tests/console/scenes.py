"""Scenes: the answers of two servers in typical situations, and the pictures that result from them.

Times are fixed. `NOW` is 2026-07-15 03:12:00 UTC; the operator's time zone is two hours ahead of UTC.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from console.insight.fold import fold_all
from console.makes.pairwatch.profile import PAIRWATCH
from console.makes.pairwatch.status import status_facts
from console.model.observations import LogLine, Observation, PollAnswer, PollFailure, TrapSeen
from console.model.picture import PairPicture, Picture
from console.state.store import PictureStore, empty_pair

NOW = datetime(2026, 7, 15, 3, 12, 0, tzinfo=UTC).timestamp()
ZONE = timezone(timedelta(hours=2), "CEST")
PAIR, MAIN, BACKUP = "example-pair", "dhcp-a", "dhcp-b"
HOUR = 3600.0


def text(at: float | None) -> str | None:
    """RFC 3339 with microseconds, as a server writes it."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def pool(name: str = "scope-1", own: int = 75, other: int = 75, total: int = 250, **changes: Any) -> dict[str, Any]:
    """A pool as reported by the server that has `own` free addresses."""
    others = sum(changes.get(name, 0) for name in ("offered", "pending_available", "unavailable"))
    return {
        "name": name,
        "family": "dhcp4",
        "subnet": "192.0.2.0/24",
        "total": total,
        "available": own,
        "other_available": other,
        "leased": max(0, total - own - other - others),
        "offered": 0,
        "pending_available": 0,
        "unavailable": 0,
        "reserved": 0,
        "backup_pct": 50,
        "actual_backup_pct": 50.0,
        "new_clients_15m": 0,
        "thresholds": {"watched": True, "low": 20, "high": 25, "over": "scope", "value": name},
        "version": 1,
        **changes,
    }


def families(taken: int = 0, server: str = MAIN) -> list[dict[str, Any]]:
    """Pools of every family on one link: IPv4 addresses, IPv6 addresses by parity, delegated prefixes.

    `taken`: addresses and prefixes that new clients have got from the main since.
    """
    shares = ((475 - taken, 500), (511 - taken, 512))
    (own4, other4), (own6, other6) = shares if server == MAIN else (each[::-1] for each in shares)
    parity = {"available": None, "other_available": None, "backup_pct": None, "actual_backup_pct": None}
    return [
        pool("office", own4, other4, 1000),
        pool(
            "office-v6",
            0,
            0,
            65_536,
            family="dhcp6-na",
            subnet="2001:db8:1::/64",
            **{**parity, "leased": 14 + taken, "undivided": 65_522 - taken},
        ),
        pool("office-pd", own6, other6, 1024, family="dhcp6-pd", subnet="2001:db8:8000::/46"),
    ]


def status(server: str = MAIN, at: float = NOW, state: str = "NORMAL", **changes: Any) -> dict[str, Any]:
    """A status answer of one server. `changes` replace fields of the pair, or of the server (`serving`, ...).

    In a state without contact (COMMUNICATIONS-INTERRUPTED, ...) the related fields are set too: contact was lost 12
    minutes before NOW.
    """
    partner = BACKUP if server == MAIN else MAIN
    alone = state in ("COMMUNICATIONS-INTERRUPTED", "RESOLUTION-INTERRUPTED", "PARTNER-DOWN")
    lost = NOW - 720
    process = {
        "name": server,
        "product": "pairwatch-0.1.0",
        "started": text(NOW - 86400),
        "uid": f"uid-{server}",
        "serving": True,
        "not_serving_reason": None,
        "reload_pending": False,
        "configuration_changed": None,
        "configuration_read": None,
        "failover_recover": None,
    }
    pair = {
        "name": PAIR,
        "role": "main" if server == MAIN else "backup",
        "failover": True,
        "server_name": server,
        "partner_name": partner,
        "state": state,
        "state_since": text(lost if alone else NOW - 4 * HOUR),
        "state_reason": "contact lost" if alone else "partner is NORMAL",
        "state_cause": "contact-lost" if alone else "partner-state",
        "previous_state": "NORMAL",
        "partner_state": "NORMAL",
        "partner_state_since": text(NOW - 4 * HOUR),
        "communications": "interrupted" if alone else "ok",
        "start_of_communications_interrupted": text(lost) if alone else None,
        "last_contact": text(lost if alone else at),
        "ever_communicated": True,
        "link": None
        if alone
        else {
            "transport": "ipv4",
            "local": "192.0.2.11:40112",
            "remote": "192.0.2.12:647",
            "since": text(NOW - 4 * HOUR),
            "partner_vendor": "pairwatch-0.1.0",
            "last_failure": None,
        },
        "link_failure": {"at": text(lost), "text": "Connection refused"} if alone else None,
        "mclt": 3600,
        "backup_pct": 50,
        "load_balancing": False,
        "use_safe_period": True,
        "safe_period": 14400,
        "safe_period_remaining": max(0.0, 14400 - (at - lost)) if state == "COMMUNICATIONS-INTERRUPTED" else None,
        "safe_period_ends": text(lost + 14400) if state == "COMMUNICATIONS-INTERRUPTED" else None,
        "partner_down_time": text(lost) if state == "PARTNER-DOWN" else None,
        "partner_pool_usable_at": text(lost + 3600) if state == "PARTNER-DOWN" else None,
        "recover_deadline": None,
        "probe_until": None,
        "time_skew": 0.02,
        "time_skew_uncertainty": None,
        "unacked_updates": 0,
        "max_unacked_updates": 100,
        "updates_pending": 0,
        "oldest_unacked_age": None,
        "updates": {"sent": 10, "acked": 10, "rejected": 0, "received": 3, "refused": 0},
        "resync": None,
        "config_mismatch": [],
        "reload_pending": False,
        "transitions": [],
        "pools": [pool("scope-1"), pool("wifi", 900, 880, 4096)],
        "updates_resting": 0,
        "buckets": {"main": 256, "backup": 0},
        "transports": [],
        "traffic": None,
    }
    changes = {**_causes(changes), **changes}
    for name, value in changes.items():
        target = process if name in process else pair
        assert name in target, name
        target[name] = value
    return {"version": 1, "at": text(at), "server": process, "pairs": [pair]}


def _causes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The typed causes that belong to the words of a test, as the server reports both."""
    found: dict[str, Any] = {}
    reason = str(changes.get("state_reason") or "")
    for words, cause in (("safe period", "safe-period"), ("operator", "operator"), ("start", "start")):
        if words in reason:
            found["state_cause"] = cause
    failure = changes.get("link_failure")
    if isinstance(failure, dict) and "cause" not in failure:
        text_of = str(failure.get("text") or "").lower()
        for words, cause in (("skew", "skew"), ("time mismatch", "skew"), ("mclt", "mclt"), ("version", "version")):
            if words in text_of:
                failure["cause"] = cause
    return found


def answer(server: str = MAIN, at: float = NOW, state: str = "NORMAL", **changes: Any) -> PollAnswer:
    """An answer of a server at `at`."""
    return polled(at, server, status(server, at, state, **changes))


def polled(at: float, server: str, raw: Mapping[str, Any]) -> PollAnswer:
    """An answer of a server with that document at `at`."""
    return PollAnswer(at, PAIR, server, status_facts(raw, PAIR), raw)


def failures(
    server: str = MAIN, last: float = NOW, count: int = 3, error: str = "Connection refused"
) -> list[PollFailure]:
    """A run of failed polls, a second apart."""
    return [PollFailure(last - count + 1 + number, PAIR, server, error) for number in range(count)]


def empty(environment: str = "production") -> Picture:
    """The picture before any observation."""
    return Picture({PAIR: empty_pair(PAIR, environment, [(MAIN, "main", PAIRWATCH), (BACKUP, "backup", PAIRWATCH)])})


def picture(*observations: Observation | Iterable[Observation]) -> Picture:
    """The picture after the observations, in order of time."""
    flat: list[Observation] = []
    for each in observations:
        flat += each if isinstance(each, Iterable) else [each]
    return fold_all(empty(), sorted(flat, key=lambda each: each.at))


def pair(*observations: Observation | Iterable[Observation]) -> PairPicture:
    """The pair after the observations."""
    return picture(*observations).pairs[PAIR]


def store(*observations: Observation | Iterable[Observation], now: float = NOW) -> PictureStore:
    """A store with that picture and a fixed clock."""
    return PictureStore(picture(*observations), lambda: now, ZONE)


def trap(name: str, by: str = BACKUP, at: float = NOW, count: int = 1, **varbinds: str) -> TrapSeen:
    """A trap from a server; the argument `scope_name="x"` is the varbind scope-name."""
    named: Mapping[str, str] = {key.replace("_", "-"): value for key, value in varbinds.items()}
    return TrapSeen(at, PAIR, by, name, f"1.3.6.1.4.1.9.9.120.2.0.{len(name)}", "192.0.2.12:5000", "v2c", named, count)


def log(
    message: str,
    words: str,
    server: str = BACKUP,
    at: float = NOW,
    level: str = "Info",
    *,
    past: bool = False,
) -> LogLine:
    """A line of a server's log."""
    stamp = datetime.fromtimestamp(at, UTC)
    line = f"{stamp:%m/%d/%Y} {stamp.hour}:{stamp:%M:%S} name/dhcp/1 {level} Failover 0 {message} {words}"
    return LogLine(at, PAIR, server, line, past)


def declining(server: str, state: str, minutes: int = 20, fall: int = 6) -> list[PollAnswer]:
    """Answers of the last minutes, in which the pool wifi loses `fall` of the server's own addresses each minute."""
    return [
        answer(
            server,
            NOW - 60 * ago,
            state if 60 * ago <= 720 else "NORMAL",
            pools=[pool("scope-1"), pool("wifi", 400 + fall * ago, 880, 4096)],
        )
        for ago in range(minutes, -1, -1)
    ]


LOGS = [
    log(
        "18106",
        "BNDUPD sent xid 71 lease 192.0.2.40 status ACTIVE",
        MAIN,
        NOW - 800,
        "Activity",
        past=True,
    ),
    log(
        "18107",
        "DHCPBNDACK received xid 71 lease 192.0.2.40 (accepted)",
        MAIN,
        NOW - 799,
        "Activity",
        past=True,
    ),
    log(
        "18101",
        "Failover pair 'example-pair': contact with partner 192.0.2.11 lost (refused); safe period ends at 07:00:00.",
        BACKUP,
        NOW - 719,
        "Warning",
    ),
    log(
        "18100",
        "Failover pair 'example-pair' (backup): NORMAL -> COMMUNICATIONS-INTERRUPTED, contact lost.",
        BACKUP,
        NOW - 718,
    ),
]

CALM = (
    [answer(MAIN, NOW - 60 * ago) for ago in range(20, -1, -1)],
    [answer(BACKUP, NOW - 60 * ago) for ago in range(20, -1, -1)],
    LOGS[:2],
)
MAIN_LOST = (
    [answer(MAIN, NOW - 60 * ago) for ago in range(20, 12, -1)],
    [
        PollFailure(NOW - 718 + number, PAIR, MAIN, "Connection refused (http://192.0.2.11:8067)")
        for number in range(718)
    ],
    declining(BACKUP, "COMMUNICATIONS-INTERRUPTED"),
    LOGS,
    [
        trap(
            "other-server-not-responding",
            at=NOW - 717,
            server="192.0.2.11",
            related_server_type="failover-partner",
        )
    ],
)
RACE = (
    declining(MAIN, "COMMUNICATIONS-INTERRUPTED", fall=2),
    declining(BACKUP, "COMMUNICATIONS-INTERRUPTED", fall=3),
    LOGS,
)
BOTH_DOWN = (
    [answer(MAIN, NOW, "PARTNER-DOWN", state_reason="safe period expired")],
    [answer(BACKUP, NOW, "PARTNER-DOWN", state_reason="safe period expired")],
)
