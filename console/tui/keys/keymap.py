"""Every key of the console, as data. The screens and the app read their bindings from here; those of dialogs
are in dialog_keymap.py, and those of widgets in widget_keymap.py.

    [keys]
    "go.alarms" = "A"                       the name of a binding, and one key or several: "A,ctrl+a"
    "pair.set-partner-down" = "ctrl+d"

A scope has the keys of one screen or the app. A name is unique in its scope. The same name in two scopes is
the same binding: a user changes both at once. Users rely on these names: do not rename one.
"""

from console.tui.keys.dialog_keymap import (
    ACTION,
    DIALOG,
    HELP,
    SAVE_INCIDENT,
    SET_PARTNER_DOWN,
    SETUP,
    THEME_EDITOR,
    WELCOME,
)
from console.tui.keys.scope import LATER, NEVER, Footing, Key, Place, Scope

PLACES: tuple[Place, ...] = (
    Place("fleet", "f", "Fleet", "every pair, the worst first", footer=LATER),
    Place("alarms", "a", "Alarms", "every alarm: acknowledge, silence, close, filter"),
    Place("diagnosis", "w", "Diagnose", "what is wrong, how certain it is, what to do"),
    Place("actions", "o", "Actions", "the actions on the pair, and why one is not offered"),
    Place("runbooks", "r", "Runbooks", "what to do, step by step"),
    Place("logs", "l", "Logs", "the logs of both partners by time: filter, search, follow"),
    Place("timeline", "t", "Timeline", "the events of both partners on one time axis"),
    Place("numbers", "number_sign", "Numbers", "the numbers that matter, each explained", footer=LATER),
    Place("charts", "C", "Charts", "each pool over time, from 15 minutes to 7 days", footer=LATER),
    Place("lease", "i", "Lease", "one lease at both servers, explained", footer=LATER),
    Place("leases", "L", "Leases", "the leases of both partners in one list, with a search", footer=LATER),
    Place("handover", "H", "Handover", "what the next shift has to know, and the pinned notes", footer=LATER),
    Place("quality", "K", "Alarm quality", "the alarms of a day or a week against ISA-18.2", footer=LATER),
    Place("incidents", "I", "Incidents", "the saved incidents, each of which opens as a replay", footer=LATER),
)
"""In the order of the footer, which has those that fit the width. The palette and the help list all of them.

`console.tui.place_screens` has the screen of each place.
"""


def _places(footer: Footing | None = None) -> tuple[Key, ...]:
    """The keys of the places. `footer`: for all of them, in place of their own."""
    return tuple(
        Key(
            f"go.{place.name}",
            place.key,
            f"app.go('{place.name}')",
            place.title,
            place.footer if footer is None else footer,
        )
        for place in PLACES
    )


APP = Scope(
    "PairwatchApp",
    None,
    (
        Key("app.help", "question_mark,f1", "help", "Help"),
        Key("app.save-incident", "S", "save_incident", "Save incident", footer=LATER, changes=True),
        Key("app.utc", "U", "toggle_utc", "UTC or local", footer=LATER),
        Key("app.copy", "Y", "copy_text", "Copy", footer=LATER),
        Key("app.theme", "T", "next_theme", "Theme", footer=LATER),
        Key("app.palette", "ctrl+p", "command_palette", "Palette", footer=LATER, priority=True),
        Key("app.command", "colon", "command_palette", "Command", footer=NEVER),
        Key("app.reload", "R", "reload", "Read the configuration again", footer=LATER),
        Key("app.suspend", "ctrl+z", "suspend_process", "Suspend", footer=NEVER),
        Key("app.quit", "q", "quit", "Quit"),
    ),
)

PLACE = Scope(
    "PlaceScreen",
    None,
    (
        *_places(LATER),
        Key("move.down", "j", "press('down')", "Down", footer=NEVER),
        Key("move.up", "k", "press('up')", "Up", footer=NEVER),
        Key("move.first", "g", "press('home')", "First", footer=NEVER),
        Key("move.last", "G", "press('end')", "Last", footer=NEVER),
        Key("match.next", "n", "match(1)", "Next match", footer=NEVER),
        Key("match.before", "N", "match(-1)", "Previous match", footer=NEVER),
        Key("search", "slash", "search", "Search", footer=LATER),
        Key("replay.play", "space", "play", "Play/pause", footer=LATER),
        Key("replay.back", "left_square_bracket", "seek(-1)", "Back", footer=LATER),
        Key("replay.forward", "right_square_bracket", "seek(1)", "Forward", footer=LATER),
        Key("replay.event-before", "left_curly_bracket", "event(-1)", "Previous event", footer=NEVER),
        Key("replay.event-next", "right_curly_bracket", "event(1)", "Next event", footer=NEVER),
        Key("replay.faster", "plus,equals_sign", "speed(1)", "Faster", footer=NEVER),
        Key("replay.slower", "minus", "speed(-1)", "Slower", footer=NEVER),
    ),
)

