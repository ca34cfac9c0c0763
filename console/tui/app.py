"""The application: wires the desk, the screens, the themes and the clock's tick together."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Any, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.command import Provider
from textual.screen import Screen

from console.errors import ConfigError
from console.insight.report_text import in_words
from console.notify.attention import AttentionTracker, terminal_sequence
from console.settings import paths
from console.state.garbage import Rounds
from console.state.replay import Player
from console.tui.keys.check import faults, normal
from console.tui.keys.keymap import APP
from console.tui.navigator import AppNavigator
from console.tui.place_screens import place_screen
from console.tui.screens.drawn import PictureScreen
from console.tui.screens.fleet import FleetScreen
from console.tui.screens.help import HelpScreen
from console.tui.screens.logs import LogsScreen
from console.tui.screens.pair import PairScreen
from console.tui.session import Session
from console.tui.themes.files import DEFAULT, VARIABLES
from console.tui.themes.live import OwnThemes, changes

TICK_SECONDS = 0.25
"""Often enough that a countdown never skips a second, seldom enough to be idle."""


def _commands() -> type[Provider]:
    from console.tui.palette import Commands

    return Commands


class PairwatchApp(App[None]):
    """The console, opened in one of three ways: on a live session, on a recording, or without a configuration."""

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
        """`fleet`: begin with all pairs instead of with `pair`; `keys` are bindings that the user has changed.

        Raises ConfigError when there is no such theme or key.
        """
        super().__init__()
        self.keys = dict(keys or {})
        self._fleet = fleet
        self._first_place = ""
        self._first_words = ""
        self._alone = False
        self.session = session
        self.navigator: AppNavigator | None = None
        if session is not None:
            self.navigator = AppNavigator(self, session, pair, self._screen_opened)
            session.navigator = self.navigator
        self.demo_requested = False
        self.setup_requested = False
        self._pair = pair
        self._collecting = collect
        self._release = closing
        self._drawn: tuple[PictureScreen[Any], object, int] | None = None
        self._ticked = 0
        self._attentive = AttentionTracker()
        self.rounds: Rounds | None = None
        self._zone: tzinfo = UTC if session is None else session.store.zone
        self.own_themes = OwnThemes(self)
        self._following: asyncio.Task[None] | None = None
        wanted = theme or DEFAULT
        if wanted not in self.available_themes:
            raise ConfigError(f"no theme {wanted!r}: choose one of {', '.join(self.own_themes.names)}")
        self.theme = wanted
        if self.keys:
            self._change_keys()

    def _change_keys(self) -> None:
        wrong = faults(self.keys)
        if wrong:
            raise ConfigError(*wrong)
        self.set_keymap({name: normal(each) for name, each in self.keys.items()})

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The toolkit's own commands, without those that ours say better."""
        yield from (each for each in super().get_system_commands(screen) if each.title in {"Theme", "Screenshot"})
        yield SystemCommand("Edit the theme", "every colour, seen at once", self.action_edit_theme)

    @classmethod
    def unconfigured(cls, theme: str | None = None) -> "PairwatchApp":
        """The page that says how to get a configuration."""
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
        """On a recording: its clock, its picture, no actions. `command` starts this program in another process."""
        from console.incidents.saving import ReplayIncidents

        incidents = ReplayIncidents(player.between, paths.incidents())
        session = Session(player.store, player=player, incidents=incidents, command=command)
        return cls(session, pair, theme, fleet=fleet, keys=keys)

    def begin_at(self, place: str, *, alone: bool = False, words: str = "") -> None:
        """Begin at a place instead of at the pair. `alone`: no other place can be opened; `words`: the logs' filter."""
        self._first_place, self._alone, self._first_words = place, alone, words

    def _screen_opened(self) -> None:
        """A closed screen leaves memory that only the garbage collector frees."""
        if self.rounds is not None:
            self.rounds.screens += 1

    @property
    def theme_names(self) -> list[str]:
        """The product's themes and the user's."""
        return self.own_themes.names

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """So that the toolkit's own themes, which know nothing of ours, can be chosen too."""
        return dict(VARIABLES)

    def _first_screen(self) -> Screen[Any]:
        if self.session is None:
            from console.tui.screens.welcome import WelcomeScreen

            return WelcomeScreen(paths.config_file(), self.begin)
        if self._first_place == "logs":
            return LogsScreen(self.session, self._pair, words=self._first_words)
        if self._first_place:
            return place_screen(self._first_place, self.session, self._pair)
        if self._fleet:
            return FleetScreen(self.session, self._pair)
        return PairScreen(self.session, self._pair)

    def on_mount(self) -> None:
        self.push_screen(self._first_screen())
        self._say_theme_faults()
        # No worker of the toolkit: those are waited for, and this one never ends.
        self._following = asyncio.create_task(self._follow_themes())
        if self.session is not None:
            self.set_interval(TICK_SECONDS, self._tick)
        if self._collecting is not None:
            self.run_worker(self._collecting(), exit_on_error=True)

    async def _follow_themes(self) -> None:
        """Show the user's themes as they are saved."""
        async for _ in changes(paths.user_themes()):
            self.own_themes.load()
            self._say_theme_faults()

    def _say_theme_faults(self) -> None:
        for name, reason in self.own_themes.faults():
            self.notify(f"{name}: {reason}", title="Theme not used", severity="warning")

    async def on_unmount(self) -> None:
        if self._following is not None:
            self._following.cancel()
        if self._release is not None:
            await self._release()

    async def on_event(self, event: events.Event) -> None:
        if self.rounds is not None and isinstance(event, events.InputEvent):
            self.rounds.touched = time.monotonic()
        await super().on_event(event)

    def _tick(self) -> None:
        """Time passes: move a replay on, let alarms notice the clock, draw when anything is new."""
        session = self.session
        if session is None:
            return
        if session.player is not None:
            session.player.advance(TICK_SECONDS)
        second = int(session.now)
        if self._ticked != second:
            self._ticked = second
            session.store.tick()
        self._call(session)
        stack = self.screen_stack
        if not stack:
            return  # The console is closing, and this tick was on its way already.
        screen = stack[-1]
        # A screen that was just pushed, or that is going, has no widgets to draw on.
        if isinstance(screen, PictureScreen) and screen.is_mounted and screen.is_running:
            self._draw(screen, second)
        if self.rounds is not None and self.rounds.due(time.monotonic()):
            self.rounds.made(time.monotonic())

    def _draw(self, screen: PictureScreen[Any], second: int) -> None:
        """Draw it where what it shows is another, and once a second, since times run on."""
        drawn, shown = self._drawn, screen.shown
        if drawn is None or drawn[0] is not screen or drawn[1] is not shown or drawn[2] != second:
            screen.draw_now()
            self._drawn = (screen, shown, second)

    def _call(self, session: Session) -> None:
        """Ring, or have the terminal notify, for what is new and critical; never in a replay."""
        if session.attention == "off" or session.player is not None:
            return
        written = terminal_sequence(self._attentive.new_alarms(session.store.picture), session.attention, os.environ)
        # The toolkit has no public way to write what it does not know.
        if written and self._driver is not None:
            self._driver.write(written)

    def action_help(self) -> None:
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen, self.keys))

    def action_save_incident(self) -> None:
        """Save what was recorded of the pair to one file."""
        session = self.session
        if session is None or self.navigator is None or not isinstance(self.screen, PictureScreen):
            return
        if session.incidents is None:
            self.notify("Nothing is recorded: the journal cannot be opened.", severity="warning")
            return
        from console.tui.screens.save_incident import SaveIncidentDialog

        self.push_screen(SaveIncidentDialog(session, session.incidents, self.navigator.pair))

    def action_copy_words(self) -> None:
        """Copy what is true of the pair, in words, to the clipboard of the operator's terminal (OSC 52)."""
        session = self.session
        if session is None or self.navigator is None or not isinstance(self.screen, PictureScreen):
            return
        pair = self.navigator.pair
        self.copy_to_clipboard(in_words(session.store.pair(pair), session.now, session.store.zone))
        self.notify(f"{pair} in words is on the clipboard, if the terminal takes it (OSC 52).")

    def action_universal(self) -> None:
        """Show times in UTC, or in the operator's zone again."""
        session = self.session
        if session is not None and isinstance(self.screen, PictureScreen):
            session.store.zone = self._zone if session.store.zone is UTC else UTC
            self.screen.draw_now()

    def action_go(self, name: str) -> None:
        """Open a place on the pair that is shown."""
        if self.navigator is not None:
            self.navigator.go(name)

    def action_leave_pair(self) -> None:
        """From a pair to the fleet."""
        if self.navigator is not None:
            self.navigator.leave_pair()

    def action_next_pair(self) -> None:
        """The next configured pair."""
        if self.navigator is not None:
            self.navigator.next_pair()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """With one pair there is no next one, and from a place that is alone nowhere to go."""
        if action == "go":
            return not self._alone
        if action == "next_pair":
            return self.session is not None and len(self.session.store.picture.pairs) > 1
        return True

    def action_next_theme(self) -> None:
        """The next of our themes."""
        own = self.own_themes
        position = own.names.index(own.name) if own.name in own.names else -1
        self.theme = own.names[(position + 1) % len(own.names)]

    def action_edit_theme(self) -> None:
        """Edit the theme in use, and use what was saved."""
        from console.tui.screens.theme_editor import ThemeEditorScreen

        def saved(name: str | None) -> None:
            if name is not None:
                self.own_themes.load()
                self.own_themes.show(name)
                self.notify(
                    f'{paths.user_themes() / name}.toml; to have it always: theme = "{name}"', title="Theme saved"
                )

        self.push_screen(ThemeEditorScreen(self.current_theme, paths.user_themes()), saved)

    def action_demo(self) -> None:
        """Leave, and have the command start the demo."""
        self.demo_requested = True
        self.exit()

    def begin(self) -> None:
        """Leave, and have the command open the console on the configuration that was just written."""
        self.setup_requested = True
        self.exit()
