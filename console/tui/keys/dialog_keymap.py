"""The keys of the screens that are not places: actions, dialogs, the first start, the theme editor and the help."""

from console.tui.keys.scope import NEVER, Key, Scope

ACTION = Scope(
    "ActionScreen",
    None,
    (
        Key("act.next", "enter", "go_on", "Continue", changes=True),
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
        Key("act.next", "enter", "go_on", "Continue", changes=True),
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
    (Key("save-incident.save", "enter", "save", "Save", priority=True, changes=True),),
)

SETUP = Scope(
    "SetupScreen",
    None,
    (
        Key("setup.ask", "enter", "ask", "Ask both servers", priority=True),
        Key("setup.save", "f10", "save", "Write and open", priority=True, changes=True),
        Key("setup.back", "escape", "dismiss", "Back", priority=True),
    ),
)

THEME_EDITOR = Scope(
    "ThemeEditorScreen",
    None,
    (
        Key("theme.save", "ctrl+s", "save", "Save", priority=True, changes=True),
        Key("theme.leave", "escape", "leave", "Leave", priority=True),
    ),
)

HELP = Scope(
    "HelpScreen",
    None,
    (
        Key("help.up", "up", "scroll(-1)", "Up", footer=NEVER),
        Key("help.down", "down", "scroll(1)", "Down", footer=NEVER),
        Key("help.page-up", "pageup", "page(-1)", "Page up", footer=NEVER),
        Key("help.page-down", "pagedown", "page(1)", "Page down", footer=NEVER),
        Key("help.back", "escape,f1", "back", "Back"),
    ),
)

WELCOME = Scope(
    "WelcomeScreen",
    None,
    (
        Key("welcome.set-up", "enter,w", "set_up", "Watch a pair", changes=True),
        Key("welcome.demo", "d", "app.demo", "Start the demo", changes=True),
    ),
)
