"""The field for the typed name of a pair, which confirms an action.

Most terminals mark a paste and send it as one event, which is refused here. Other terminals send it as keys, including
line breaks, without a pause. Therefore the field measures the time between the last key and the Enter. It uses the
times at which the terminal sent the keys, so that a delay before they are handled does not matter.
"""

from math import inf

from textual import events
from textual.message import Message
from textual.widgets import Input

TOO_FAST = "NOT DONE: Enter came together with the text, as in a paste. Check again, then press Enter."


class TypedName(Input):
    """A field that refuses a paste."""

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
