"""Whether a console may change anything. Every change passes `Access.check`.

Each action on servers, alarms, runbooks, notes and silences writes to the audit log first, which asks the access. What
is written to files without an audit record asks it too.
"""

from enum import StrEnum

from console.errors import WatchOnlyError


class Access(StrEnum):
    """The access of one console. A console that only watches changes no server, no journal and no file."""

    OPERATE = "operate"
    WATCH_ONLY = "watch-only"

    def check(self) -> None:
        """Raises WatchOnlyError where nothing may be changed."""
        if self is Access.WATCH_ONLY:
            raise WatchOnlyError("this console is watch-only: nothing was done; use a console with a terminal")
