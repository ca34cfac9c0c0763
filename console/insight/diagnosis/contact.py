"""Contact lost: one server is not seen, by the other or by us; and what a takeover left open.

Whether a server that nobody sees is down or cut off is more than a console can know, and no rule here claims it.
"""

from collections.abc import Iterator

from console.insight.countdowns import safe_period_end
from console.insight.diagnosis.finding import (
    Certainty,
    Evidence,
    Finding,
    Prospect,
    Step,
    logged,
    runbook,
    says,
    trapped,
    unseen,
)
from console.insight.freshness import on_our_clock
from console.insight.remedies import EXTEND_SAFE_PERIOD, SET_PARTNER_DOWN, Remedy
from console.insight.verdict import Joint
from console.insight.wording import duration, wall
from console.model.picture import ServerPicture, Severity
from console.model.reports import Report
from console.model.states import ALONE, SHORT, State

ON_PURPOSE = frozenset({State.PAUSED, State.SHUTDOWN})
LITTLE_SECONDS = 3600.0


def partner_gone(both: Joint) -> Iterator[Finding]:
    """5.1: one server is alone and the other is not seen."""
    for server, other in both.each_way:
        report = server.report
        if both.state(server) not in ALONE or both.seen(other) or report is None:
            continue
        if report.partner_state in ON_PURPOSE:
            continue
        end, stopped = safe_period_end(server), trapped(both, "server-stop")
        back = _return_by(server, report)
        evidence = (
            *lonely(both, server, report),
            unseen(other),
            *tried(server, report),
            *trapped(both, "other-server-not-responding"),
            *stopped,
            *logged(both, "18101"),
        )
        prospect = Prospect(f"{server.name} keeps serving from its own addresses; no takeover by itself")
        if end is not None:
            prospect = Prospect(f"{server.name} enters PARTNER-DOWN by itself", end)
        yield Finding(
            id="partner-gone",
            title=f"{other.name} is down or cut off; {server.name} serves from its own addresses",
            scenario="5.1",
            severity=Severity.CRITICAL,
            certainty=Certainty.LIKELY if stopped else Certainty.CANNOT_TELL,
            evidence=evidence,
            prospect=prospect,
            steps=(
                f"Look at {other.name}: power, console port, ping, TCP 647. Make sure that it can reach {server.name}",
                f"Bring {other.name} back{_before(back, both)}; see to it that it reaches {server.name} first",
                *_more_time(both, end),
                Remedy(SET_PARTNER_DOWN, f"only when it is proven that {other.name} serves nobody", server.name),
                runbook("main-down", "step by step, with the timers"),
            ),
        )


def lonely(both: Joint, server: ServerPicture, report: Report) -> tuple[Evidence, ...]:
    """That a server has no contact, and for how long."""
    since = report.start_of_communications_interrupted
    lasting = "" if since is None else f" for {duration(both.now - on_our_clock(server, since))}"
    return (says(server, f"{SHORT.get(report.state, report.state)}, no contact with {report.partner_name}{lasting}"),)


def tried(server: ServerPicture, report: Report) -> tuple[Evidence, ...]:
    """How the link failed: over each transport where the server tells, else in one line."""
    failed = [each for each in report.transports or () if each.outcome == "failed"]
    if failed:
        words = [f"{each.name} to {each.remote}: {each.error or 'failed'}" for each in failed]
        return tuple(Evidence(line, server.name, server.reported_at) for line in words)
    return (says(server, f"link: {report.link_failure}"),) if report.link_failure else ()


def _return_by(server: ServerPicture, report: Report) -> float | None:
    lost = report.start_of_communications_interrupted
    return None if lost is None else on_our_clock(server, lost + report.mclt)


def _before(at: float | None, both: Joint) -> str:
    if at is None or at <= both.now:
        return ""
    return f" before {wall(at, both.zone, both.now)} (MCLT): then nothing more is to do"


def _more_time(both: Joint, end: float | None) -> tuple[Step, ...]:
    if end is None or end - both.now > LITTLE_SECONDS:
        return ()
    return (Remedy(EXTEND_SAFE_PERIOD, "little time is left to find out; on both servers where both are reached"),)


def only_unseen_here(both: Joint) -> Iterator[Finding]:
    """A server that we do not see and its partner talks to: our way to it is broken, not the pair."""
    for server, other in both.each_way:
        report = server.report
        if not both.seen(server) or both.seen(other) or report is None or report.interrupted or other.error is None:
            continue
        if report.partner_state is None:
            continue
        yield Finding(
            id="not-seen-here",
            title=f"{other.name} works, says {server.name}; only this console does not see it",
            scenario="Table 5: cannot communicate",
            severity=Severity.WARNING,
            certainty=Certainty.CERTAIN,
            evidence=(unseen(other), says(server, f"in contact with {other.name}, which says {report.partner_state}")),
            prospect=Prospect("nothing for clients; this console is half blind until then"),
            steps=(f"Repair the way to the management address of {other.name}, its certificate, or the password",),
        )


def nobody_seen(both: Joint) -> Iterator[Finding]:
    """Neither server answers: far more often this console's network than two dead servers."""
    if both.states != (None, None) or both.main.error is None or both.backup.error is None:
        return
    yield Finding(
        id="nobody-seen",
        title="Neither server is seen from here: nothing can be said about service",
        scenario="Table 5: cannot communicate",
        severity=Severity.UNKNOWN,
        certainty=Certainty.CANNOT_TELL,
        evidence=(unseen(both.main), unseen(both.backup)),
        prospect=Prospect("nothing is known: what is shown is what was last said"),
        steps=("Check this host's own network first", "Ask from another place; try each server's console port"),
    )


def taken_over(both: Joint) -> Iterator[Finding]:
    """5.1.5: one has taken over, and the other is not seen."""
    for server, other in both.each_way:
        report = server.report
        if both.state(server) is not State.PARTNER_DOWN or both.seen(other) or report is None:
            continue
        gain = report.partner_pool_usable_at
        pending = gain is not None and on_our_clock(server, gain) > both.now
        prospect = Prospect(f"{server.name} serves everyone; {other.name} must stay off or reach it before it serves")
        if pending and gain is not None:
            prospect = Prospect(f"{server.name} may give out {other.name}'s free addresses", on_our_clock(server, gain))
        yield Finding(
            id="taken-over",
            title=f"{server.name} serves everyone; {other.name} is declared down and not seen",
            scenario="5.1",
            severity=Severity.MAJOR,
            certainty=Certainty.CERTAIN,
            evidence=(says(server, f"PARTNER-DOWN: {report.state_reason or 'no reason given'}"), unseen(other)),
            prospect=prospect,
            steps=(
                f"Make sure that {other.name} stays off until it can contact {server.name}",
                "When it returns, watch it take over what it missed; expect RECOVER, then NORMAL",
                runbook("main-down", "the way back, step by step"),
            ),
        )
