"""The action runners of the configured pairs, each made when it is first needed.

No action is open when the console starts, and the guarded actions take a tenth of the time to the first facts to load.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.actions.execute import ActionRunner


class ActionRunners(Mapping[str, "ActionRunner"]):
    """A runner for each of `pairs`, by the name of the pair. `make` returns a new runner."""

    def __init__(self, pairs: Mapping[str, object], make: "Callable[[str], ActionRunner]") -> None:
        self._pairs = pairs
        self._make = make
        self._made: dict[str, ActionRunner] = {}

    def __getitem__(self, pair: str) -> "ActionRunner":
        if pair not in self._pairs:
            raise KeyError(pair)
        if pair not in self._made:
            self._made[pair] = self._make(pair)
        return self._made[pair]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)
