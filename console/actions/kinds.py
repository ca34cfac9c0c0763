"""Every guarded action as a row: what it is called, what is asked of a person, what is sent, and how the same is typed.

Its guards are in insight/guards, its consequences in insight/consequences, how it is verified in insight/outcomes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from console.actions.request import Wish
from console.insight.consequences import addresses, leaving, safe_period, sentences, server_date
from console.insight.consequences import consequences as of_partner_down
from console.insight.guards import Attempt
from console.insight.remedies import (
    EXTEND_SAFE_PERIOD,
    FORCE_AVAILABLE,
    REBALANCE,
    RELOAD,
    SAFE_PERIOD,
    SET_PARTNER_DOWN,
    STOP,
)
from console.model.times import rfc3339

Request = tuple[str, dict[str, Any]]
"""A path below /api/v1 and the body that is posted to it."""


def _nothing(attempt: Attempt) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One action. `does` says in a few words what it is good for.

    `both`: it is about both servers, one after the other. `choices` are its words, the usual one first, and `option`
    what they are called on a command line. `field` names what has to be typed (`date`, `seconds`, `address`),
    `question` asks for it. `word` asks for what only a person can
    verify. `told` are the consequences; `request` is what is sent (the operator's name is put in); `typed` is the same
    in the command language where that has it.
    """

    name: str
    title: str
    does: str
    told: Callable[[Attempt], tuple[str, ...]]
    request: Callable[[Attempt, str], Request]
    typed: Callable[[Attempt], str] = _nothing
    both: bool = False
    choices: tuple[str, ...] = ()
    option: str = ""
    field: str = ""
    question: str = ""
    word: str = ""


def _told_partner_down(attempt: Attempt) -> tuple[str, ...]:
    found = None if attempt.date is None else of_partner_down(attempt.acting, attempt.date, attempt.now)
    return () if found is None else sentences(found, attempt.zone)


def sent_date(attempt: Attempt) -> str | None:
    """The date as it is sent: by the server's clock, `None` when it is the start of the interruption.

    People type whole seconds; the server keeps fractions, and the start cut to its second lies before the start.
    """
    if attempt.date is None:
        return None
    if attempt.earliest is not None and abs(attempt.date - attempt.earliest) <= 1:
        return None
    return rfc3339(server_date(attempt.acting, attempt.date))


def _partner_down(attempt: Attempt, operator: str) -> Request:
    body = {
        "date": sent_date(attempt),
        "expert": attempt.expert,
        "operator": operator,
        "reason": attempt.reason,
    }
    return f"/pairs/{attempt.pair.name}/set-partner-down", body


def _stop(attempt: Attempt, operator: str) -> Request:
    force = "?force=true" if attempt.expert else ""
    return f"/stop{force}", {"absence": attempt.choice}


def _reload(attempt: Attempt, operator: str) -> Request:
    return "/reload?force=true" if attempt.expert else "/reload", {}


def partner_down_typed(pair: str, date: float | None, zone: tzinfo) -> str:
    """Set Partner Down in the command language, to paste into a shell or a ticket (R-150).

    Its dates are in the form of R-153 and in the local time of the process that reads them (R-154): `zone`.
    """
    moment = "" if date is None else datetime.fromtimestamp(date, zone).strftime(" %b %d %H:%M:%S %Y")
    return f"failover-pair {pair} setPartnerDown{moment}"


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            SET_PARTNER_DOWN,
            "Set Partner Down",
            "the partner is dead: serve everyone, and use its addresses after MCLT",
            _told_partner_down,
            _partner_down,
            lambda attempt: partner_down_typed(attempt.pair.name, attempt.date, attempt.zone),
            field="date",
        ),
        Kind(
            SAFE_PERIOD,
            "Safe period off / on",
            "no takeover by itself while the link is down, or one again",
            safe_period.of_switch,
            lambda attempt, operator: (
                f"/pairs/{attempt.pair.name}/use-safe-period",
                {"use": attempt.choice == "on"},
            ),
            both=True,
            choices=("off", "on"),
            option="use",
        ),
        Kind(
            EXTEND_SAFE_PERIOD,
            "Extend the safe period",
            "more time before the takeover by itself",
            safe_period.of_extension,
            lambda attempt, operator: (f"/pairs/{attempt.pair.name}/safe-period", {"seconds": attempt.seconds}),
            both=True,
            field="seconds",
            question="How long after the loss of contact? 6h, 90m, 3600",
        ),
        Kind(
            STOP,
            "Stop a server",
            "take one of them down, for a short or a long while",
            leaving.of_stop,
            _stop,
            lambda attempt: "dhcp stop",
            choices=("short", "long"),
            option="absence",
        ),
        Kind(
            RELOAD,
            "Reload a server",
            "have it read its configuration again",
            leaving.of_reload,
            _reload,
            lambda attempt: "dhcp reload",
        ),
        Kind(
            REBALANCE,
            "Rebalance now",
            "give the backup its percentage of the free addresses, and the main the rest",
            addresses.of_rebalance,
            lambda attempt, operator: (f"/pairs/{attempt.pair.name}/rebalance", {}),
        ),
        Kind(
            FORCE_AVAILABLE,
            "Force an address available",
            "an unavailable address that nobody uses can be given out again",
            addresses.of_force,
            lambda attempt, operator: (f"/leases/{attempt.address}/force-available", {}),
            lambda attempt: f"lease {attempt.address or 'ADDRESS'} force-available",
            field="address",
            question="Which address? a.b.c.d",
            word="Does nobody use the address? (ping, ARP, the switch's port)",
        ),
    )
}


def shell(wish: Wish, pair: str) -> str:
    """The same with this product's own command, with the same guards."""
    words = ["pairwatch", "act", wish.action, pair]
    if not KINDS[wish.action].both:
        words += ["--on", wish.server]
    if wish.choice:
        words += [f"--{KINDS[wish.action].option}", wish.choice]
    if wish.date is not None:
        words += ["--date", rfc3339(wish.date) or ""]
    if wish.seconds is not None:
        words += ["--for", f"{wish.seconds:.0f}"]
    if wish.address:
        words += ["--address", wish.address]
    if wish.expert:
        words.append("--expert")
    return " ".join(words)