PAIR = Scope(
    "PairScreen",
    PLACE,
    (
        *_places(),
        Key("pair.set-partner-down", "d", "set_partner_down", "Set Partner Down", footer=LATER, changes=True),
        Key("pair.expert", "e", "expert", "Expert", footer=LATER, changes=True),
        Key("pair.next", "p", "app.next_pair", "Next pair"),
        Key("pair.tab-alarms", "1", "tab('alarms')", "Alarms", footer=NEVER),
        Key("pair.tab-log", "2", "tab('log')", "Log", footer=NEVER),
        Key("pair.tab-traps", "3", "tab('traps')", "Traps", footer=NEVER),
        Key("pair.tab-story", "4", "tab('events')", "Events", footer=NEVER),
        Key("pair.tab-chart", "5", "tab('chart')", "Chart", footer=NEVER),
        Key("pair.back", "left", "seek(-1)", "Back", footer=NEVER),
        Key("pair.forward", "right", "seek(1)", "Forward", footer=NEVER),
        Key("pair.leave", "escape", "app.leave_pair", "Leave", footer=LATER),
    ),
)

FLEET = Scope(
    "FleetScreen",
    PLACE,
    (
        Key("fleet.open-pair", "enter", "open", "Open"),
        Key("fleet.filter", "slash", "filter", "Filter"),
        *_places(),
        Key("fleet.back", "escape", "back", "Back"),
    ),
)

ALARMS = Scope(
    "AlarmsScreen",
    PLACE,
    (
        Key("alarms.acknowledge", "a", "acknowledge", "Ack", changes=True),
        Key("alarms.acknowledge-all", "A", "acknowledge_all", "Ack all", footer=LATER, changes=True),
        Key("alarms.unacknowledge", "u", "unacknowledge", "Unack", changes=True),
        Key("alarms.suppress", "s", "suppress", "Silence", changes=True),
        Key("alarms.unsuppress", "x", "unsuppress", "Unsilence", footer=LATER, changes=True),
        Key("alarms.plan", "p", "plan", "Plan a silence", footer=LATER, changes=True),
        Key("alarms.unplan", "P", "unplan", "Remove a plan", footer=LATER, changes=True),
        Key("alarms.close", "c", "close_alarm", "Close", changes=True),
        Key("alarms.filter", "v", "filter", "Show"),
        Key("alarms.open", "enter", "open", "Open", priority=True),
        Key("alarms.back", "escape", "dismiss", "Back"),
    ),
)

DIAGNOSIS = Scope(
    "DiagnosisScreen",
    PLACE,
    (
        Key("diagnosis.compare", "c", "compare", "Compare configs"),
        Key("diagnosis.back", "escape", "back", "Back"),
    ),
)

ACTIONS = Scope(
    "ActionsScreen",
    PLACE,
    (
        Key("actions.open", "enter", "open", "Open", changes=True),
        Key("actions.up", "up", "move(-1)", "Up", footer=NEVER),
        Key("actions.down", "down", "move(1)", "Down", footer=NEVER),
        Key("actions.first", "home", "edge(0)", "First", footer=NEVER),
        Key("actions.last", "end", "edge(1)", "Last", footer=NEVER),
        Key("actions.expert", "e", "expert", "Expert", changes=True),
        Key("actions.back", "escape", "close", "Back"),
    ),
)

RUNBOOK = Scope(
    "RunbookScreen",
    PLACE,
    (
        Key("runbook.run", "enter", "run", "Run"),
        Key("runbook.done", "y", "tick", "Done", changes=True),
        Key("runbook.skip", "s", "skip", "Skip", changes=True),
        Key("runbook.undo", "u", "undo", "Take back", changes=True),
        Key("runbook.abort", "x", "abort", "Abort", changes=True),
        Key("runbook.copy", "c", "copy", "Copy commands", footer=LATER),
        Key("runbook.up", "up", "move(-1)", "Up", footer=NEVER),
        Key("runbook.down", "down", "move(1)", "Down", footer=NEVER),
        Key("runbook.first", "home", "edge(0)", "First", footer=NEVER),
        Key("runbook.last", "end", "edge(1)", "Last", footer=NEVER),
        Key("runbook.back", "escape", "back", "Back"),
    ),
)

LOGS = Scope(
    "LogsScreen",
    PLACE,
    (
        Key("logs.filter", "slash", "enter('filter')", "Filter"),
        Key("logs.search", "s", "enter('search')", "Search"),
        Key("logs.find-next", "n,full_stop", "find(1)", "Next"),
        Key("logs.find-before", "N,comma", "find(-1)", "Previous"),
        Key("logs.time", "at", "enter('time')", "Time"),
        Key("logs.details", "enter", "details", "Line"),
        Key("logs.copy", "c", "copy", "Copy"),
        Key("logs.by-client", "1", "by('client')", "By client", footer=NEVER),
        Key("logs.by-address", "2", "by('address')", "By address", footer=NEVER),
        Key("logs.by-id", "3", "by('id')", "By id", footer=NEVER),
        Key("logs.by-server", "4", "by('server')", "By server", footer=NEVER),
        Key("logs.by-level", "5", "by('level')", "By level", footer=NEVER),
        Key("logs.back", "escape", "back", "Back"),
    ),
)

