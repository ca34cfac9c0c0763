"""What follows from stopping or reloading a server: who serves then, and with how much."""

from console.insight.freshness import is_seen
from console.insight.guards.attempt import Attempt
from console.insight.wording import plural, span
from console.model.picture import ServerPicture
from console.model.states import State


def _holds(server: ServerPicture) -> str:
    report = server.report
    if report is None:
        return f"{server.name}: nothing is known of it"
    free = sum(pool.available for pool in report.pools)
    new = sum(pool.new_clients_15m or 0 for pool in report.pools)
    return (
        f"{server.name} holds {plural(free, 'free address', 'free addresses')}, {plural(new, 'new client')} in 15 min"
    )


def of_stop(attempt: Attempt) -> tuple[str, ...]:
    """What each server holds; what the partner does without this one."""
    report, partner = attempt.report, attempt.partner
    lines = [f"Compare: {_holds(attempt.acting)}; {_holds(partner)}."]
    in_contact = report is not None and not report.interrupted
    if attempt.choice == "long" and in_contact:
        lines.append(f"{partner.name} is told (SHUTDOWN) and goes PARTNER-DOWN at once: it serves everyone.")
    elif in_contact:
        lines.append(f"{partner.name} is told (PAUSED) and goes COMMUNICATIONS-INTERRUPTED: it serves its own pool.")
        lines += _waits(partner)
    else:
        lines.append(f"There is no contact: {partner.name} is told nothing and stays {_state(partner)}.")
        lines.append(f"After the stop, Set Partner Down on {partner.name} with the time of the stop if it is for long.")
    lines.append(f"{attempt.server} answers no client until somebody starts it again.")
    return tuple(lines)


def _waits(partner: ServerPicture) -> list[str]:
    report = partner.report
    if report is None or not report.use_safe_period:
        return []
    return [f"Its safe period then runs: back within {span(report.safe_period)}, or it takes over by itself."]


def _state(server: ServerPicture) -> str:
    return "as it is" if server.report is None else str(server.report.state)


def of_reload(attempt: Attempt) -> tuple[str, ...]:
    """The configuration is read again, which is a restart; what that interrupts."""
    report = attempt.report
    lines = [
        f"{attempt.server} reads config.toml again and starts over with it: a few seconds without answers.",
        "A scope that is no longer in the file loses its leases for good (R-228): compare the file first.",
    ]
    if report is not None:
        held = sorted(((pool.leased, pool.name) for pool in report.pools if pool.leased), reverse=True)
        if held:
            named = ", ".join(f"{name} {count:,}" for count, name in held[:4])
            more = f" and {plural(len(held) - 4, 'more scope')}" if len(held) > 4 else ""
            lines.append(f"Leases now: {named}{more}.")
        if not report.use_safe_period or report.state is State.COMMUNICATIONS_INTERRUPTED:
            lines.append("A safe period that was switched or made longer by hand is as in the file again.")
        if not report.reload_pending:
            lines.append("The file has not changed since it was read.")
    if is_seen(attempt.partner, attempt.now):
        lines.append(f"{attempt.partner.name} goes COMMUNICATIONS-INTERRUPTED meanwhile and back by itself.")
    return tuple(lines)
