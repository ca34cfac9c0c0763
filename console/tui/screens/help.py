"""Help: what each sign and number means, what to do with it, and what every key does."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from console.insight.numbers import table
from console.tui.screens.help_keys import explained, here
from console.tui.screens.whole import WholeScreen


def _explained(number: table.Number) -> str:
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
)


NUMBERS = ("Numbers (n): formula, meaning, what to do", tuple((each.name, _explained(each)) for each in table.NUMBERS))


class HelpScreen(WholeScreen[None]):
    """One page to scroll: what can be done on the screen beneath first, every number last."""

    CSS = """
    HelpScreen VerticalScroll { padding: 0 1; }
    HelpScreen Static { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "dismiss", "Back", id="help.back"),
    ]

    def __init__(self, beneath: Screen[Any], keys: Mapping[str, str]) -> None:
        """`keys` are those that the user has bound anew."""
        super().__init__()
        self._here = ("Keys here", here(beneath))
        self._keys = ("Keys", explained(keys))

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(_page((TOPICS[0], self._here, *TOPICS[1:], self._keys, NUMBERS)))
        yield Footer(show_command_palette=False)


Topic = tuple[str, tuple[tuple[str, str], ...]]


def _page(topics: Iterable[Topic]) -> Content:
    parts: list[Content] = []
    for title, rows in topics:
        parts.append(Content.styled(title.upper(), "bold $primary"))
        parts += [Content.assemble("  ", (name, "bold"), f"  {text}") for name, text in rows]
        parts.append(Content(""))
    return Content("\n").join(parts)
