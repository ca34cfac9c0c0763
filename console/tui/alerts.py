"""The bell, or a notification of the terminal, for new critical alarms."""

import os

from textual.app import App

from console.notify.attention import AttentionTracker, terminal_sequence
from console.tui.session import Session


class Alerts:
    """Alerts the operator at the terminal of an app."""

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._tracker = AttentionTracker()

    def give(self, session: Session) -> None:
        """Alert for the new alarms of a session; never in a replay."""
        if session.attention == "off" or session.player is not None:
            return
        written = terminal_sequence(self._tracker.new_alarms(session.store.picture), session.attention, os.environ)
        # The toolkit has no public method to write a sequence that it does not support.
        if written and self._app._driver is not None:
            self._app._driver.write(written)
