"""The table of rules, and the diagnosis of a pair: what was found, the worst first, and what was looked for."""

from datetime import tzinfo

from console.insight.diagnosis import configuration, contact, pools, race, relays, returning, servers
from console.insight.diagnosis.finding import Finding, Rule
from console.insight.verdict import Joint, joint
from console.model.picture import WORST_FIRST, PairPicture

RULES: tuple[Rule, ...] = (
    Rule("two-serve", "no server has taken over while the other serves", race.two_serve),
    Rule("wrong-path", "no server serves that has lost its memory", returning.wrong_path),
    Rule("conflict", "no conflicts are being resolved", returning.conflict),
    Rule("clock", "the servers' clocks agree", race.clock),
    Rule("race", "the servers talk to each other", race.race),
    Rule("resolution", "no resolution of conflicts was interrupted", returning.interrupted_resolution),
    Rule("old-database", "no server starts from an old database", returning.old_database),
    Rule("not-serving", "both answer clients as their state allows", servers.not_serving),
    Rule("running-out", "free addresses last for two hours at least", pools.running_out),
    Rule("partner-gone", "no server is gone", contact.partner_gone),
    Rule("taken-over", "no server has taken over for good", contact.taken_over),
    Rule("on-purpose", "no server was stopped on purpose", servers.on_purpose),
    Rule("mismatch", "the servers agree on their configuration", configuration.mismatch),
    Rule("scopes", "the scopes of both are equal", configuration.scopes_differ, configuration.not_compared),
    Rule("roles", "each server has the role that is configured here", servers.roles_wrong),
    Rule("recovering", "no server is on its way back", returning.recovering),
    Rule("service", "both give clients the same options", configuration.service_differs, configuration.not_compared),
    Rule("safe-period", "use-safe-period is equal on both", configuration.safe_period_differs),
    Rule("reload", "no changed configuration waits", configuration.reload_pending),
    Rule("recover-set", "failover-recover is not left set", returning.recover_left_set),
    Rule("updates", "updates are acknowledged in time", servers.updates_stuck),
    Rule("relays", "every relay that one hears comes to the other too", relays.one_sided, relays.not_told),
    Rule("not-seen-here", "this console sees both servers", contact.only_unseen_here),
    Rule("nobody-seen", "at least one server answers", contact.nobody_seen),
    Rule("not-ready", "the backup could serve alone until somebody acts", pools.not_ready, pools.not_watched),
)


def diagnose(pair: PairPicture, now: float, zone: tzinfo) -> tuple[Finding, ...]:
    """Everything that is found, the worst first; of equally bad ones in the order of the table."""
    both = joint(pair, now, zone)
    return tuple(sorted(_found(both), key=lambda each: WORST_FIRST.index(each.severity)))


def first_finding(pair: PairPicture, now: float, zone: tzinfo) -> Finding | None:
    """The worst of them."""
    return next(iter(diagnose(pair, now, zone)), None)


IN_THE_VERDICT = (
    "partner-gone",
    "race",
    "taken-over",
    "two-serve",
    "potential-conflict",
    "recovering",
    "nobody-seen",
    "not-serving",
    "planned",
    "not-seen-here",
)
"""What the verdict says in its own words; beside it these would say the same again."""


def beyond_the_verdict(pair: PairPicture, now: float, zone: tzinfo) -> Finding | None:
    """The worst finding that the verdict does not tell."""
    found = diagnose(pair, now, zone)
    return next((each for each in found if each.id.partition("/")[0] not in IN_THE_VERDICT), None)


def checks(pair: PairPicture, now: float, zone: tzinfo) -> tuple[tuple[str, str | None], ...]:
    """Everything that was looked for, with what was missing to find it."""
    both = joint(pair, now, zone)
    return tuple((rule.checked, rule.missing(both)) for rule in RULES)


def _found(both: Joint) -> list[Finding]:
    return [finding for rule in RULES for finding in rule.find(both)]
