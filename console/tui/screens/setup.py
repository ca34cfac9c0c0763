"""The first run: two addresses and a user. The servers report the rest, which is shown before it is written."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Label, Static

from console.errors import ConfigError
from console.firstrun.probe import ProbedPair, ProbeResult, ServerAddress, api_address, probe
from console.firstrun.writing import write_configuration
from console.insight.limits import SKEW_LIMIT_SECONDS
from console.tui.keys.dialog_keymap import SETUP
from console.tui.screens.atomic import AtomicScreen
from console.tui.widgets.choice import Tick
from console.tui.widgets.key_footer import KeyFooter

FIELDS: tuple[tuple[str, str, str], ...] = (
    ("main", "One server", "dhcp-a.example.net:8067, or http://127.0.0.11:8067"),
    ("backup", "Its partner", "dhcp-b.example.net:8067"),
    ("user", "User of the API", "admin; a control agent of Kea may need none"),
    ("password", "Password", "of the user"),
    ("other", "Partner's password", "if it differs"),
    ("environment", "Environment", "production, lab, ... shown on every screen"),
)


class SetupScreen(AtomicScreen[None]):
    """A form. Enter probes both servers; then F10 writes the configuration and opens the console."""

    CSS_PATH = "setup.tcss"
    AUTO_FOCUS = "#main"

    BINDINGS: ClassVar[list[BindingType]] = SETUP.bindings()

    def __init__(self, path: Path, begin: Callable[[], None]) -> None:
        """`begin` is called after the configuration was written."""
        super().__init__()
        self._path = path
        self._begin = begin
        self._found: ProbedPair | None = None

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static("Watch a pair", classes="head")
            for name, label, hint in FIELDS:
                with Horizontal():
                    yield Label(label)
                    yield Input(id=name, placeholder=hint, password=name in {"password", "other"}, max_length=200)
            yield Tick("allow actions from here (otherwise read-only)", id="write")
            yield Static("", id="result", markup=False)
            yield Static(f"The configuration will be written to {self._path}", id="where", markup=False)
        yield KeyFooter()

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        """Require a new probe after a change: the result is about other values."""
        if event.input.id != "environment":
            self._found = None
            self.refresh_bindings()

    def action_ask(self) -> None:
        try:
            apis = [api_address(self._value("main")), api_address(self._value("backup"))]
        except ValueError as error:
            self._show(str(error))
            return
        user, password = self._value("user"), self._value("password")
        other = self._value("other") or password
        self._show("Polling both servers ...")
        self._ask((ServerAddress(apis[0], user, password), ServerAddress(apis[1], user, other)))

    @work(exclusive=True, group="setup")
    async def _ask(self, addresses: tuple[ServerAddress, ServerAddress]) -> None:
        result = await probe(addresses, time.time)
        self._found = result.found
        self._show("\n".join(_result_lines(result)))
        self.refresh_bindings()

    def action_save(self) -> None:
        if self._found is None:
            return
        try:
            write_configuration(
                self._path, self._found, self._value("environment"), self.query_one("#write", Tick).value
            )
        except ConfigError as error:
            self._show(str(error))
            return
        self._begin()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the key that writes the configuration until both servers have answered."""
        return None if action == "save" and self._found is None else True

    def _show(self, words: str) -> None:
        field = self.query_one("#result", Static)
        field.update(words)
        self.call_after_refresh(field.scroll_visible)


def _result_lines(result: ProbeResult) -> list[str]:
    """The result, with what the operator should read before the configuration is written."""
    lines = list(result.lines)
    if result.found is None:
        return [*lines, "", result.fault or ""]
    found = result.found
    lines += ["", f"The pair {found.pair}: main {found.main.name} {found.main.state}, backup {found.backup.name} "]
    lines[-1] += f"{found.backup.state}. F10 writes the configuration and opens the console."
    for server in (found.main, found.backup):
        if abs(server.offset_seconds) > SKEW_LIMIT_SECONDS:
            lines.append(f"! {server.name}'s clock is {server.offset_seconds:+.0f} s from this host's: correct NTP")
        if server.address.api.startswith("http:") and not server.address.api.startswith("http://127."):
            lines.append(f"! {server.address.api} has no TLS: the password can be read on the network")
    return lines
