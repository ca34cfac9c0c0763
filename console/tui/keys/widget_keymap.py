"""The keys of widgets, as data. A user cannot change them."""

from console.tui.keys.scope import NEVER, Key, Scope


def _moving(name: str, edge: str = "end") -> tuple[Key, ...]:
    """The keys that move the cursor of a list. `edge`: the action that goes to its first and last row."""
    return (
        Key(f"{name}.up", "up", "move(-1)", "Up", footer=NEVER),
        Key(f"{name}.down", "down", "move(1)", "Down", footer=NEVER),
        Key(f"{name}.page-up", "pageup", "page(-1)", "Page up", footer=NEVER),
        Key(f"{name}.page-down", "pagedown", "page(1)", "Page down", footer=NEVER),
        Key(f"{name}.first", "home", f"{edge}(0)", "First", footer=NEVER),
        Key(f"{name}.last", "end", f"{edge}(1)", "Last", footer=NEVER),
    )


FLEET_TABLE = Scope("FleetTable", None, (*_moving("fleet"), Key("fleet.open", "enter", "choose", "Open")))

LEASE_TABLE = Scope("LeaseTable", None, (*_moving("leases"), Key("leases.open", "enter", "choose", "Open")))

TIMELINE_VIEW = Scope("TimelineView", None, _moving("timeline", "edge"))

LOG_VIEW = Scope(
    "LogView",
    None,
    (
        Key("logs.up", "up", "move(-1)", "Up", footer=NEVER),
        Key("logs.down", "down", "move(1)", "Down", footer=NEVER),
        Key("logs.page-up", "pageup", "page(-1)", "Page up", footer=NEVER),
        Key("logs.page-down", "pagedown", "page(1)", "Page down", footer=NEVER),
        Key("logs.first", "home", "first", "First", footer=NEVER),
        Key("logs.follow", "end", "follow", "Follow", footer=NEVER),
        Key("logs.left", "left", "scroll_sideways(-1)", "Left", footer=NEVER),
        Key("logs.right", "right", "scroll_sideways(1)", "Right", footer=NEVER),
    ),
)

DATE_FIELD = Scope(
    "DateField",
    None,
    (
        Key("", "up", "step(1)", "Later", footer=NEVER),
        Key("", "down", "step(-1)", "Earlier", footer=NEVER),
    ),
)

WIDGETS: tuple[Scope, ...] = (DATE_FIELD, FLEET_TABLE, LEASE_TABLE, LOG_VIEW, TIMELINE_VIEW)
"""The scopes of the widgets, by the name of their class."""
