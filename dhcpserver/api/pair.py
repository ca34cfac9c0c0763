"""The failover pair of a status document (`contract.pair.PairStatus`), without its pools."""

from dataclasses import asdict
from ipaddress import IPv4Address
from typing import Any

from dhcpserver import limits
from dhcpserver.api.source import StatusSource
from dhcpserver.config.classes.failover_pair import FailoverPair
from dhcpserver.config.objects import Configuration
from dhcpserver.contract.fields import rfc3339
from dhcpserver.contract.pair import PairStatus
from dhcpserver.contract.words import Communications, PairRole
from dhcpserver.failover.link.handshake import assignment
from dhcpserver.failover.view import EndpointView
from dhcpserver.wire.failover4 import VENDOR_PREFIX


def pair_document(server: StatusSource, view: EndpointView, now: float) -> dict[str, Any]:
    """Return the pair as this server sees it. The keys are the fields of PairStatus, but for `pools`."""
    return {
        "name": view.name,
        "role": PairRole(view.role).value,
        "failover": True,
        "server_name": server.configuration.server.name,
        "partner_name": view.partner_name,
        "state": view.state.value,
        "state_since": rfc3339(view.state_since),
        "state_reason": view.state_reason,
        "state_cause": view.state_cause,
        "previous_state": view.previous_state.value if view.previous_state else None,
        "partner_state": view.partner_state.value if view.partner_state else None,
        "partner_state_since": rfc3339(view.partner_state_since),
        "communications": (Communications.OK if view.communications_ok else Communications.INTERRUPTED).value,
        "start_of_communications_interrupted": rfc3339(view.start_of_communications_interrupted),
        "last_contact": rfc3339(view.last_contact),
        "ever_communicated": view.ever_communicated,
        "link": _link(view),
        "link_failure": _failure(view),
        **configured_attributes(server.configuration, view.name),
        "use_safe_period": view.use_safe_period,
        "safe_period": view.safe_period,
        "safe_period_remaining": None if view.safe_period_ends is None else max(0, round(view.safe_period_ends - now)),
        "safe_period_ends": rfc3339(view.safe_period_ends),
        "partner_down_time": rfc3339(view.partner_down_time),
        "partner_pool_usable_at": rfc3339(view.partner_pool_usable_at),
        "recover_deadline": rfc3339(view.recover_deadline),
        "probe_until": rfc3339(view.probe_until),
        "time_skew": None if view.skew is None else round(view.skew.seconds, 1),
        "time_skew_uncertainty": None if view.skew is None else round(view.skew.uncertainty, 1),
        "unacked_updates": view.unacked_updates,
        "max_unacked_updates": view.max_unacked_updates,
        "updates_pending": view.updates_pending,
        "updates_resting": view.updates_resting,
        "oldest_unacked_age": view.oldest_unacked_age,
        "updates": asdict(view.updates),
        "resync": _resync(view),
        "config_mismatch": list(view.config_mismatch),
        "reload_pending": server.reload_pending,
        "buckets": _buckets(view),
        "transports": _transports(server),
        "traffic": _traffic(server, now),
        "transitions": _transitions(view),
        "limits": {"clock_skew": _clock_skew(view)},
    }


IN_FORCE = frozenset({"name", "failover", "use_safe_period", "safe_period"})
"""Fields that the view has: an operator may have changed them since the configuration was read."""
CONFIGURED = tuple(name for name in PairStatus.model_fields if name in FailoverPair.model_fields.keys() - IN_FORCE)
"""Attributes of the configuration that are in the document under the same name: adding one needs no line here."""


def configured_attributes(configuration: Configuration, pair: str) -> dict[str, Any]:
    """Return the attributes of the pair that the document has as they are configured."""
    configured = next(each for each in configuration.failover_pair if each.name == pair)
    return {name: getattr(configured, name) for name in CONFIGURED}


def _link(view: EndpointView) -> dict[str, Any] | None:
    link = view.link
    if link is None:
        return None
    return {
        "transport": link.transport,
        "local": link.local,
        "remote": link.remote,
        "since": rfc3339(link.since),
        "partner_vendor": link.partner_vendor,
        "tls": link.tls,
        "digest": link.digest,
        "last_failure": _failure(view),
    }


def _failure(view: EndpointView) -> dict[str, Any] | None:
    failure = view.last_failure
    return None if failure is None else {"at": rfc3339(failure.at), "text": failure.text, "cause": failure.cause}


def _resync(view: EndpointView) -> dict[str, Any] | None:
    resync = view.resync
    if resync is None:
        return None
    return {"kind": resync.kind, "direction": resync.direction, "done": resync.done, "total": resync.total}


def _buckets(view: EndpointView) -> dict[str, int]:
    """Return how many hash buckets of RFC 3074 each server answers while both are NORMAL."""
    main = sum(octet.bit_count() for octet in assignment(view.load_balancing))
    return {"main": main, "backup": limits.HASH_BUCKETS - main}


def _transports(server: StatusSource) -> list[dict[str, Any]]:
    return [
        {
            "transport": transport,
            "at": rfc3339(attempt.at),
            "local": attempt.local,
            "remote": attempt.remote,
            "outcome": attempt.outcome,
            "error": attempt.error,
            "errno": attempt.errno,
        }
        for transport, attempt in server.attempts.items()
    ]


def _traffic(server: StatusSource, now: float) -> dict[str, Any]:
    """Return the requests since the start of this process, answered or not, and the relays that sent them."""
    core = server.core
    return {
        "since": rfc3339(server.started),
        "requests": sum(core.counters.received.values()),
        "no_address": core.counters.dropped.get("no-address", 0),
        "requests6": sum(core.counters6.received.values()),
        "relays": [
            {
                "address": str(IPv4Address(relay.address)) if relay.address else None,
                "last": rfc3339(relay.last),
                "clients_5m": relay.clients,
            }
            for relay in core.relays.recent(now)
        ],
    }


def _transitions(view: EndpointView) -> list[dict[str, Any]]:
    return [
        {
            "at": rfc3339(item.at),
            "from": item.origin.value,
            "to": item.to.value,
            "reason": item.reason,
            "cause": item.cause,
            "partner_state": item.partner_state.value if item.partner_state else None,
        }
        for item in view.transitions
    ]


def _clock_skew(view: EndpointView) -> float:
    """Return the limit for the partner that is connected; without a connection, that for a Pairwatch server."""
    foreign = view.link is not None and not view.link.partner_vendor.startswith(VENDOR_PREFIX)
    return limits.FOREIGN_CLOCK_SKEW_SECONDS if foreign else limits.CLOCK_SKEW_SECONDS
