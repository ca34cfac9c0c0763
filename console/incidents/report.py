"""An incident as a page of Markdown: observations, actions, alarms, and open questions. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo

from console.incidents.moments import Moment
from console.insight.countdowns import countdowns
from console.insight.danger import banners
from console.insight.freshness import age, main_first
from console.insight.wording import both_clocks, duration
from console.journal.files import About
from console.model.observations import ActionOutcome, LogLine, Observation, OperatorAction
from console.model.picture import WORST_FIRST, Alarm, PairPicture, ServerPicture

LINES_SHOWN = 40
NOTABLE_LEVELS = (" Warning ", " Error ", " Alert ", " Critical ")
QUESTIONS = (
    "What was the cause, and how do we know?",
    "Which clients had no service, and for how long? Was an address leased twice?",
    "What was noticed late, and what would have shown it earlier?",
    "What must be done to prevent this: by whom, and by when?",
)


def incident_page(
    pair: PairPicture,
    moments: Sequence[Moment],
    observations: Sequence[Observation],
    pictures: Mapping[float, str],
    about: About | None,
    zone: tzinfo,
) -> str:
    """The text of the page. `pair` is the picture at the end, `pictures` are file names by time."""
    start, end = moments[0].at, moments[-1].at
    worst = min(moments, key=lambda each: WORST_FIRST.index(each.severity))
    parts = [
        f"# Incident: {_plain(pair.name)}" + (f" ({_plain(pair.environment)})" if pair.environment else ""),
        _facts(start, end, about, zone),
        "## Summary",
        f"- Worst ({worst.severity}), {both_clocks(worst.at, zone)}: {_plain(worst.verdict)}\n"
        f"- At the end, {both_clocks(end, zone)}: {_plain(moments[-1].verdict)}",
        *_dangers(pair, end, zone),
        "## Actions",
        _actions(observations, pair.name, zone),
        "## Observations",
        *(_picture_section(at, moments, name, zone) for at, name in sorted(pictures.items())),
        "## Timeline",
        _timeline(moments, zone),
        "## Alarms",
        _alarms(pair.alarms.values(), zone),
        "## The servers at the end",
        _servers(pair, end, zone),
        "## Log lines",
        _log(observations, pair.name),
        "## Open questions",
        "\n".join(f"- [ ] {question}" for question in QUESTIONS),
    ]
    return "\n\n".join(parts) + "\n"


def _facts(start: float, end: float, about: About | None, zone: tzinfo) -> str:
    lines = [f"- From {both_clocks(start, zone)} to {both_clocks(end, zone)}, {duration(end - start)}"]
    if about is not None:
        lines.append(f"- Saved by {_plain(about.saved_by)}, {both_clocks(about.saved_at, zone)}")
        if about.note:
            lines.append(f"- {_plain(about.note)}")
    return "\n".join(lines)


def _dangers(pair: PairPicture, now: float, zone: tzinfo) -> list[str]:
    found = banners(pair, now, zone)
    return ["Still true at the end:\n\n" + "\n".join(f"- {_plain(each.text)}" for each in found)] if found else []


def _actions(observations: Sequence[Observation], pair: str, zone: tzinfo) -> str:
    rows = []
    for each in observations:
        if not isinstance(each, OperatorAction | ActionOutcome) or each.pair != pair:
            continue
        when = both_clocks(each.at, zone)
        if isinstance(each, OperatorAction):
            text = each.detail.get("reason") or each.detail.get("comment") or ""
            rows.append((when, each.operator, f"{each.action} {each.subject}", str(text)))
        else:
            word = "done" if each.succeeded else "FAILED"
            rows.append((when, each.operator, f"{each.action} {each.subject}: {word}", each.text))
    return _table(("when", "who", "action", "details"), rows) if rows else "No actions were taken through the console."


def _picture_section(at: float, moments: Sequence[Moment], name: str, zone: tzinfo) -> str:
    moment = next((each for each in reversed(moments) if each.at <= at), moments[0])
    words = next((entry.text for entry in moment.entries), "") or "the end of the recording"
    title = f"### {both_clocks(at, zone)}: {_plain(words)}"
    return f"{title}\n\n{_plain(moment.verdict)}\n\n![the console at {both_clocks(at, zone)}]({name})"


def _timeline(moments: Sequence[Moment], zone: tzinfo) -> str:
    rows = [(both_clocks(entry.at, zone), entry.source, entry.text) for each in moments for entry in each.entries]
    return _table(("when", "source", "what"), rows) if rows else "No events."


def _alarms(alarms: Iterable[Alarm], zone: tzinfo) -> str:
    known = sorted(alarms, key=lambda each: each.since)
    rows = [
        (
            str(each.severity),
            each.kind,
            each.text,
            both_clocks(each.since, zone),
            "active" if each.cleared is None else both_clocks(each.cleared, zone),
            each.acknowledged_by or "none",
        )
        for each in known
    ]
    return _table(("severity", "kind", "what", "since", "until", "owner"), rows) if rows else "No alarms."


def _servers(pair: PairPicture, now: float, zone: tzinfo) -> str:
    rows = [_server(each, now, zone) for each in main_first(pair.servers.values())]
    words = ["server", "state", "since", "partner state", "last answer"]
    ahead = "\n".join(f"- {both_clocks(each.at, zone)}: {_plain(each.text)}" for each in countdowns(pair, now))
    return _table(words, rows) + (f"\n\nCountdowns at the end:\n\n{ahead}" if ahead else "")


def _server(server: ServerPicture, now: float, zone: tzinfo) -> tuple[str, ...]:
    facts, old = server.facts, age(server, now)
    name = f"{server.name} ({server.role})"
    if facts is None or old is None:
        return name, "no answer", "", "", server.error or ""
    since = "" if facts.since is None else both_clocks(facts.since, zone)
    answered = f"{duration(old)} before" + (f"; then: {server.error}" if server.error else "")
    return name, facts.word or "unknown", since, facts.partner_word or "unknown", answered


def _log(observations: Sequence[Observation], pair: str) -> str:
    lines = [each for each in observations if isinstance(each, LogLine) and each.pair == pair and not each.past]
    notable = [each for each in lines if any(word in each.text for word in NOTABLE_LEVELS)]
    if not notable:
        return f"No warnings or errors among {len(lines):,} lines of the recording."
    shown = notable[:LINES_SHOWN]
    more = f"\n\n{len(notable) - len(shown):,} more are in the recording." if len(notable) > len(shown) else ""
    return "\n".join(f"    {each.server}  {each.text}" for each in shown) + more


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [_row(head), _row(["---"] * len(head)), *(_row([_plain(cell) for cell in row]) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """Text from other hosts, escaped so that it is neither markup nor a new line."""
    one_line = " ".join(text.split())
    return "".join(f"\\{each}" if each in r"\`*_[]<|#" else each for each in one_line)
