"""Alarms about one server: its service, its recovery, its configuration."""

from collections.abc import Iterator

from console.insight.alarms.keys import PAIR
from console.insight.alarms.row import AlarmRow, Fault, Find, seen_again
from console.insight.freshness import is_seen, live, live_facts, on_our_clock
from console.insight.limits import RELOAD_SECONDS
from console.insight.wording import NO_REASON, duration
from console.model.alarm_kinds import AlarmKind
from console.model.phases import SILENT, Phase
from console.model.picture import PairPicture, Severity
from console.model.profiles import Fact

RESTART_SLACK_SECONDS = 1.0
"""Times are reported in whole seconds, so a start in the same second as the trap counts as later."""

CONFLICT = frozenset({Phase.CONFLICT})
TERMINATED = frozenset({Phase.TERMINATED})
HALTED = frozenset({Phase.CONFLICT_ALONE})
RETURNING = frozenset({Phase.RETURNING, Phase.RETURN_WAIT})


def unreachable(pair: PairPicture, now: float) -> Iterator[Fault]:
    """The console cannot reach a server."""
    for server in pair.servers.values():
        if server.failures and not is_seen(server, now):
            text = f"cannot see {server.name}: {server.error}"
            yield Fault(AlarmKind.SERVER_UNREACHABLE, server.name, Severity.WARNING, text)


def both_unreachable(pair: PairPicture, now: float) -> Iterator[Fault]:
    """Neither server answers the console, so it is not known whether clients are served."""
    if pair.servers and all(each.unseen_since is not None and not is_seen(each, now) for each in pair.servers.values()):
        text = f"no answer from {' or '.join(pair.servers)}: it is not known whether clients are served"
        yield Fault(AlarmKind.PAIR_UNREACHABLE, PAIR, Severity.CRITICAL, text)


def one_seen(pair: PairPicture, now: float, entity: str) -> bool:
    """Whether a server of the pair is seen."""
    return any(is_seen(server, now) for server in pair.servers.values())


def not_serving(pair: PairPicture, now: float) -> Iterator[Fault]:
    """A server does not serve clients, in a state that serves."""
    for server, facts in live_facts(pair, now):
        if facts.serves is False and facts.phase not in SILENT:
            text = f"{server.name} does not serve clients: {facts.not_serving_reason or NO_REASON}"
            yield Fault(AlarmKind.SERVER_NOT_SERVING, server.name, Severity.CRITICAL, text)


def none_serves(pair: PairPicture, now: float) -> Iterator[Fault]:
    """Both servers are seen, and neither is in a state that serves. Servers that start will serve soon: a warning."""
    known = [facts for _, facts in live_facts(pair, now)]
    if len(known) == 2 and all(facts.phase in SILENT for facts in known):
        starting = all(facts.phase is Phase.STARTING for facts in known)
        text = f"no server serves clients: {' and '.join(facts.word for facts in known)}"
        yield Fault(AlarmKind.NOBODY_SERVES, PAIR, Severity.WARNING if starting else Severity.CRITICAL, text)


def in_phase(kind: AlarmKind, phases: frozenset[Phase], severity: Severity, words: str) -> Find:
    """Returns a `find` with a fault for each server that is seen in one of `phases`."""

    def find(pair: PairPicture, now: float) -> Iterator[Fault]:
        for server, facts in live_facts(pair, now):
            if facts.phase in phases:
                yield Fault(kind, server.name, severity, f"{server.name} is {facts.word}: {words}")

    return find


def mismatch(pair: PairPicture, now: float) -> Iterator[Fault]:
    """A server reports a configuration mismatch, or the MCLT of the two differs."""
    live_now = live_facts(pair, now)
    reported = [(server.name, "; ".join(facts.config_mismatch or ())) for server, facts in live_now]
    differing = [f"{name}: {text}" for name, text in reported if text]
    lengths = [(server.name, facts.mclt) for server, facts in live_now if facts.mclt is not None]
    if len({mclt for _, mclt in lengths}) > 1:
        differing.append(f"mclt differs: {', '.join(f'{name} {mclt:.0f} s' for name, mclt in lengths)}")
    if differing:
        yield Fault(AlarmKind.FAILOVER_CONFIG_MISMATCH, PAIR, Severity.MAJOR, " / ".join(differing))


def reload_waits(pair: PairPicture, now: float) -> Iterator[Fault]:
    """A changed configuration has been waiting for a reload for too long."""
    for server, facts in live_facts(pair, now):
        since = server.reload_pending_since
        if facts.reload_pending and since is not None and now - since > RELOAD_SECONDS:
            text = f"{server.name} has been waiting for a reload for more than {duration(RELOAD_SECONDS)}"
            yield Fault(AlarmKind.RELOAD_PENDING, server.name, Severity.WARNING, text)


def recover_set(pair: PairPicture, now: float) -> Iterator[Fault]:
    """failover-recover is set on a server that is NORMAL."""
    for server, facts in live_facts(pair, now):
        if facts.recover_requested and facts.phase is Phase.NORMAL:
            text = f"failover-recover is still set on {server.name}, which is NORMAL: unset it, and save"
            yield Fault(AlarmKind.FAILOVER_RECOVER_SET, server.name, Severity.WARNING, text)


def stopped_settled(pair: PairPicture, now: float, entity: str) -> bool:
    """Whether a stopped server has started again, with or without its trap."""
    server = pair.servers.get(entity)
    facts = None if server is None else live(server, now)
    alarm = pair.alarms.get(f"{pair.name}/{AlarmKind.SERVER_STOP}/{entity}")
    if server is None or facts is None or alarm is None or server.reported_at is None:
        return False
    started = None if facts.started is None else on_our_clock(server, facts.started)
    return started is not None and server.reported_at > alarm.last and started > alarm.last - RESTART_SLACK_SECONDS


