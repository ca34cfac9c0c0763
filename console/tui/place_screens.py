"""The screen of each place. A screen is imported when it is first opened, which keeps the start fast."""

import importlib
from collections.abc import Mapping
from typing import Any

from textual.screen import Screen

from console.tui.session import Session

SCREENS: Mapping[str, str] = {
    "fleet": "console.tui.screens.fleet:FleetScreen",
    "alarms": "console.tui.screens.alarms:AlarmsScreen",
    "diagnosis": "console.tui.screens.diagnosis:DiagnosisScreen",
    "actions": "console.tui.screens.actions:ActionsScreen",
    "runbooks": "console.tui.screens.runbook:RunbookScreen",
    "logs": "console.tui.screens.logs:LogsScreen",
    "timeline": "console.tui.screens.timeline:TimelineScreen",
    "numbers": "console.tui.screens.numbers:NumbersScreen",
    "charts": "console.tui.screens.charts:ChartsScreen",
    "handover": "console.tui.screens.handover:HandoverScreen",
    "quality": "console.tui.screens.quality:QualityScreen",
    "incidents": "console.tui.screens.incidents:IncidentsScreen",
    "leases": "console.tui.screens.leases:LeasesScreen",
    "lease": "console.tui.screens.lease:LeaseScreen",
}
"""`module:class` by the name of the place. Each class takes a session and the name of a pair."""


def place_screen(place: str, session: Session, pair: str) -> Screen[Any]:
    """The screen of a place, on a pair. Raises KeyError for an unknown place."""
    module, _, name = SCREENS[place].partition(":")
    made: Screen[Any] = getattr(importlib.import_module(module), name)(session, pair)
    return made
