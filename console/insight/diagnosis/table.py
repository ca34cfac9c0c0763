"""The table of rules, and the diagnosis of a pair: the problems found, worst first, and the checks that were made."""

from datetime import tzinfo

from console.insight.diagnosis import (
    configuration,
    contact,
    exchange,
    one_sided,
    pools,
    race,
    relays,
    returning,
    servers,
)
from console.insight.diagnosis.by_hand import possible
from console.insight.diagnosis.problem import Problem, ProblemKind, ProblemRule
from console.insight.forecast import rate_unknown
from console.insight.joint import Joint, joint
from console.model.picture import WORST_FIRST, PairPicture
from console.model.profiles import Fact

RULES: tuple[ProblemRule, ...] = (
    ProblemRule("two-serve", "no server has taken over while the other serves", race.two_serve, needs=(Fact.STATE,)),
    ProblemRule("wrong-path", "no server serves without its database", returning.wrong_path, needs=(Fact.STATE,)),
    ProblemRule(
        "started-alone",
        "no server was started without its partner's takeover",
        one_sided.started_alone,
        needs=(Fact.STATE,),
    ),
    ProblemRule("conflict", "no conflicts are being resolved", returning.conflict, needs=(Fact.STATE,)),
    ProblemRule(
        "same-name",
        "the servers have different names",
        exchange.same_name,
        needs=(Fact.STATE,),
        applies=exchange.equal_databases,
    ),
    ProblemRule(
        "terminated",
        "no server has given up the exchange of leases",
        exchange.terminated,
        needs=(Fact.STATE,),
        applies=exchange.equal_databases,
    ),
    ProblemRule(
        "clock",
        "the servers' clocks agree",
        race.clock,
        needs=(
            Fact.STATE,
            Fact.CONTACT,
            Fact.SKEW,
        ),
    ),
    ProblemRule(
        "waits-for-ever",
        "no server waits for a partner without end",
        exchange.waits_for_ever,
        needs=(Fact.STATE,),
        applies=exchange.equal_databases,
    ),
    ProblemRule("race", "the servers have contact", race.race, needs=(Fact.STATE,)),
    ProblemRule(
        "resolution",
        "no resolution of conflicts was interrupted",
        returning.interrupted_resolution,
        needs=(Fact.STATE,),
    ),
    ProblemRule(
        "old-database",
        "no server starts from an old database",
        returning.old_database,
        needs=(
            Fact.STATE,
            Fact.LAST_CONTACT,
        ),
    ),
    ProblemRule(
        "not-serving", "both servers serve clients as their state allows", servers.not_serving, needs=(Fact.SERVES,)
    ),
    ProblemRule(
        "running-out",
        "free addresses last for at least two hours",
        pools.running_out,
        needs=(
            Fact.STATE,
            Fact.POOLS,
            Fact.FREE,
            Fact.ARRIVALS,
        ),
        more=lambda both: rate_unknown(both.pair, both.now),
    ),
    ProblemRule(
        "holds-all-free",
        "both servers have free addresses",
        one_sided.holds_all_free,
        needs=(Fact.STATE, Fact.POOLS, Fact.FREE),
    ),
    ProblemRule("partner-gone", "no server is down or cut off", contact.partner_gone, needs=(Fact.STATE,)),
    ProblemRule(
        "standby-waits",
        "a standby can take over from its partner",
        exchange.standby_waits,
        needs=(Fact.STATE,),
        applies=exchange.equal_databases,
    ),
    ProblemRule("taken-over", "no server has taken over", contact.taken_over, needs=(Fact.STATE,)),
    ProblemRule(
        "on-purpose",
        "no server was stopped on purpose",
        servers.on_purpose,
        needs=(
            Fact.STATE,
            Fact.PARTNER_STATE,
        ),
    ),
    ProblemRule(
        "maintenance",
        "no server is in maintenance",
        exchange.maintenance,
        needs=(Fact.STATE,),
        applies=exchange.equal_databases,
    ),
    ProblemRule(
        "drift",
        "the lease databases of both servers are equal",
        exchange.drift,
        needs=(Fact.STATE, Fact.POOLS),
        applies=exchange.equal_databases,
    ),
    ProblemRule(
        "mismatch",
        "the servers agree on their configuration",
        configuration.mismatch,
        needs=(
            Fact.CONFIG_MISMATCH,
            Fact.MCLT,
            Fact.LOAD_BALANCING,
        ),
    ),
    ProblemRule(
        "scopes", "both servers have the same scopes", configuration.scopes_differ, more=configuration.not_compared
    ),
    ProblemRule(
        "split",
        "both servers divide the clients in the same way",
        one_sided.split_differs,
        needs=(Fact.LOAD_BALANCING,),
    ),
    ProblemRule(
        "shared-pools",
        "both servers share the same pools",
        one_sided.pools_differ,
        needs=(Fact.POOLS,),
        more=one_sided.pools_not_compared,
    ),
    ProblemRule("roles", "each server has the role that is configured here", servers.roles_wrong, needs=(Fact.ROLE,)),
    ProblemRule(
        "lost-in-recovery",
        "no server that recovers has lost its partner",
        returning.lost_in_recovery,
        needs=(Fact.STATE, Fact.CONTACT),
    ),
    ProblemRule("recovering", "no server is recovering", returning.recovering, needs=(Fact.STATE,)),
    ProblemRule(
        "service",
        "both servers give clients the same options",
        configuration.service_differs,
        more=configuration.not_compared,
    ),
    ProblemRule(
        "safe-period",
        "use-safe-period is the same on both servers",
        configuration.safe_period_differs,
        needs=(Fact.TAKEOVER,),
    ),
    ProblemRule(
        "reload",
        "no changed configuration waits for a reload",
        configuration.reload_pending,
        needs=(Fact.RELOAD_PENDING,),
    ),
    ProblemRule(
        "recover-set",
        "failover-recover is not set after a recovery",
        returning.recover_left_set,
        needs=(
            Fact.STATE,
            Fact.RECOVERY,
        ),
    ),
    ProblemRule(
        "updates",
        "updates are acknowledged in time",
        servers.updates_stuck,
        needs=(
            Fact.UNACKED,
            Fact.UNACKED_AGE,
        ),
    ),
    ProblemRule(
        "relays",
        "every relay forwards to both servers",
        relays.one_sided,
        more=relays.relays_unknown,
    ),
    ProblemRule("not-seen-here", "this console sees both servers", contact.only_unseen_here),
    ProblemRule("nobody-seen", "at least one server answers", contact.none_seen),
    ProblemRule(
        "not-ready",
        "the backup could serve alone until an operator acts",
        pools.not_ready,
        needs=(Fact.FREE,),
        more=pools.not_watched,
    ),
)