TIMELINE = Scope(
    "TimelineScreen",
    PLACE,
    (
        Key("timeline.mark", "m", "mark", "Mark"),
        Key("timeline.filter", "slash", "filter", "Filter"),
        Key("timeline.details", "enter", "details", "Event"),
        Key("timeline.logs", "v", "logs", "Logs"),
        Key("timeline.routine", "x", "routine", "Routine"),
        Key("timeline.state", "1", "source('state')", "State", footer=NEVER),
        Key("timeline.contact", "2", "source('contact')", "Contact", footer=NEVER),
        Key("timeline.poll", "3", "source('poll')", "Poll", footer=NEVER),
        Key("timeline.trap", "4", "source('trap')", "Trap", footer=NEVER),
        Key("timeline.log", "5", "source('log')", "Log", footer=NEVER),
        Key("timeline.alarm", "6", "source('alarm')", "Alarm", footer=NEVER),
        Key("timeline.operator", "7", "source('operator')", "Operator", footer=NEVER),
        Key("timeline.back", "escape", "back", "Back"),
    ),
)

NUMBERS = Scope(
    "NumbersScreen",
    PLACE,
    (Key("numbers.back", "escape", "dismiss", "Back"),),
)

CHARTS = Scope(
    "ChartsScreen",
    PLACE,
    (
        Key("charts.range", "v", "range(1)", "Range"),
        Key("charts.range-before", "V", "range(-1)", "Range before", footer=NEVER),
        Key("charts.enlarge", "enter", "enlarge", "Enlarge"),
        Key("charts.quarter", "1", "range_of(0)", "15 minutes", footer=NEVER),
        Key("charts.hour", "2", "range_of(1)", "1 hour", footer=NEVER),
        Key("charts.day", "3", "range_of(2)", "24 hours", footer=NEVER),
        Key("charts.week", "4", "range_of(3)", "7 days", footer=NEVER),
        Key("charts.up", "up", "move(-1)", "Previous pool", footer=NEVER),
        Key("charts.down", "down", "move(1)", "Next pool", footer=NEVER),
        Key("charts.first", "home", "edge(0)", "First pool", footer=NEVER),
        Key("charts.last", "end", "edge(1)", "Last pool", footer=NEVER),
        Key("charts.back", "escape", "back", "Back"),
    ),
)

LEASE = Scope(
    "LeaseScreen",
    PLACE,
    (
        Key("lease.ask", "slash", "ask", "Look up"),
        Key("lease.again", "u", "again", "Ask again"),
        Key("lease.logs", "v", "logs", "Logs"),
        Key("lease.before", "left", "choose(-1)", "Previous address", footer=NEVER),
        Key("lease.next", "right", "choose(1)", "Next address", footer=NEVER),
        Key("lease.back", "escape", "dismiss", "Back"),
    ),
)

LEASES = Scope(
    "LeasesScreen",
    PLACE,
    (
        Key("leases.search", "slash", "search", "Search"),
        Key("leases.fleet", "v", "fleet", "All pairs"),
        Key("leases.again", "u", "again", "Read again"),
        Key("leases.back", "escape", "back", "Back"),
    ),
)

HANDOVER = Scope(
    "HandoverScreen",
    PLACE,
    (
        Key("handover.pin", "m", "pin", "Pin a note", changes=True),
        Key("handover.unpin", "x", "unpin", "Remove a note", changes=True),
        Key("handover.back", "escape", "dismiss", "Back"),
    ),
)

QUALITY = Scope(
    "QualityScreen",
    PLACE,
    (
        Key("quality.range", "v", "range", "Range"),
        Key("quality.back", "escape", "dismiss", "Back"),
    ),
)

INCIDENTS = Scope(
    "IncidentsScreen",
    PLACE,
    (
        Key("incidents.open", "enter", "open", "Replay", priority=True),
        Key("incidents.again", "u", "again", "Read again"),
        Key("incidents.back", "escape", "dismiss", "Back"),
    ),
)

SCREENS: tuple[Scope, ...] = (
    ACTION,
    ACTIONS,
    ALARMS,
    CHARTS,
    DIAGNOSIS,
    DIALOG,
    FLEET,
    HANDOVER,
    HELP,
    INCIDENTS,
    LEASE,
    LEASES,
    LOGS,
    NUMBERS,
    PAIR,
    PLACE,
    QUALITY,
    RUNBOOK,
    SAVE_INCIDENT,
    SET_PARTNER_DOWN,
    SETUP,
    THEME_EDITOR,
    TIMELINE,
    WELCOME,
)
"""The scopes of the screens, by the name of their class. The keys of a widget cannot be changed."""