SERVICE_ROWS: tuple[AlarmRow, ...] = (
    AlarmRow(
        AlarmKind.NOBODY_SERVES,
        Severity.CRITICAL,
        "polls: both servers are seen, neither in a state that serves. While both start: warning",
        "polls: one serves",
        "check in which state each server waits, and for what",
        waits=30,
        find=none_serves,
        settled=seen_again,
        needs=(Fact.STATE,),
    ),
    AlarmRow(
        AlarmKind.SERVER_NOT_SERVING,
        Severity.CRITICAL,
        "polls: the server does not serve, although its state does",
        "polls: it serves",
        "remove the cause: the text of the alarm has it (most often a full disk)",
        find=not_serving,
        settled=seen_again,
        needs=(
            Fact.STATE,
            Fact.SERVES,
        ),
    ),
    AlarmRow(
        AlarmKind.PAIR_UNREACHABLE,
        Severity.CRITICAL,
        "polls: neither server answers the console",
        "polls: one of them answers",
        "check the way to both servers, then the servers: no one can tell whether clients are served",
        waits=60,
        find=both_unreachable,
        settled=one_seen,
    ),
    AlarmRow(
        AlarmKind.SERVER_UNREACHABLE,
        Severity.WARNING,
        "polls: it does not answer the console",
        "polls: it answers",
        "it may still serve clients: look at the state that its partner reports",
        follows=(AlarmKind.PAIR_UNREACHABLE, AlarmKind.SERVER_STOP),
        waits=60,
        find=unreachable,
        settled=seen_again,
    ),
    AlarmRow(
        AlarmKind.SERVER_STOP,
        Severity.MAJOR,
        "trap 4: it was stopped on purpose",
        "trap 3; polls: it started again after the trap",
        "start it; if it stays off, use Set Partner Down on its partner",
        waits=120,
        settled=stopped_settled,
    ),
    AlarmRow(
        AlarmKind.FAILOVER_TERMINATED,
        Severity.CRITICAL,
        "polls: a server is TERMINATED: it has given up the exchange of leases (Kea)",
        "polls: it is in another state",
        "find the cause in its log (clocks, conflicts, one name for both) and remove it; then stop BOTH servers and "
        "start both: a restart of one of them changes nothing",
        find=in_phase(AlarmKind.FAILOVER_TERMINATED, TERMINATED, Severity.CRITICAL, "exchanges no leases any more"),
        settled=seen_again,
        needs=(Fact.STATE,),
    ),
    AlarmRow(
        AlarmKind.POTENTIAL_CONFLICT,
        Severity.CRITICAL,
        "polls: a server in POTENTIAL-CONFLICT",
        "polls: another state",
        "until it ends clients are not served; check that the resolution makes progress",
        find=in_phase(AlarmKind.POTENTIAL_CONFLICT, CONFLICT, Severity.CRITICAL, "it does not serve clients"),
        settled=seen_again,
        needs=(Fact.STATE,),
    ),
    AlarmRow(
        AlarmKind.RESOLUTION_INTERRUPTED,
        Severity.CRITICAL,
        "polls: a server in RESOLUTION-INTERRUPTED",
        "polls: another state",
        "restore the link, so that conflicts can be resolved",
        follows=(AlarmKind.SERVER_STOP, AlarmKind.SERVER_UNREACHABLE),
        find=in_phase(
            AlarmKind.RESOLUTION_INTERRUPTED,
            HALTED,
            Severity.CRITICAL,
            "contact was lost while conflicts were being resolved",
        ),
        settled=seen_again,
        needs=(Fact.STATE,),
    ),
    AlarmRow(
        AlarmKind.RECOVERING,
        Severity.WARNING,
        "polls: a server in RECOVER or RECOVER-WAIT",
        "polls: another state",
        "wait; a restart repeats the transfer",
        waits=60,
        find=in_phase(AlarmKind.RECOVERING, RETURNING, Severity.WARNING, "it does not serve clients yet"),
        settled=seen_again,
        needs=(Fact.STATE,),
    ),
    AlarmRow(
        AlarmKind.FAILOVER_CONFIG_MISMATCH,
        Severity.MAJOR,
        "trap 10; log 18103; polls: a mismatch is reported, or MCLT differs",
        "polls: both servers are seen without a mismatch",
        "synchronise the configuration and reload both servers",
        follows=(AlarmKind.RELOAD_PENDING,),
        waits=60,
        find=mismatch,
        settled=seen_again,
        needs=(
            Fact.CONFIG_MISMATCH,
            Fact.MCLT,
        ),
    ),
    AlarmRow(
        AlarmKind.RELOAD_PENDING,
        Severity.WARNING,
        "polls: a server has been waiting for a reload for more than an hour",
        "polls: it was reloaded",
        "reload it: until then it runs with the old configuration",
        find=reload_waits,
        settled=seen_again,
        needs=(Fact.RELOAD_PENDING,),
    ),
    AlarmRow(
        AlarmKind.FAILOVER_RECOVER_SET,
        Severity.WARNING,
        "polls: failover-recover is set while the server is NORMAL",
        "polls: it is unset",
        "unset it and save the configuration",
        find=recover_set,
        settled=seen_again,
        needs=(
            Fact.RECOVERY,
            Fact.STATE,
        ),
    ),
)