def diagnose(pair: PairPicture, now: float, zone: tzinfo) -> tuple[Problem, ...]:
    """All problems found, worst first; those of equal severity in the order of the table."""
    both = joint(pair, now, zone)
    return tuple(sorted(_found(both), key=lambda each: WORST_FIRST.index(each.severity)))


IN_THE_VERDICT = (
    ProblemKind.PARTNER_GONE,
    ProblemKind.RACE,
    ProblemKind.TAKEN_OVER,
    ProblemKind.TWO_SERVE,
    ProblemKind.POTENTIAL_CONFLICT,
    ProblemKind.LOST_IN_RECOVERY,
    ProblemKind.RECOVERING,
    ProblemKind.NOBODY_SEEN,
    ProblemKind.NOT_SERVING,
    ProblemKind.PLANNED,
    ProblemKind.NOT_SEEN_HERE,
    ProblemKind.TERMINATED,
    ProblemKind.MAINTENANCE,
)
"""Kinds that the verdict already covers. Shown next to it they would repeat it."""


def beyond_the_verdict(pair: PairPicture, now: float, zone: tzinfo) -> Problem | None:
    """The worst problem that the verdict does not cover; None where there is none."""
    found = diagnose(pair, now, zone)
    return next((each for each in found if each.kind not in IN_THE_VERDICT), None)


def checks(pair: PairPicture, now: float, zone: tzinfo) -> tuple[tuple[str, str | None], ...]:
    """Every check for the makes of the pair, with what was missing to make it (None: it was made)."""
    both = joint(pair, now, zone)
    return tuple((rule.checked, rule.missing(both)) for rule in RULES if rule.applies(both))


def _found(both: Joint) -> list[Problem]:
    return [possible(problem, both) for rule in RULES if rule.applies(both) for problem in rule.find(both)]
