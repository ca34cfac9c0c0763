"""Every key of the console, as data. The screens and the app read their bindings from here; those of widgets
are in widget_keymap.py.

    [keys]
    "go.alarms" = "A"                       the name of a binding, and one key or several: "A,ctrl+a"
    "pair.set-partner-down" = "ctrl+d"

A scope has the keys of one screen or the app. A name is unique in its scope. The same name in two scopes is
the same binding: a user changes both at once. Users rely on these names: do not rename one.
"""

from console.tui.keys.scope import Key, Place, Scope

PLACES: tuple[Place, ...] = (
    Place("fleet", "f", "Fleet", "every pair, the worst first", shown=False),
    Place("alarms", "a", "Alarms", "every alarm: acknowledge, silence, close, filter"),
    Place("diagnosis", "w", "Diagnose", "what is wrong, how certain it is, what to do"),
    Place("actions", "o", "Actions", "the actions on the pair, and why one is not offered"),
    Place("runbooks", "r", "Runbooks", "what to do, step by step"),
    Place("logs", "l", "Logs", "the logs of both partners by time: filter, search, follow"),
    Place("timeline", "t", "Timeline", "the events of both partners on one time axis"),
    Place("numbers", "number_sign", "Numbers", "the numbers that matter, each explained", shown=False),
    Place("charts", "C", "Charts", "each pool over time, from 15 minutes to 7 days", shown=False),
    Place("lease", "i", "Lease", "one lease at both servers, explained", shown=False),
    Place("leases", "L", "Leases", "the leases of both partners in one list, with a search", shown=False),
    Place("handover", "H", "Handover", "what the next shift has to know, and the pinned notes", shown=False),
    Place("quality", "K", "Alarm quality", "the alarms of a day or a week against ISA-18.2", shown=False),
)
"""In the order of the footer, which fits on 80 columns. The palette and the help list all of them.

`console.tui.place_screens` has the screen of each place.
"""


def _places(*hidden: str, shown: bool = True) -> tuple[Key, ...]:
    """The keys of the places; those in `hidden` are not in the footer."""
    return tuple(
        Key(
            f"go.{place.name}",
            place.key,
            f"app.go('{place.name}')",
            place.title,
            shown=shown and place.shown and place.name not in hidden,
        )
        for place in PLACES
    )


APP = Scope(
    "PairwatchApp",
    None,
    (
        Key("app.help", "question_mark,f1", "help", "Help"),
        Key("app.save-incident", "S", "save_incident", "Save incident", shown=False),
        Key("app.utc", "U", "toggle_utc", "UTC or local", shown=False),
        Key("app.copy", "Y", "copy_text", "Copy", shown=False),
        Key("app.theme", "T", "next_theme", "Theme", shown=False),
        Key("app.palette", "ctrl+p", "command_palette", "Palette", shown=False, priority=True),
        Key("app.command", "colon", "command_palette", "Command", shown=False),
        Key("app.reload", "R", "reload", "Read the configuration again", shown=False),
        Key("app.suspend", "ctrl+z", "suspend_process", "Suspend", shown=False),
        Key("app.quit", "q", "quit", "Quit"),
    ),
)

PLACE = Scope(
    "PlaceScreen",
    None,
    (
        *_places(shown=False),
        Key("move.down", "j", "press('down')", "Down", shown=False),
        Key("move.up", "k", "press('up')", "Up", shown=False),
        Key("move.first", "g", "press('home')", "First", shown=False),
        Key("move.last", "G", "press('end')", "Last", shown=False),
        Key("match.next", "n", "match(1)", "Next match", shown=False),
        Key("match.before", "N", "match(-1)", "Previous match", shown=False),
        Key("search", "slash", "search", "Search", shown=False),
        Key("replay.play", "space", "play", "Play/pause", shown=False),
        Key("replay.back", "left_square_bracket", "seek(-1)", "Back", shown=False),
        Key("replay.forward", "right_square_bracket", "seek(1)", "Forward", shown=False),
        Key("replay.event-before", "left_curly_bracket", "event(-1)", "Previous event", shown=False),
        Key("replay.event-next", "right_curly_bracket", "event(1)", "Next event", shown=False),
        Key("replay.faster", "plus,equals_sign", "speed(1)", "Faster", shown=False),
        Key("replay.slower", "minus", "speed(-1)", "Slower", shown=False),
    ),
)

