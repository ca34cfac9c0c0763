"""The field for the typed name of a pair, which confirms an action.

A terminal that marks what is pasted gives it as one event, which is refused here. One that does not gives it as keys,
among them every line break, as fast as they are read: so the field says how long before the Enter the key before it
came, by the times at which the terminal gave them, however long they lay before anything looked at them.
"""

from math import inf

from textual import events
from textual.message import Message
from textual.widgets import Input

HURRIED = "NOT DONE: Enter came together with the text, as in a paste. Check again, then press Enter."


class TypedName(Input):
    """A field that cannot be pasted into."""

    class Pasted(Message):
        """A paste was refused."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._key_at = -inf
        self.pause = inf
        """Seconds between the last key and the one before it."""

    # The toolkit calls these before its own handlers: a paste must not reach them, a key must.

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]
        self.pause, self._key_at = event.time - self._key_at, event.time

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.post_message(self.Pasted())
