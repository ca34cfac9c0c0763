"""A pair in a few lines of plain text, for a ticket or a message: verdict, countdowns, active alarms."""

from datetime import tzinfo

from console.insight.countdowns import countdowns
from console.insight.danger import banners
from console.insight.freshness import age, is_seen, last_word, main_first
from console.insight.verdict import severity, verdict
from console.insight.wording import both_clocks, duration, left
from console.model.picture import PairPicture, ServerPicture

MAX_ALARMS = 10


def in_words(pair: PairPicture, now: float, zone: tzinfo) -> str:
    """The report of a pair: one line for each sentence or fact, with its time."""
    environment = f" ({pair.environment})" if pair.environment else ""
    lines = [
        f"{pair.name}{environment}, {both_clocks(now, zone)}: {severity(pair, now).upper()}",
        verdict(pair, now, zone),
        *(f"! {banner.text}" for banner in banners(pair, now, zone)),
        *(_server(server, now) for server in main_first(pair.servers.values())),
        *(
            f"in {left(each.at - now, each.estimate)}, {both_clocks(each.at, zone)}: {each.text}"
            for each in countdowns(pair, now)
        ),
    ]
    alarms = pair.open_alarms
    for alarm in alarms[:MAX_ALARMS]:
        owner = f" [{alarm.acknowledged_by}]" if alarm.acknowledged_by else ""
        lines.append(f"{alarm.severity} for {duration(now - alarm.since)}: {alarm.text}{owner}")
    if len(alarms) > MAX_ALARMS:
        lines.append(f"and {len(alarms) - MAX_ALARMS} more alarms")
    return "\n".join(lines)


def _server(server: ServerPicture, now: float) -> str:
    seconds = age(server, now)
    if seconds is None:
        return f"{server.name} ({server.role}): never answered"
    if is_seen(server, now):
        return f"{server.name} ({server.role}): {last_word(server)}"
    return f"{server.name} ({server.role}): cannot see it; {last_word(server)} {duration(seconds)} ago"
