"""Help: what each number means, and what to do with it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from console.insight.numbers.facts import FACTS, Fact


def _explained(number: Fact) -> str:
    return f"= {number.formula}. {number.meaning} {number.to_do}"


TOPICS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "First, at three in the morning",
        (
            ("the sentence on top", "says whether anyone is without service. Read it before anything else."),
            ("DANGER, CAUTION", "what can go wrong next. No banner: nothing of that kind is in sight."),
            ("NEXT", "what happens by itself, and when. If nothing is due you have time."),
            ("first try", "to bring the main back. Back within MCLT, nothing more is to do."),
            ("before a restart", "of a failed server make sure that it can contact its partner."),
        ),
    ),
    (
        "States",
        (
            ("● NORMAL", "both work together; the main answers, the backup renews and waits."),
            (
                "◐ COMM-INTERRUPTED",
                "no contact with the partner, which is down or cut off: unknown. Each serves "
                "from its own pool. No duplicates can arise; leases shrink to MCLT.",
            ),
            (
                "▲ PARTNER-DOWN",
                "treats the partner as dead and takes its addresses after MCLT. If the partner "
                "lives, two clients can get one address. Never both servers.",
            ),
            ("✖ POTENTIAL-CONFLICT", "silent to clients until conflicts are resolved."),
            (
                "◌ RECOVER, RECOVER-WAIT",
                "back from an outage, takes over what it missed, waits for MCLT. Normal.",
            ),
            ("○ cannot see", "we get no answer from it. That alone does not mean that it is down."),
        ),
    ),
    (
        "Countdowns",
        (
            (
                "safe period",
                "after so long without contact a server enters PARTNER-DOWN by itself. Before that, "
                "take one server offline or switch use-safe-period off on BOTH servers.",
            ),
            (
                "MCLT",
                "maximum client lead time: how much longer a partner may have promised a lease than we "
                "know. A partner's addresses are usable at max(entry, its last operation + MCLT).",
            ),
            ("race", "both alive without each other: the smaller safe period is the time left to act."),
            ("runs out", "free addresses over the observed arrival of new clients; a forecast, not a fact."),
        ),
    ),
    (
        "Numbers of a server",
        (
            ("LAST KNOWN", "older than 15 s: nothing is decided on it, and no guard accepts it."),
            ("unacked", "updates that the partner has not acknowledged, of how many it allows."),
            ("waiting", "updates that are not even sent yet."),
            ("skew", "between the two servers' clocks. Over 5 s the link is refused: repair NTP."),
            (
                "main n + backup m free",
                "each partner's own free addresses; alone, it can give out only its own.",
            ),
            ("backup x % (wants y %)", "the backup's share of all free addresses, and what is configured."),
        ),
    ),
    (
        "Keys",
        (
            (
                "d",
                "Set Partner Down: offered where a server is COMM-INTERRUPTED. It asks both servers again, "
                "shows what would follow, and wants the pair's name typed.",
            ),
            ("w", "what is wrong: findings with their evidence, what follows, and remedies that open with enter."),
            ("n", "numbers: each with its formula, what it means, and what to do."),
            ("i", "a lease, by address, MAC or client-id: both servers' records, and why it is as it is."),
            ("a", "alarms; there a acknowledges one, A all, s sets it aside for a time, c closes it, v shows others."),
            (
                "l",
                "logs of both partners by time: / filters (level:warning id:18101 client: address:), s searches, . and "
                ", go on, : goes to a time, 1 to 5 filter by what the line names, end follows.",
            ),
            ("t", "timeline: m tells every time from an event, x shows routine log lines, g opens the logs then."),
            ("1 to 5", "alarms, log of both partners, traps, story, chart."),
            ("e", "expert mode for 15 minutes: dates before the last contact."),
            ("p, T, q", "next pair, next theme, quit."),
        ),
    ),
)


NUMBERS = ("Numbers (n): formula, meaning, what to do", tuple((each.name, _explained(each)) for each in FACTS))


class HelpScreen(Screen[None]):
    """One page to scroll."""

    CSS = """
    HelpScreen VerticalScroll { padding: 0 1; }
    HelpScreen Static { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "dismiss", "Back", id="help.back"),
    ]

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(_page())
        yield Footer(show_command_palette=False)


def _page() -> Content:
    parts: list[Content] = []
    for title, rows in (*TOPICS, NUMBERS):
        parts.append(Content.styled(title.upper(), "bold $primary"))
        parts += [Content.assemble("  ", (name, "bold"), f"  {text}") for name, text in rows]
        parts.append(Content(""))
    return Content("\n").join(parts)
