"""The application: connects the session, the screens, the themes and the timer."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.actions import ActionParseResult
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.command import Provider
from textual.dom import DOMNode
from textual.screen import Screen

from console.actions.access import Access
from console.errors import ConfigError
from console.insight.report_text import in_words
from console.settings import paths
from console.state.garbage import Rounds
from console.state.replay import Player
from console.tui.alerts import Alerts
from console.tui.keys.catalogue import leads_to_a_change
from console.tui.keys.check import find_faults, normalize
from console.tui.keys.keymap import APP
from console.tui.navigator import AppNavigator
from console.tui.place_screens import place_screen
from console.tui.screens.fleet import FleetScreen
from console.tui.screens.pair import PairScreen
from console.tui.screens.picture import PictureScreen
from console.tui.session import Session
from console.tui.signals import HUNG_UP, end_on_signals, has_terminal
from console.tui.themes.files import DEFAULT, VARIABLES
from console.tui.themes.live import AppThemes

if TYPE_CHECKING:
    from console.incidents.listing import OpenedIncident
    from console.tui.replays import Outer

TICK_SECONDS = 0.25
"""Often enough that a countdown never skips a second, and seldom enough to stay idle."""


def _commands() -> type[Provider]:
    from console.tui.palette import Commands

    return Commands


class PairwatchApp(App[None]):
    """The console, opened on a live session, on a recording, or without a configuration."""

    TITLE = "Pairwatch"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = App.COMMANDS | {_commands}

    BINDINGS: ClassVar[list[BindingType]] = APP.bindings()

    def __init__(
        self,
        session: Session | None,
        pair: str,
        theme: str | None = None,
        collect: Callable[[], Awaitable[None]] | None = None,
        closing: Callable[[], Awaitable[None]] | None = None,
        fleet: bool = False,
        keys: Mapping[str, str] | None = None,
    ) -> None:
        """`fleet`: start with all pairs instead of `pair`. `keys` are the bindings that the user has changed, by name.

        Raises ConfigError for an unknown theme or a key that cannot be bound.
        """
        super().__init__()
        self.keys = dict(keys or {})
        self._fleet = fleet
        self._first_place = ""
        self._first_words = ""
        self._alone = False
        self._link = ("", "")
        self.session = session
        self.navigator: AppNavigator | None = None
        if session is not None:
            self.navigator = AppNavigator(self, session, pair, self._count_opened_screen, self.open_replay)
            session.navigator = self.navigator
        self._outer: Outer | None = None
        self.demo_requested = False
        self.check_configuration: Callable[[], None] | None = None
        """Reads the configuration again; raises ConfigError. None where there is nothing to read again."""
        self.reload_requested = False
        self.setup_requested = False
        self._pair = pair
        self._collect = collect
        self._close_session = closing
        self._drawn: tuple[PictureScreen[Any], object, int] | None = None
        self._ticked = 0
        self._alerts = Alerts(self)
        self.rounds: Rounds | None = None
        self._zone: tzinfo = UTC if session is None else session.store.zone
        self.app_themes = AppThemes(self)
        self._theme_watcher: asyncio.Task[None] | None = None
        wanted = theme or DEFAULT
        if wanted not in self.available_themes:
            raise ConfigError(f"unknown theme {wanted!r}: choose one of {', '.join(self.app_themes.names)}")
        self.theme = wanted
        if self.keys:
            self._apply_key_changes()

    def _apply_key_changes(self) -> None:
        wrong = find_faults(self.keys)
        if wrong:
            raise ConfigError(*wrong)
        self.set_keymap({name: normalize(each) for name, each in self.keys.items()})

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The toolkit's own commands, without those that the console replaces."""
        own = {"Theme"} if self.access is Access.WATCH_ONLY else {"Theme", "Screenshot"}
        yield from (each for each in super().get_system_commands(screen) if each.title in own)
        if self.access is Access.WATCH_ONLY:
            return  # The others write files.
        yield SystemCommand("Edit the theme", "each colour, with a preview", self.action_edit_theme)

    @classmethod
    def unconfigured(cls, theme: str | None = None) -> "PairwatchApp":
        """The app without a configuration: it opens the first-run page."""
        return cls(None, "", theme)

    @classmethod
    def replaying(
        cls,
        player: Player,
        theme: str | None,
        pair: str,
        fleet: bool = False,
        keys: Mapping[str, str] | None = None,
        command: Sequence[str] = (),
    ) -> "PairwatchApp":
        """The app on a recording, without actions. `command` starts this program in another process."""
        from console.tui.replays import replay_session

        return cls(replay_session(player, command), pair, theme, fleet=fleet, keys=keys)

    def open_replay(self, opened: "OpenedIncident") -> None:
        """Replay a recording above what is shown. The session below continues, and is shown again when it ends."""
        from console.tui.replays import Outer, replay_session

        self.leave_replay()
        if self.session is None or self.navigator is None:
            return
        self._outer = Outer(self.session, self.navigator, len(self.screen_stack))
        session = replay_session(opened.player, self.session.command, opened.missing, self.access)
        self.session, self.navigator = session, self._outer.navigator.above(session, opened.pairs[0])
        first = FleetScreen if len(opened.pairs) > 1 else PairScreen
        self.push_screen(first(session, opened.pairs[0]))

    def leave_replay(self) -> bool:
        """End a replay that was opened here; return whether there was one."""
        outer, self._outer = self._outer, None
        if outer is None:
            return False
        while len(self.screen_stack) > outer.screens:
            self.pop_screen()
        self.session, self.navigator = outer.session, outer.navigator
        return True

    def start_at(self, place: str, *, alone: bool = False, words: str = "") -> None:
        """Start at a place instead of the pair. `alone`: no other place can be opened. `words`: the filter of logs."""
        self._first_place, self._alone, self._first_words = place, alone, words

    def link(self, place: str, find: str) -> None:
        """Open a place above the first screen, as its key does. `find`: the filter of logs, or the lease to look up."""
        self._link = (place, find)

    def _follow_link(self) -> None:
        place, find = self._link
        if self.navigator is None or not place:
            return
        if place == "logs" and find:
            self.navigator.open_logs(words=find)
        elif place == "lease" and find:
            self.navigator.open_lease(find)
        else:
            self.navigator.go(place)

    def _count_opened_screen(self) -> None:
        """Count the opened screens: a closed screen leaves memory that only the garbage collector frees."""
        if self.rounds is not None:
            self.rounds.screens += 1

    @property
    def access(self) -> Access:
        """Whether the console may change anything."""
        return Access.OPERATE if self.session is None else self.session.access

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run the action of a key or of the palette, unless it leads to a change that this console may not make."""
        if self.access is Access.WATCH_ONLY and isinstance(action, str):
            owner = self if action.startswith("app.") or default_namespace is None else default_namespace
            if leads_to_a_change(type(owner), action.removeprefix("app.")):
                self.notify("This console is watch-only.", severity="warning")
                return False
        return await super().run_action(action, default_namespace, namespaces)

    @property
    def theme_names(self) -> list[str]:
        """The product's themes and the user's."""
        return self.app_themes.names

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The defaults of the console's own variables, so that the toolkit's themes can be chosen too."""
        return dict(VARIABLES)

    def _first_screen(self) -> Screen[Any]:
        if self.session is None:
            from console.tui.screens.welcome import WelcomeScreen

            return WelcomeScreen(paths.config_file(), self.finish_setup)
        if self._first_place == "logs":
            from console.tui.screens.logs import LogsScreen

            return LogsScreen(self.session, self._pair, words=self._first_words)
        if self._first_place:
            return place_screen(self._first_place, self.session, self._pair)
        if self._fleet:
            return FleetScreen(self.session, self._pair)
        return PairScreen(self.session, self._pair)

    def on_mount(self) -> None:
        self.push_screen(self._first_screen())
        self._follow_link()
        self.app_themes.notify_faults()
        end_on_signals(self.exit, self.hung_up)
        # Not a worker of the toolkit: the toolkit waits for its workers, and this task never ends.
        self._theme_watcher = asyncio.create_task(self.app_themes.follow())
        if self.session is not None:
            self.set_interval(TICK_SECONDS, self.draw_changes)
        if self._collect is not None:
            self.run_worker(self._collect(), exit_on_error=True)

    def hung_up(self) -> None:
        """Read the configuration again, if the terminal still exists; else end."""
        if has_terminal():
            self.action_reload()
        else:
            self.exit(return_code=HUNG_UP)

    def action_reload(self) -> None:
        """Open the console on the configuration as it is now. One with a fault is refused, with its line."""
        if self.check_configuration is None:
            self.notify("There is no configuration to read again here.", severity="warning")
            return
        try:
            self.check_configuration()
        except ConfigError as wrong:
            self.notify("\n".join(wrong.lines), title="Not read, the old one is in force", severity="error")
            return
        self.reload_requested = True
        self.exit()

    async def on_unmount(self) -> None:
        if self._theme_watcher is not None:
            self._theme_watcher.cancel()
        if self._close_session is not None:
            await self._close_session()

    async def on_event(self, event: events.Event) -> None:
        if self.rounds is not None and isinstance(event, events.InputEvent):
            self.rounds.touched = time.monotonic()
        await super().on_event(event)

    def draw_changes(self) -> None:
        """Advance a replay, update time-dependent alarms, and draw the screen if it has changed."""
        session = self.session
        if session is None:
            return
        if session.player is not None:
            session.player.advance(TICK_SECONDS)
        second = int(session.now)
        if self._ticked != second:
            self._ticked = second
            for each in (session, *([] if self._outer is None else [self._outer.session])):
                each.store.tick()
        self._alerts.give(session if self._outer is None else self._outer.session)
        stack = self.screen_stack
        if not stack:
            return  # The console is closing.
        screen = stack[-1]
        # A screen that was just pushed, or that is being removed, has no widgets.
        if isinstance(screen, PictureScreen) and screen.is_mounted and screen.is_running:
            self._draw(screen, second)
        if self.rounds is not None and self.rounds.due(time.monotonic()):
            self.rounds.made(time.monotonic())

    def _draw(self, screen: PictureScreen[Any], second: int) -> None:
        """Draw the screen when its content has changed, and once a second for the times on it."""
        drawn, shown = self._drawn, screen.shown
        if drawn is None or drawn[0] is not screen or drawn[1] is not shown or drawn[2] != second:
            screen.draw_now()
            self._drawn = (screen, shown, second)

    def action_command_palette(self) -> None:
        """Open the command palette."""
        from console.tui.palette import Palette

        if self.use_command_palette and not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def action_help(self) -> None:
        from console.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_save_incident(self) -> None:
        """Open the dialog that saves an incident of the pair."""
        session = self.session
        if session is None or self.navigator is None or not isinstance(self.screen, PictureScreen):
            return
        if session.incidents is None:
            self.notify("Nothing is recorded: the journal cannot be opened.", severity="warning")
            return
        from console.tui.screens.save_incident import SaveIncidentDialog

        self.push_screen(SaveIncidentDialog(session, session.incidents, self.navigator.pair))

    def action_copy_text(self) -> None:
        """Copy a description of the pair to the clipboard of the operator's terminal (OSC 52)."""
        session = self.session
        if session is None or self.navigator is None or not isinstance(self.screen, PictureScreen):
            return
        pair = self.navigator.pair
        self.copy_to_clipboard(in_words(session.store.pair(pair), session.now, session.store.zone))
        self.notify(f"Copied {pair} as text, if the terminal supports OSC 52.")

    def action_toggle_utc(self) -> None:
        """Switch between UTC and the operator's time zone."""
        session = self.session
        if session is not None and isinstance(self.screen, PictureScreen):
            session.store.zone = self._zone if session.store.zone is UTC else UTC
            self.screen.draw_now()

    def action_go(self, name: str) -> None:
        """Open a place for the pair that is shown."""
        if self.navigator is not None:
            self.navigator.go(name)

    def action_leave_pair(self) -> None:
        """End a replay that was opened here; else go from a pair to the fleet."""
        if not self.leave_replay() and self.navigator is not None:
            self.navigator.leave_pair()

    def action_next_pair(self) -> None:
        """Show the next configured pair."""
        if self.navigator is not None:
            self.navigator.next_pair()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the keys of places if only one is open, of the next pair if there is only one, and in a browser those
        that end its page."""
        if action == "go":
            return not self._alone
        if action == "next_pair":
            return self.session is not None and len(self.session.store.picture.pairs) > 1
        return not (self.is_web and action in ("reload", "suspend_process"))

    def action_next_theme(self) -> None:
        """Use the next theme."""
        self.app_themes.show_next()

    def action_edit_theme(self) -> None:
        """Open the theme editor, and use the theme that it saves."""
        if self.access is Access.WATCH_ONLY:
            return
        from console.tui.screens.theme_editor import ThemeEditorScreen

        def saved(name: str | None) -> None:
            if name is not None:
                self.app_themes.load()
                self.app_themes.show(name)
                self.notify(
                    f'{paths.user_themes() / name}.toml; to have it always: theme = "{name}"', title="Theme saved"
                )

        self.push_screen(ThemeEditorScreen(self.current_theme, paths.user_themes()), saved)

    def action_demo(self) -> None:
        """Close the console, and let the command start the demo."""
        self.demo_requested = True
        self.exit()

    def finish_setup(self) -> None:
        """Close the app, and let the command open the console on the new configuration."""
        self.setup_requested = True
        self.exit()
