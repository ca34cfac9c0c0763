"""What an operator types to search the list of leases.

    10.64.3.                      the address begins with this
    printer                       the host name or the full name contains it
    mac:00:53:ff client:01ff relay:0a0b name:printer state:leased scope:wifi
    alone                         given or extended since contact was lost
    differing                     the records of the servers contradict each other
    shortest                      the shortest lead first

Several words must all hold.
"""

from dataclasses import dataclass, field
from typing import Any

from console.insight.leases.filters import LeaseFilter

FIELDS = {
    "address": "address",
    "mac": "mac",
    "client": "client_id",
    "relay": "relay_info",
    "name": "name",
    "state": "state",
}
HINT = "10.64.3.  printer  mac:00:53  client: relay: state: scope:  alone  differing  shortest"


class LeaseQueryError(ValueError):
    """A word that is not understood, with the fields that exist."""


@dataclass(frozen=True, slots=True)
class LeaseSearch:
    """`wanted`: the conditions; `scope`: only this one, empty for all; `shortest`: the shortest lead first."""

    wanted: LeaseFilter = field(default_factory=LeaseFilter)
    scope: str = ""
    shortest: bool = False


def parse_search(text: str) -> LeaseSearch:
    """The search of a text. Raises LeaseQueryError."""
    conditions: dict[str, Any] = {}
    scope, shortest = "", False
    for word in text.split():
        prefix, colon, value = word.partition(":")
        if word in ("alone", "differing"):
            conditions[word] = True
        elif word == "shortest":
            shortest = True
        elif prefix == "scope" and colon:
            scope = value
        elif prefix in FIELDS and colon:
            conditions[FIELDS[prefix]] = value
        elif colon:
            raise LeaseQueryError(f"{word!r}: write one of {', '.join(f'{each}:' for each in (*FIELDS, 'scope'))}")
        else:
            bare = "address" if word[0].isdigit() and set(word) <= set("0123456789.") else "name"
            conditions[bare] = word
    return LeaseSearch(LeaseFilter(**conditions), scope, shortest)
