"""An incident as a page of Markdown: what was seen when, what was done, and the questions that remain. Pure."""

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
TELLING = (" Warning ", " Error ", " Alert ", " Critical ")
QUESTIONS = (
    "What was the cause, and how do we know?",
    "Who was without service, for how long? Was an address given twice?",
    "What was noticed late, and what would have shown it earlier?",
    "What is to be done so that it does not come again: by whom, until when?",
)


def report(
    pair: PairPicture,
    story: Sequence[Moment],
    observations: Sequence[Observation],
    pictures: Mapping[float, str],
    about: About | None,
    zone: tzinfo,
) -> str:
    """The page. `pair` is the picture at the end, `pictures` are file names by the moment that they show."""
    start, end = story[0].at, story[-1].at
    worst = min(story, key=lambda each: WORST_FIRST.index(each.severity))
    parts = [
        f"# Incident: {_plain(pair.name)}" + (f" ({_plain(pair.environment)})" if pair.environment else ""),
        _facts(start, end, about, zone),
        "## In short",
        f"- Worst ({worst.severity}), {both_clocks(worst.at, zone)}: {_plain(worst.verdict)}\n"
        f"- At the end, {both_clocks(end, zone)}: {_plain(story[-1].verdict)}",
        *_dangers(pair, end, zone),
        "## What was done",
        _deeds(observations, pair.name, zone),
        "## What was seen",
        *(_pictured(at, story, name, zone) for at, name in sorted(pictures.items())),
        "## Timeline",
        _timeline(story, zone),
        "## Alarms",
        _alarms(pair.alarms.values(), zone),
        "## The servers at the end",
        _servers(pair, end, zone),
        "## Lines of the logs",
        _log(observations, pair.name),
        "## To be answered",
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


def _deeds(observations: Sequence[Observation], pair: str, zone: tzinfo) -> str:
    rows = []
    for each in observations:
        if not isinstance(each, OperatorAction | ActionOutcome) or each.pair != pair:
            continue
        when = both_clocks(each.at, zone)
        if isinstance(each, OperatorAction):
            said = each.detail.get("reason") or each.detail.get("comment") or ""
            rows.append((when, each.operator, f"{each.action} {each.subject}", str(said)))
        else:
            word = "done" if each.succeeded else "FAILED"
            rows.append((when, each.operator, f"{each.action} {each.subject}: {word}", each.text))
    return _table(("when", "who", "what", "words"), rows) if rows else "Nobody did anything through the console."


def _pictured(at: float, story: Sequence[Moment], name: str, zone: tzinfo) -> str:
    moment = next((each for each in reversed(story) if each.at <= at), story[0])
    words = next((entry.text for entry in moment.entries), "") or "the end of the recording"
    title = f"### {both_clocks(at, zone)}: {_plain(words)}"
    return f"{title}\n\n{_plain(moment.verdict)}\n\n![the console at {both_clocks(at, zone)}]({name})"


def _timeline(story: Sequence[Moment], zone: tzinfo) -> str:
    rows = [(both_clocks(entry.at, zone), entry.source, entry.text) for each in story for entry in each.entries]
    return _table(("when", "told by", "what"), rows) if rows else "Nothing happened."


def _alarms(alarms: Iterable[Alarm], zone: tzinfo) -> str:
    known = sorted(alarms, key=lambda each: each.since)
    rows = [
        (
            str(each.severity),
            each.kind,
            each.text,
            both_clocks(each.since, zone),
            "stands" if each.cleared is None else both_clocks(each.cleared, zone),
            each.acknowledged_by or "nobody",
        )
        for each in known
    ]
    return _table(("severity", "kind", "what", "since", "until", "owner"), rows) if rows else "No alarm."


def _servers(pair: PairPicture, now: float, zone: tzinfo) -> str:
    rows = [_server(each, now, zone) for each in main_first(pair.servers.values())]
    words = ["main and backup", "state", "since", "partner says", "asked"]
    ahead = "\n".join(f"- {both_clocks(each.at, zone)}: {_plain(each.text)}" for each in countdowns(pair, now))
    return _table(words, rows) + (f"\n\nWhat was to come:\n\n{ahead}" if ahead else "")


def _server(server: ServerPicture, now: float, zone: tzinfo) -> tuple[str, ...]:
    facts, old = server.facts, age(server, now)
    name = f"{server.name} ({server.role})"
    if facts is None or old is None:
        return name, "never answered", "", "", server.error or ""
    since = "" if facts.since is None else both_clocks(facts.since, zone)
    answered = f"{duration(old)} before" + (f"; then: {server.error}" if server.error else "")
    return name, facts.word or "unknown", since, facts.partner_word or "unknown", answered


def _log(observations: Sequence[Observation], pair: str) -> str:
    lines = [each for each in observations if isinstance(each, LogLine) and each.pair == pair and not each.past]
    telling = [each for each in lines if any(word in each.text for word in TELLING)]
    if not telling:
        return f"No warning or error among {len(lines):,} lines of the recording."
    shown = telling[:LINES_SHOWN]
    more = f"\n\n{len(telling) - len(shown):,} more are in the recording." if len(telling) > len(shown) else ""
    return "\n".join(f"    {each.server}  {each.text}" for each in shown) + more


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [_row(head), _row(["---"] * len(head)), *(_row([_plain(cell) for cell in row]) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """Text of others, so that it is neither markup nor a new line."""
    one_line = " ".join(text.split())
    return "".join(f"\\{each}" if each in r"\`*_[]<|#" else each for each in one_line)
