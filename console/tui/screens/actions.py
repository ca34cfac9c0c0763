"""The actions on a pair: each is offered, or has the reason why not; and what only runbooks cover."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from console.actions.execute import ActionRunner
from console.actions.request import OperatorRequest
from console.insight.freshness import is_seen, main_first
from console.insight.guarded.row import GuardedAction
from console.insight.guarded.table import ACTIONS, why_not
from console.insight.remedies import Remedy
from console.model.action_names import ActionName
from console.tui.keys import keymap
from console.tui.screens.picture import PlaceScreen
from console.tui.session import Session
from console.tui.widgets.clickable import ClickableLines
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.panel import Panel

RUNBOOK_ONLY = (
    "Only in runbooks (r), because the server has no request for them: start a server, failover-recover, remove lease "
    "data. A runbook has the commands and checks their effect; the console does not run them."
)


EVERY = tuple(ACTIONS.values())
TALL_HEIGHT = 50
"""From this height on, the details of every action fit on the screen."""


class ActionsScreen(PlaceScreen):
    """One line for each action; the details of the selected one are below."""

    CSS_PATH = "actions.tcss"

    BINDINGS: ClassVar[list[BindingType]] = keymap.ACTIONS.bindings()

    def __init__(self, session: Session, pair_name: str) -> None:
        super().__init__(session, pair_name)
        self._row = 0

    @property
    def _rows(self) -> tuple[GuardedAction, ...]:
        """The actions that a server of this pair can do by its make; all of them where none can do any."""
        able = {can for server in self.pair.servers.values() for can in server.make.can}
        return tuple(each for each in EVERY if each.needs in able) or EVERY

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield ClickableLines(id="list")
        with VerticalScroll(id="below", can_focus=False):
            yield Panel(id="details")
            yield Panel(id="elsewhere")
        yield KeyFooter()

    def on_mount(self) -> None:
        self.draw()

    def draw(self) -> None:
        runner = self.session.actions.get(self.pair_name)
        self.query_one("#title", Panel).put(
            Content("ACTIONS  the guards run again, with new answers, before anything is sent")
        )
        refusals = [self._refusals(runner, each) for each in self._rows]
        lines = []
        for number, each in enumerate(self._rows):
            lines.append(self._line(each, refusals[number], chosen=number == self._row))
        self.query_one("#list", Panel).put(Content("\n").join(lines))
        rows = range(len(self._rows)) if self.size.height >= TALL_HEIGHT else (self._row,)
        details = (_details(self._rows[row], refusals[row]) for row in rows)
        self.query_one("#details", Panel).put(Content("\n\n").join(details))
        commanded = any(each.make.command_language for each in self.pair.servers.values())
        self.query_one("#elsewhere", Panel).put(Content.styled(RUNBOOK_ONLY if commanded else "", "$stale"))

    def _line(self, kind: GuardedAction, refusals: dict[str, str | None], *, chosen: bool) -> Content:
        open_at = [server for server, reason in refusals.items() if reason is None]
        title = f"{'▶' if chosen else ' '} {kind.title:<27}"
        if open_at:
            words = "both servers" if kind.both and len(open_at) > 1 else f"on {', '.join(open_at)}"
            rest = Content.assemble(("✔ offered ", "$success"), words)
        else:
            # The reason of a server that answers is more useful than that the other one does not answer.
            seen = [
                reason for server, reason in refusals.items() if is_seen(self.pair.servers[server], self.session.now)
            ]
            reason = next(iter(seen or refusals.values())) or ""
            rest = Content.assemble(("✘ ", "$warning"), (reason, "$stale"))
        return Content.assemble((title, "reverse bold" if chosen else "bold"), " ", rest)

    def _refusals(self, runner: ActionRunner | None, kind: GuardedAction) -> dict[str, str | None]:
        """The reason why the action is not offered, by server; None where it is."""
        servers = [each.name for each in main_first(self.pair.servers.values())]
        if self.session.unchangeable:
            return dict.fromkeys(servers, self.session.unchangeable)
        if runner is None:
            return dict.fromkeys(servers, "this console has no connection to the servers")
        if kind.name is ActionName.SET_PARTNER_DOWN:
            servers.reverse()  # The backup exists for the failure of the main, so it comes first.
        return {server: _reason(runner, kind, server, expert=self.session.expert) for server in servers}

    @on(ClickableLines.Clicked)
    def _clicked(self, event: ClickableLines.Clicked) -> None:
        """Select an action; a second click opens it. Nothing is sent before the confirmation."""
        if event.line < len(self._rows):
            self._row = event.line
            self.draw()
            if event.opened:
                self.action_open()

    def action_move(self, step: int) -> None:
        self._row = (self._row + step) % len(self._rows)
        self.draw()

    def action_edge(self, last: int) -> None:
        """Go to the first or the last action."""
        self._row = len(self._rows) - 1 if last else 0
        self.draw()

    def action_expert(self) -> None:
        if not self.session.unchangeable:
            self.session.toggle_expert()
            self.draw()

    def action_close(self) -> None:
        self.dismiss(None)

    def action_open(self) -> None:
        """Open the screen of the action, on the first server where it is offered."""
        kind = self._rows[self._row]
        refusals = self._refusals(self.session.actions.get(self.pair_name), kind)
        server = next((server for server, reason in refusals.items() if reason is None), None)
        subject = "" if server is None else _first_choice(self.session.actions[self.pair_name], kind, server)
        self.session.navigator.open_remedy(self.pair_name, Remedy(kind.name, "", server, subject))


def _reason(runner: ActionRunner, kind: GuardedAction, server: str, *, expert: bool) -> str | None:
    found = [
        why_not(runner.judged(OperatorRequest(server, expert=expert, action=kind.name, choice=choice)).verdicts)
        for choice in kind.choices or ("",)
    ]
    return None if None in found else found[0]


def _first_choice(runner: ActionRunner, kind: GuardedAction, server: str) -> str:
    """The first choice of the action with which it is offered; empty if there is none."""
    for choice in kind.choices:
        if why_not(runner.judged(OperatorRequest(server, action=kind.name, choice=choice)).verdicts) is None:
            return choice
    return ""


def _details(kind: GuardedAction, refusals: dict[str, str | None]) -> Content:
    lines = [Content.styled(f"{kind.title}: {kind.does}.", "bold")]
    for server, reason in refusals.items():
        if reason is None:
            lines.append(Content.assemble(("✔ ", "$success"), f"{server}: no guard blocks it now"))
        else:
            lines.append(Content.assemble(("✘ ", "$error"), f"{server}: {reason}"))
    return Content("\n").join(lines)
