"""Help: each symbol and number with its meaning and what to do, and every key."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from console.insight.numbers import table
from console.tui.keys.keymap import HELP
from console.tui.screens.atomic import AtomicScreen
from console.tui.screens.help_keys import key_rows, screen_key_rows


def _explain_number(number: table.Number) -> str:
    return f"= {number.formula}. {number.meaning} {number.to_do}"


TOPICS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "First, at three in the morning",
        (
            ("the sentence on top", "whether clients have no service. Read it first."),
            ("DANGER, CAUTION", "what can go wrong next. No banner: no such danger was found."),
            ("NEXT", "the next automatic event, and its time. If there is none, you have time."),
            ("first try", "to start the main again. If it runs again within MCLT, nothing else is needed."),
            ("before a restart", "of a failed server, make sure that it can contact its partner."),
        ),
    ),
    (
        "States",
        (
            ("● NORMAL", "both partners run; the main answers clients, the backup only renews."),
            (
                "◐ COMM-INTERRUPTED",
                "no contact: the partner is down or the link is cut; which one is unknown. Each serves "
                "from its own share. No address is given twice; lease times shrink to MCLT.",
            ),
            (
                "▲ PARTNER-DOWN",
                "the server treats its partner as down and uses its addresses after MCLT. If the partner "
                "runs, two clients can get one address. Never on both servers.",
            ),
            ("✖ POTENTIAL-CONFLICT", "answers no client until the conflicts are resolved."),
            (
                "◌ RECOVER, RECOVER-WAIT",
                "after an outage: receives the updates that it missed, then waits for MCLT. Expected.",
            ),
            ("○ cannot see", "no answer from the server. That alone does not mean that it is down."),
        ),
    ),
    (
        "Countdowns",
        (
            (
                "safe period",
                "after this time without contact a server enters PARTNER-DOWN automatically. Before that, "
                "stop one server, or switch use-safe-period off on BOTH servers.",
            ),
            (
                "MCLT",
                "maximum client lead time: by how much a partner may have extended a lease before the other one "
                "has the update. Its addresses are usable at max(entry, its last operation + MCLT).",
            ),
            ("race", "both run without contact: the smaller safe period is the time left to act."),
            ("runs out", "free addresses divided by the arrival rate of new clients; a forecast."),
        ),
    ),
    (
        "Numbers of a server",
        (
            ("LAST KNOWN", "older than 15 s: no guard accepts it."),
            ("unacked", "updates that the partner has not acknowledged, and the largest number that it allows."),
            ("waiting", "updates that are not sent yet."),
            ("skew", "between the clocks of the servers. Over the limit (5 s) the link is refused: correct NTP."),
            (
                "main n + backup m free",
                "the free addresses of each share; a server alone can give only its own.",
            ),
            ("backup x % (goal y %)", "the backup's share of all free addresses, and the configured share."),
        ),
    ),
)


NUMBERS = (
    "Numbers (n): formula, meaning, what to do",
    tuple((each.name, _explain_number(each)) for each in table.NUMBERS),
)


class HelpScreen(AtomicScreen[None]):
    """One page to scroll: the keys of the screen below first, the numbers last."""

    CSS = """
    HelpScreen VerticalScroll { padding: 0 1; }
    HelpScreen Static { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = HELP.bindings()

    def __init__(self, shown: Screen[Any], keys: Mapping[str, str]) -> None:
        """`shown`: the screen that the help is about. `keys`: the keys that the user has changed."""
        super().__init__()
        self._here = ("Keys here", screen_key_rows(shown))
        self._keys = ("Keys", key_rows(keys))

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
