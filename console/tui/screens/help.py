"""Help about one screen: its keys with what each does, then symbols and numbers with their meaning. Typed words search
it."""

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from console.insight.numbers import table
from console.tui.keys.dialog_keymap import HELP
from console.tui.screens.atomic import AtomicScreen
from console.tui.screens.help_keys import general_keys, own_keys, screen_title
from console.tui.widgets.key_footer import KeyFooter


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
    "Numbers: formula, meaning, what to do",
    tuple((each.name, _explain_number(each)) for each in table.NUMBERS),
)


FIRST_SCREENS = ("PairScreen", "FleetScreen")
"""The screens whose help begins with what to read first in an incident."""

Topic = tuple[str, tuple[tuple[str, str], ...]]


class HelpScreen(AtomicScreen[None]):
    """One page to scroll and to search: the keys of the screen below first, the numbers last."""

    CSS = """
    HelpScreen VerticalScroll { padding: 0 1; }
    HelpScreen Static { height: auto; }
    HelpScreen Input { height: 1; border: none; padding: 0 1; background: $panel; }
    HelpScreen Input:focus { border: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = HELP.bindings()

    def __init__(self, shown: Screen[Any]) -> None:
        """`shown`: the screen that the help is about."""
        super().__init__()
        here = (f"Keys here: {screen_title(shown)}", own_keys(shown))
        everywhere = ("Keys everywhere", general_keys(shown))
        first, *others = TOPICS
        if type(shown).__name__ in FIRST_SCREENS:
            self._topics: tuple[Topic, ...] = (first, here, everywhere, *others, NUMBERS)
        else:
            self._topics = (here, everywhere, first, *others, NUMBERS)

    def compose(self) -> ComposeResult:
        yield Input(placeholder="type to search the help", id="search", max_length=60)
        with VerticalScroll(can_focus=False):
            yield Static(_page(self._topics), id="page")
        yield KeyFooter()

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        """Show the rows that have all typed words."""
        words = event.value.casefold().split()
        found = []
        for title, rows in self._topics:
            kept = tuple(row for row in rows if all(word in " ".join((title, *row)).casefold() for word in words))
            if kept:
                found.append((title, kept))
        text = _page(found) if found else Content.styled("nothing in the help has these words", "$stale")
        self.query_one("#page", Static).update(text)
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def action_scroll(self, direction: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=direction, animate=False)

    def action_page(self, direction: int) -> None:
        scroll = self.query_one(VerticalScroll)
        scroll.scroll_relative(y=direction * max(1, scroll.size.height - 1), animate=False)

    def action_back(self) -> None:
        """Remove the typed words; without any, close the help."""
        search = self.query_one(Input)
        if search.value:
            search.value = ""
        else:
            self.dismiss(None)


def _page(topics: Iterable[Topic]) -> Content:
    parts: list[Content] = []
    for title, rows in topics:
        parts.append(Content.styled(title.upper(), "bold $primary"))
        parts += [Content.assemble("  ", (name, "bold"), f"  {text}") for name, text in rows]
        parts.append(Content(""))
    return Content("\n").join(parts)