PAIR = Scope(
    "PairScreen",
    PLACE,
    (
        *_places(),
        Key("pair.set-partner-down", "d", "set_partner_down", "Set Partner Down", shown=False),
        Key("pair.expert", "e", "expert", "Expert", shown=False),
        Key("pair.next", "p", "app.next_pair", "Next pair"),
        Key("pair.tab-alarms", "1", "tab('alarms')", "Alarms", shown=False),
        Key("pair.tab-log", "2", "tab('log')", "Log", shown=False),
        Key("pair.tab-traps", "3", "tab('traps')", "Traps", shown=False),
        Key("pair.tab-story", "4", "tab('events')", "Events", shown=False),
        Key("pair.tab-chart", "5", "tab('chart')", "Chart", shown=False),
        Key("pair.back", "left", "seek(-1)", "Back", shown=False),
        Key("pair.forward", "right", "seek(1)", "Forward", shown=False),
        Key("pair.leave", "escape", "app.leave_pair", "Fleet", shown=False),
    ),
)

FLEET = Scope(
    "FleetScreen",
    PLACE,
    (
        *_places("logs", "timeline"),
        Key("fleet.open-pair", "enter", "open", "Open"),
        Key("fleet.filter", "slash", "filter", "Filter"),
        Key("fleet.back", "escape", "back", "Back", shown=False),
    ),
)

ALARMS = Scope(
    "AlarmsScreen",
    PLACE,
    (
        Key("alarms.acknowledge", "a", "acknowledge", "Ack"),
        Key("alarms.acknowledge-all", "A", "acknowledge_all", "Ack all", shown=False),
        Key("alarms.unacknowledge", "u", "unacknowledge", "Unack"),
        Key("alarms.suppress", "s", "suppress", "Silence"),
        Key("alarms.unsuppress", "x", "unsuppress", "Unsilence", shown=False),
        Key("alarms.close", "c", "close_alarm", "Close"),
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
        Key("actions.open", "enter", "open", "Open"),
        Key("actions.up", "up", "move(-1)", "Up", shown=False),
        Key("actions.down", "down", "move(1)", "Down", shown=False),
        Key("actions.first", "home", "edge(0)", "First", shown=False),
        Key("actions.last", "end", "edge(1)", "Last", shown=False),
        Key("actions.expert", "e", "expert", "Expert"),
        Key("actions.back", "escape", "close", "Back", shown=False),
    ),
)

