"""Completion at the prompt."""

from collections.abc import Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from dhcpserver.nrcmd.completion import NamesOf, candidates


class LineCompleter(Completer):
    """Completes the word before the cursor."""

    def __init__(self, names_of: NamesOf) -> None:
        self._names_of = names_of

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield what the word can be."""
        line = document.text_before_cursor
        words = line.split()
        if not words or line.endswith(" "):
            words.append("")
        for each in candidates(words, self._names_of):
            text = f'"{each}"' if " " in each else each
            # A value follows an equals sign, and the next word anything else.
            yield Completion(text if each.endswith("=") else f"{text} ", start_position=-len(words[-1]), display=each)
