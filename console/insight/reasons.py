"""Why a condition does not hold, for guards and for the steps of runbooks.

A condition has three outcomes. `None`: it holds. A text: it does not hold, and the text is why. `CannotTell`: a fact is
missing, so it may or may not hold. It never counts as holding.
"""


class CannotTell(str):
    """A reason of the third outcome: the console cannot tell whether the condition holds."""

    __slots__ = ()


def unknown(reason: str | None) -> CannotTell | None:
    """This reason as one that the console cannot tell; `None` where there is none."""
    return None if reason is None else CannotTell(reason)


def kept(reason: str, text: str) -> str:
    """`text` with the outcome of `reason`: a longer sentence about the same condition."""
    return CannotTell(text) if isinstance(reason, CannotTell) else text
