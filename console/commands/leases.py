"""`pairwatch leases`: the leases of both partners in one list, as text, JSON or CSV.

The exit status is 1 if the leases of a server could not be read: then the list says which, and nothing about that
server is compared.
"""

import asyncio
import csv
import heapq
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import count
from pathlib import Path
from typing import Any, Literal

import click

from console.actions.lease_lists import LeaseList
from console.errors import ConfigError
from console.insight.leases.filters import LeaseFilter
from console.insight.leases.joined import Clock, JoinedLease, lead_left
from console.insight.wording import duration, wall
from console.model.leases import LeaseFacts
from console.model.times import rfc3339
from console.settings.clients import clients
from console.settings.document import PairSettings
from console.settings.setup import chosen, new_store, settings_at

Form = Literal["text", "json", "csv"]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins with one of these for a formula, and clients choose their own names."""
COLUMNS = (
    "pair",
    "address",
    "scope",
    "states",
    "client_id",
    "hardware",
    "host_name",
    "fqdn",
    "relay_info",
    "ends",
    "last_transaction",
    "lead_left",
    "differs",
    "unread",
)


@dataclass(frozen=True, slots=True)
class LeasesOptions:
    """`pair` and `scope`: only these; None for all. `shortest`: only so many, those with the shortest lead first."""

    pair: str | None
    scope: str | None
    wanted: LeaseFilter
    shortest: int | None
    form: Form


def form_of(word: str | None) -> Form:
    """The form of that name; text without one."""
    return "json" if word == "json" else "csv" if word == "csv" else "text"


def run(config: Path | None, options: LeasesOptions) -> int:
    """Read the leases of every pair and print those that match, a scope at a time."""
    pairs = chosen(settings_at(config), options.pair)
    store = new_store(pairs)
    return asyncio.run(_run(pairs, options, store.zone, store.clock()))


async def _run(pairs: Sequence[PairSettings], options: LeasesOptions, zone: tzinfo, now: float) -> int:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if options.form == "csv":
        writer.writerow(COLUMNS)
    missing: list[str] = []
    waiting: list[tuple[float, int, dict[str, Any], str]] = []
    seen_scopes: set[str] = set()
    order = count()

    def put(document: dict[str, Any], line: str) -> None:
        if options.form == "json":
            click.echo(json.dumps(document))
        elif options.form == "csv":
            writer.writerow([_cell(document[name]) for name in COLUMNS])
        else:
            click.echo(line)

    for pair in pairs:
        reading = LeaseList(pair.name, clients(pair))
        try:
            scopes = await reading.begin()
            seen_scopes.update(scopes)
            if options.wanted.alone:
                _check_alone(reading)
            async for found in reading.read([each for each in scopes if options.scope in (None, each)]):
                for lease in found:
                    if not options.wanted.matches(lease, reading.clocks):
                        continue
                    lead = lead_left(lease, reading.clocks)
                    document, line = describe(lease, lead), in_words(lease, reading.clocks, zone, now)
                    if options.shortest is None:
                        put(document, line)
                    elif lead is not None:
                        item = (-lead, next(order), document, line)
                        kept = len(waiting) < options.shortest
                        (heapq.heappush if kept else heapq.heappushpop)(waiting, item)
        finally:
            await asyncio.gather(*(source.close() for source in reading.servers.values()))
        missing += reading.missing
    for _, _, document, line in sorted(waiting, key=lambda each: -each[0]):
        put(document, line)
    if options.scope is not None and options.scope not in seen_scopes and not missing:
        raise ConfigError(f"there is no scope {options.scope!r} at these servers")
    for text in missing:
        click.echo(f"pairwatch: {text}", err=True)
    return 1 if missing else 0


def _check_alone(reading: LeaseList) -> None:
    """Report the servers that have not lost contact: none of their leases was given since."""
    lost = [name for name, clock in reading.clocks.items() if clock.contact_lost_at is not None]
    if reading.clocks and not lost:
        click.echo(f"pairwatch: {reading.pair}: no server reports that it has lost contact", err=True)


def describe(lease: JoinedLease, lead: float | None) -> dict[str, Any]:
    """The lease as JSON values: fields of the latest record, and the states at both servers."""
    _, record = lease.latest
    return {
        "pair": lease.pair,
        "address": lease.address,
        "scope": record.scope,
        "states": {name: _state(each) for name, each in lease.records.items()},
        "client_id": record.client_id,
        "hardware": record.hardware,
        "host_name": record.host_name,
        "fqdn": record.fqdn,
        "relay_info": record.relay_info,
        "ends": "never" if record.endless else rfc3339(record.ends_at),
        "last_transaction": rfc3339(record.last_transaction),
        "lead_left": None if lead is None else round(lead),
        "differs": None if lease.differs is None else list(lease.differs),
        "unread": list(lease.unread),
    }


def _state(record: LeaseFacts | None) -> str | None:
    return None if record is None else record.word


def in_words(lease: JoinedLease, clocks: Mapping[str, Clock], zone: tzinfo, now: float) -> str:
    """One line: the address, its states at both servers, the client, the end, the lead, and what differs."""
    _, record = lease.latest
    states = " ".join(f"{name}={_state(each) or 'no-record'}" for name, each in lease.records.items())
    states += "".join(f" {name}=unknown" for name in lease.unread)
    client = record.hardware or record.client_id or "-"
    names = [name for name in (record.host_name, record.fqdn) if name]
    ends = "never" if record.endless else "-" if record.ends_at is None else wall(record.ends_at, zone, now)
    lead = lead_left(lease, clocks)
    left = "" if lead is None else f"  lead {duration(lead) if lead else 'none'}"
    apart = f"  DIFFERS: {', '.join(lease.differs)}" if lease.differs else ""
    named = f"  {' '.join(names)}" if names else ""
    return f"{lease.pair} {lease.address}  {record.scope}  {states}  {client}{named}  ends {ends}{left}{apart}"


def _cell(value: Any) -> str:
    """A value as a cell of CSV that no spreadsheet takes for a formula."""
    match value:
        case None:
            return ""
        case dict():
            text = " ".join(f"{name}={each or 'no-record'}" for name, each in value.items())
        case list():
            text = " ".join(str(each) for each in value)
        case _:
            text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
