"""The keys of widgets, as data. A user cannot change them."""

from console.tui.keys.scope import Key, Scope

FLEET_TABLE = Scope(
    "FleetTable",
    None,
    (
        Key("fleet.up", "up", "move(-1)", "Up", shown=False),
        Key("fleet.down", "down", "move(1)", "Down", shown=False),
        Key("fleet.page-up", "pageup", "page(-1)", "Page up", shown=False),
        Key("fleet.page-down", "pagedown", "page(1)", "Page down", shown=False),
        Key("fleet.first", "home", "end(0)", "First", shown=False),
        Key("fleet.last", "end", "end(1)", "Last", shown=False),
        Key("fleet.open", "enter", "choose", "Open"),
    ),
)

LEASE_TABLE = Scope(
    "LeaseTable",
    None,
    (
        Key("leases.up", "up", "move(-1)", "Up", shown=False),
        Key("leases.down", "down", "move(1)", "Down", shown=False),
        Key("leases.page-up", "pageup", "page(-1)", "Page up", shown=False),
        Key("leases.page-down", "pagedown", "page(1)", "Page down", shown=False),
        Key("leases.first", "home", "end(0)", "First", shown=False),
        Key("leases.last", "end", "end(1)", "Last", shown=False),
        Key("leases.open", "enter", "choose", "Open"),
    ),
)

LOG_VIEW = Scope(
    "LogView",
    None,
    (
        Key("logs.up", "up", "move(-1)", "Up", shown=False),
        Key("logs.down", "down", "move(1)", "Down", shown=False),
        Key("logs.page-up", "pageup", "page(-1)", "Page up", shown=False),
        Key("logs.page-down", "pagedown", "page(1)", "Page down", shown=False),
        Key("logs.first", "home", "first", "First", shown=False),
        Key("logs.follow", "end", "follow", "Follow", shown=False),
        Key("logs.left", "left", "scroll_sideways(-1)", "Left", shown=False),
        Key("logs.right", "right", "scroll_sideways(1)", "Right", shown=False),
    ),
)

TIMELINE_VIEW = Scope(
    "TimelineView",
    None,
    (
        Key("timeline.up", "up", "move(-1)", "Up", shown=False),
        Key("timeline.down", "down", "move(1)", "Down", shown=False),
        Key("timeline.page-up", "pageup", "page(-1)", "Page up", shown=False),
        Key("timeline.page-down", "pagedown", "page(1)", "Page down", shown=False),
        Key("timeline.first", "home", "edge(0)", "First", shown=False),
        Key("timeline.last", "end", "edge(1)", "Last", shown=False),
    ),
)

DATE_FIELD = Scope(
    "DateField",
    None,
    (
        Key("", "up", "step(1)", "Later", shown=False),
        Key("", "down", "step(-1)", "Earlier", shown=False),
    ),
)