RUNBOOK = Scope(
    "RunbookScreen",
    PLACE,
    (
        Key("runbook.run", "enter", "run", "Run"),
        Key("runbook.done", "y", "tick", "Done"),
        Key("runbook.skip", "s", "skip", "Skip"),
        Key("runbook.undo", "u", "undo", "Take back"),
        Key("runbook.abort", "x", "abort", "Abort"),
        Key("runbook.copy", "c", "copy", "Copy commands", shown=False),
        Key("runbook.up", "up", "move(-1)", "Up", shown=False),
        Key("runbook.down", "down", "move(1)", "Down", shown=False),
        Key("runbook.first", "home", "edge(0)", "First", shown=False),
        Key("runbook.last", "end", "edge(1)", "Last", shown=False),
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
        Key("logs.by-client", "1", "by('client')", "By client", shown=False),
        Key("logs.by-address", "2", "by('address')", "By address", shown=False),
        Key("logs.by-id", "3", "by('id')", "By id", shown=False),
        Key("logs.by-server", "4", "by('server')", "By server", shown=False),
        Key("logs.by-level", "5", "by('level')", "By level", shown=False),
        Key("logs.back", "escape", "back", "Back", shown=False),
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
        Key("timeline.state", "1", "source('state')", "State", shown=False),
        Key("timeline.contact", "2", "source('contact')", "Contact", shown=False),
        Key("timeline.poll", "3", "source('poll')", "Poll", shown=False),
        Key("timeline.trap", "4", "source('trap')", "Trap", shown=False),
        Key("timeline.log", "5", "source('log')", "Log", shown=False),
        Key("timeline.alarm", "6", "source('alarm')", "Alarm", shown=False),
        Key("timeline.operator", "7", "source('operator')", "Operator", shown=False),
        Key("timeline.back", "escape", "back", "Back", shown=False),
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
        Key("charts.range-before", "V", "range(-1)", "Range before", shown=False),
        Key("charts.enlarge", "enter", "enlarge", "Enlarge"),
        Key("charts.quarter", "1", "range_of(0)", "15 minutes", shown=False),
        Key("charts.hour", "2", "range_of(1)", "1 hour", shown=False),
        Key("charts.day", "3", "range_of(2)", "24 hours", shown=False),
        Key("charts.week", "4", "range_of(3)", "7 days", shown=False),
        Key("charts.up", "up", "move(-1)", "Previous pool", shown=False),
        Key("charts.down", "down", "move(1)", "Next pool", shown=False),
        Key("charts.first", "home", "edge(0)", "First pool", shown=False),
        Key("charts.last", "end", "edge(1)", "Last pool", shown=False),
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
        Key("lease.before", "left", "choose(-1)", "Previous address", shown=False),
        Key("lease.next", "right", "choose(1)", "Next address", shown=False),
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
        Key("handover.pin", "m", "pin", "Pin a note"),
        Key("handover.unpin", "x", "unpin", "Remove a note"),
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

ACTION = Scope(
    "ActionScreen",
    None,
    (
        Key("act.next", "enter", "go_on", "Continue"),
        Key("act.back", "escape", "go_back", "Back", priority=True),
        Key("act.server", "s,f3", "other_server", "Other server"),
        Key("act.choice", "c,f4", "other_choice", "Choose"),
        Key("act.expert", "f2", "expert", "Expert mode", priority=True),
    ),
)

SET_PARTNER_DOWN = Scope(
    "SetPartnerDownScreen",
    None,
    (
        Key("act.next", "enter", "go_on", "Continue"),
        Key("act.back", "escape", "go_back", "Back", priority=True),
        Key("act.expert", "f2", "expert", "Expert mode", priority=True),
    ),
)

DIALOG = Scope(
    "Dialog",
    None,
    (Key("dialog.cancel", "escape", "cancel", "Cancel", priority=True),),
)

SAVE_INCIDENT = Scope(
    "SaveIncidentDialog",
    DIALOG,
    (Key("save-incident.save", "enter", "save", "Save", priority=True),),
)

SETUP = Scope(
    "SetupScreen",
    None,
    (
        Key("setup.ask", "enter", "ask", "Ask both servers", priority=True),
        Key("setup.save", "f10", "save", "Write and open", priority=True),
        Key("setup.back", "escape", "dismiss", "Back", priority=True),
    ),
)

THEME_EDITOR = Scope(
    "ThemeEditorScreen",
    None,
    (
        Key("theme.save", "ctrl+s", "save", "Save", priority=True),
        Key("theme.leave", "escape", "leave", "Leave", priority=True),
    ),
)

HELP = Scope(
    "HelpScreen",
    None,
    (Key("help.back", "escape,question_mark,f1,q", "dismiss", "Back"),),
)

WELCOME = Scope(
    "WelcomeScreen",
    None,
    (
        Key("welcome.set-up", "enter,w", "set_up", "Watch a pair"),
        Key("welcome.demo", "d", "app.demo", "Start the demo"),
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
