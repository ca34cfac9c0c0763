"""Copies of a core: a pickle in which everything that a turn does not change is a reference.

A copy is made of every core that a step changed, so it must be quick. The configuration and objects made from it are
shared between all copies, and so are the objects that only count or report. The references are valid in one process.
"""

import copyreg
import io
import pickle
import random
from collections.abc import Callable
from typing import Any

from dhcpserver.config.classes.policy import Policy
from dhcpserver.config.classes.prefix import Link, Prefix
from dhcpserver.config.classes.scope import Scope
from dhcpserver.config.objects import Configuration
from dhcpserver.failover.codec import Encoding
from dhcpserver.failover.pools.answering import AnswerRules
from dhcpserver.failover.settings import PairSettings
from dhcpserver.service.core import Core
from dhcpserver.service.counters import Counters
from dhcpserver.service.leads import LeadSampler
from dhcpserver.service.newclients import NewClients
from dhcpserver.service.packetlog import PacketLog
from dhcpserver.service.relays import Relays
from dhcpserver.service.thresholds import FreeAddressThresholds
from dhcpserver.service.traps import TrapFilter
from dhcpserver.service.v6.thresholds import PrefixThresholds

_shared: dict[object, object] = {}
_equal: dict[type, list[object]] = {}


class Middle(random.Random):
    """Random numbers that are always in the middle: the jitter of a retry is zero."""

    def random(self) -> float:
        """Return one half."""
        return 0.5


def shared(key: object) -> object:
    """Return the shared object of a reference."""
    return _shared[key]


def _by_identity(subject: object) -> tuple[Callable[[object], object], tuple[object]]:
    _shared.setdefault(id(subject), subject)
    return shared, (id(subject),)


def _by_type(subject: object) -> tuple[Callable[[object], object], tuple[object]]:
    _shared.setdefault(type(subject), subject)
    return shared, (type(subject),)


def _by_value(subject: object) -> tuple[Callable[[object], object], tuple[object]]:
    known = _equal.setdefault(type(subject), [])
    for each in known:
        if each == subject:
            return _by_identity(each)
    known.append(subject)
    return _by_identity(subject)


def _rules(subject: AnswerRules) -> tuple[Callable[[object], object], tuple[object]]:
    key = (subject._main, tuple(subject._decisions.values()))
    _shared.setdefault(key, subject)
    return shared, (key,)


WITHOUT_DECISIONS = (
    Middle,
    Counters,
    NewClients,
    LeadSampler,
    PacketLog,
    Relays,
    FreeAddressThresholds,
    PrefixThresholds,
    TrapFilter,
)
"""Classes whose objects no decision reads: one object of each serves all cores."""


class _Pickler(pickle.Pickler):
    dispatch_table: Any = copyreg.dispatch_table | {
        **dict.fromkeys((Configuration, Scope, Policy, Prefix, Link, Encoding), _by_identity),
        **dict.fromkeys(WITHOUT_DECISIONS, _by_type),
        PairSettings: _by_value,
        AnswerRules: _rules,
    }


def frozen(core: Core) -> bytes:
    """Return a copy of a core as octets."""
    stream = io.BytesIO()
    _Pickler(stream, pickle.HIGHEST_PROTOCOL).dump(core)
    return stream.getvalue()


def thawed(octets: bytes) -> Core:
    """Return a core from its copy."""
    core = pickle.loads(octets)
    assert isinstance(core, Core)
    return core
