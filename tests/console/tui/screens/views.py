"""Views: every screen in a typical situation. The snapshots compare them, and docs/ shows their pictures."""

import os
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

from textual.pilot import Pilot
from textual.widgets import Input

from console.actions.inquiries import Inquiries
from console.actions.operator import Operator
from console.actions.pins import PinActions
from console.incidents.saving import ReplayIncidents, file_name, incident_details, write
from console.insight.alarm_quality.episodes import Episode
from console.insight.alarm_quality.measures import measure
from console.journal.history import PlayedHistories
from console.makes.pairwatch.configuration import config_objects
from console.makes.pairwatch.leases import lease_facts
from console.model.leases import LeaseFacts
from console.model.observations import Health, Observation, OperatorAction, PollFailure
from console.model.picture import OWN, Severity
from console.state.replay import Player
from console.tui.app import PairwatchApp
from console.tui.screens.picture import PictureScreen
from console.tui.screens.text_page import TextPage
from console.tui.session import Session
from tests.console import scenes
from tests.console.fleets import fleet_store
from tests.console.insight.test_lease import lease
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, answer, status
from tests.console.tui.screens.stage import Stage, settle

SIZES = ((80, 24), (120, 40), (200, 60))
THEMES = ("night", "day", "contrast", "colour-blind")

Make = Callable[[], PairwatchApp]


@dataclass(frozen=True, slots=True)
class View:
    """An app, and the keys that open a screen of that class, or the action if no key opens it.

    `wide`: its pictures are taken at every size. `asks`: the last key opens a screen that a worker waits for, until it
    is answered.
    """

    name: str
    screen: str
    make: Make
    keys: Sequence[str] = field(default_factory=tuple)
    wide: bool = False
    asks: bool = False
    action: str = ""


def on(scene: Sequence[Sequence[Observation]], main: Any = None, backup: Any = None) -> Make:
    """The app with a scene. Its servers answer with the given statuses; without one they do not answer."""

    def make() -> PairwatchApp:
        stage = Stage(*scene, main=main, backup=backup)  # type: ignore[arg-type]
        stage.session.incidents = ReplayIncidents(lambda start, end: [], Path("/tmp"))
        return stage.app

    return make


def replayed() -> PairwatchApp:
    """A recording in which the main fails, paused in the middle."""
    observations = [each for part in scenes.MAIN_LOST for each in part]
    player = Player(observations, [scenes.pair()], ZONE)
    player.playing = False
    player.seek(NOW - 300)
    return PairwatchApp.replaying(player, None, PAIR)


def fleet() -> PairwatchApp:
    """Two hundred pairs, three of them with faults."""
    return PairwatchApp(Session(fleet_store(197)), "pair-000", fleet=True)


def unconfigured() -> PairwatchApp:
    """The app without a configuration."""
    return PairwatchApp.unconfigured()


def detailed() -> PairwatchApp:
    """Both servers run without contact for twelve minutes, with all fields in their answers."""
    scene = [
        answer(server, NOW - 60 * ago, ALONE if ago <= 12 else "NORMAL", pools=_pools(ago, fall))
        for ago in range(90, -1, -1)
        for server, fall in ((MAIN, 2), (BACKUP, 3))
    ]
    return Stage(scene).app


def _pools(ago: int, fall: int) -> list[dict[str, Any]]:
    """Two pools. New clients take `fall` addresses a minute from the second one."""
    leads = {
        "at": scenes.text(NOW),
        "sampled": 100,
        "limited": 12,
        "classes": [12, 0, 8, 20, 30, 30],
        "edges": [0, 900, 3600, 14_400, 86_400],
    }
    same: dict[str, Any] = {"lease_time": 259_200, "renewals": 90_000 - 40 * ago, "leads": leads}
    emptied = {**same, "new_clients": 5000 - fall * ago, "new_clients_15m": 15 * fall}
    return [scenes.pool(**same, new_clients=300), scenes.pool("wifi", 400 + fall * ago, 880, 4096, **emptied)]


def charted() -> PairwatchApp:
    """A quarter of an hour: contact is lost, the main is not seen for three minutes, and the backup loses addresses."""
    scene: list[Observation] = []
    for ago in range(1200, -1, -15):
        at, alone = NOW - ago, ago <= 720
        taken = 0 if ago > 720 else (720 - ago) // 4
        state = ALONE if alone else "NORMAL"
        change = {"at": scenes.text(NOW - 720), "from": "NORMAL", "to": ALONE, "reason": "contact lost"}
        for server in (MAIN, BACKUP):
            pools = [scenes.pool(), scenes.pool("wifi", 900 if server == MAIN else 880 - taken, 880, 4096)]
            limits = {"watched": True, "low": 20, "high": 25, "over": "scope", "value": "wifi", "is_low": False}
            pools[1]["thresholds"] = {**limits, "free": 1780 - taken, "configured": 4096}
            if server == BACKUP:
                pools[1]["new_clients"], pools[1]["new_clients_15m"] = 5000 + taken, 180
            if server == MAIN and 400 < ago < 580:
                scene += [PollFailure(at, PAIR, MAIN, "Connection refused")]
            else:
                scene += [answer(server, at, state, pools=pools, transitions=[change] if alone else [])]
    scene.append(OperatorAction(NOW - 300, PAIR, "jo", "acknowledge", "contact-lost"))
    stage = Stage(scene)
    stage.session.histories = PlayedHistories(lambda start, end: [each for each in scene if start <= each.at <= end])
    return stage.app


def both_families() -> PairwatchApp:
    """IPv4 addresses, IPv6 addresses and prefixes: new clients take some of each for a quarter of an hour."""
    scene = [
        answer(server, NOW - ago, pools=scenes.families((1200 - ago) // 15, server))
        for ago in range(1200, -1, -15)
        for server in (MAIN, BACKUP)
    ]
    stage = Stage(scene)
    stage.session.histories = PlayedHistories(lambda start, end: [each for each in scene if start <= each.at <= end])
    stage.servers = {server: _list_client(server, _leases_of_a_router(server)) for server in (MAIN, BACKUP)}
    for server, client in stage.servers.items():
        client.poll.return_value = answer(server, pools=scenes.families(80, server))
        client.leases.return_value = [lease_facts(_leases_of_a_router(server)[-1])]
    stage.session.inquiries = Inquiries(stage.store, {PAIR: stage.servers})
    return stage.app


def _leases_of_a_router(server: str) -> list[dict[str, Any]]:
    """What a delegating router has, and a free address in the share of the backup, which each server names its way."""
    duid = "00:03:00:01:02:50:00:00:00:17"
    names: dict[str, Any] = {"hardware": None, "client_id": duid, "fqdn": "router-23"}
    if server == BACKUP:
        names |= {"potential_sent": None, "potential_acked": None, "potential_received": lease()["potential_sent"]}
    address = lease(address="2001:db8:1:0:ed1a:8662:4cf6:bc55", scope="office-v6", association="IA_NA 1", **names)
    prefix = lease(address="2001:db8:8002:e00::/56", scope="office-pd", association="IA_PD 1", **names)
    free = {name: None for name in ("hardware", "state_expiration", "potential_sent", "potential_acked")}
    word = "available" if server == BACKUP else "other-available"
    return [
        lease(address="192.0.2.200", scope="office", binding_status="BACKUP", state=word, **free),
        address,
        prefix,
    ]


def lease_lookup() -> PairwatchApp:
    """Two servers whose records of a lease differ."""
    stage = Stage(*scenes.CALM)
    expired = lease(binding_status="EXPIRED", state="pending-available", potential_received=lease()["potential_sent"])
    stage.session.inquiries = Inquiries(
        stage.store, {PAIR: {MAIN: _lease_client(lease()), BACKUP: _lease_client(expired)}}
    )
    return stage.app


def lease_list() -> PairwatchApp:
    """Forty leases at the main; the backup has another state of one, and lacks one."""
    stage = Stage(*scenes.CALM)
    records = [
        lease(
            address=f"192.0.2.{number}",
            scope="scope-1",
            hardware=f"1,6,02:00:00:00:00:{number:02x}",
            potential_acked=None,
        )
        for number in range(1, 41)
    ]
    records[2]["host_name"] = "printer"
    other = [*records[:5], records[5] | {"binding_status": "EXPIRED", "state": "pending-available"}, *records[6:-1]]
    stage.servers = {MAIN: _list_client(MAIN, records), BACKUP: _list_client(BACKUP, other)}
    stage.session.inquiries = Inquiries(stage.store, {PAIR: stage.servers})
    return stage.app


def _list_client(server: str, records: list[dict[str, Any]]) -> Any:
    async def pages(scope: str) -> AsyncIterator[list[LeaseFacts]]:
        yield [lease_facts(each) for each in records if each["scope"] == scope]

    client = AsyncMock()
    client.poll.return_value = answer(server)
    client.lease_pages = pages
    return client


def handed_over() -> PairwatchApp:
    """The main is gone; an operator pinned a note and acknowledged an alarm."""
    note = OperatorAction(NOW - 60, PAIR, "jo", "pin-note", "n1", {"text": "the disk of dhcp-a is at the workshop"})
    ack = OperatorAction(NOW - 50, PAIR, "jo", "acknowledge", f"{PAIR}/other-server-not-responding/pair")
    stage = Stage(*scenes.MAIN_LOST, [note, ack], backup=LOST_BACKUP)
    stage.session.shift_actions = lambda start, end: [note, ack]
    stage.session.pin_actions = lambda: PinActions(stage.store, Operator("jo", "", ""), None)
    return stage.app


def saved_incidents() -> PairwatchApp:
    """A folder with two incidents, of which one is damaged after its first line, and a file that is not a recording."""
    folder = Path(tempfile.mkdtemp(prefix="pairwatch-incidents-"))
    recorded = [each for part in scenes.MAIN_LOST for each in part]
    for number, note in enumerate(("the main lost its disk; ticket 4711", "")):
        at = NOW - 86_400 * number
        write(
            recorded,
            folder / f"{file_name(PAIR, at)[:-3]}",
            incident_details(scenes.pair(), at - 1800, at, at, "jo", note),
        )
    damaged = min(folder.iterdir())
    damaged.write_bytes(damaged.read_bytes()[:-100])
    wrong = folder / "notes.jsonl"
    wrong.write_text("not a recording")
    os.utime(wrong, (NOW - 172_800, NOW - 172_800))
    stage = Stage(*scenes.CALM)
    stage.session.incident_folder = folder
    return stage.app


def measured() -> PairwatchApp:
    """A day with an alarm that was announced often."""
    found = [
        Episode(PAIR, f"{PAIR}/address-conflict/192.0.2.{n}", "address-conflict", Severity.CRITICAL, NOW - 3600 * n)
        for n in range(20)
    ]
    stage = Stage(*scenes.CALM)
    slots = range(int((NOW - 86400) // 600), int(NOW // 600) + 1)
    stage.session.quality = lambda start, end: measure(found, start, end, slots)
    return stage.app


def differing() -> PairwatchApp:
    """Two servers whose configurations differ."""
    stage = Stage(*scenes.CALM)
    scope = {"name": "wifi", "subnet": "10.64.0.0/20", "ranges": ["10.64.0.10-10.64.15.250"], "policy": "default"}
    configurations = {MAIN: scope, BACKUP: scope | {"ranges": ["10.64.0.10-10.64.7.250"]}}
    stage.session.inquiries = Inquiries(
        stage.store, {PAIR: {name: _config_client({"scope": [each]}) for name, each in configurations.items()}}
    )
    return stage.app


def _config_client(config: dict[str, Any]) -> Any:
    client = AsyncMock()
    client.config.return_value = config_objects(config)
    return client


def _lease_client(found: dict[str, Any]) -> Any:
    client = AsyncMock()
    client.leases.return_value = [lease_facts(found)]
    return client


def client_faults() -> list[Observation]:
    """What a server reports of its clients, relays and interfaces, with a fault of the console itself."""
    lines = (
        (18208, "Cannot receive packets of clients on eth0.20: the interface is gone."),
        (18134, "12 clients of the partner ask again and again, and it has given no lease for 3 min 00 s."),
        (18220, "No address is free in wifi for client 01:52:54:00:12:34:56."),
        (18221, "No scope serves the clients of relay 192.0.2.254: the request was dropped (41 more)."),
        (18222, "Scope 'wifi': all free addresses were offered to clients that did not request them."),
        (
            18228,
            "New clients of port 10.9.9.1/00:04:00:17:02:01 are not answered: more than 60 in a minute.",
        ),
    )
    found: list[Observation] = [
        scenes.log(str(number), words, MAIN, NOW - 50 + count, "Warning") for count, (number, words) in enumerate(lines)
    ]
    mibs = "MIB modules: /etc/pairwatch/mibs/UPS-MIB.txt: it needs the module RFC1628-TC (and 2 more: pairwatch doctor)"
    return [*found, Health(NOW - 20, OWN, "noc-1", {"source": mibs}, {})]


CLIENTS = on((*scenes.CALM, client_faults()))
ALONE = "COMMUNICATIONS-INTERRUPTED"
LOST_BACKUP = status(BACKUP, NOW, "COMMUNICATIONS-INTERRUPTED")
LOST = on(scenes.MAIN_LOST, backup=LOST_BACKUP)
RACE = on(
    scenes.RACE,
    main=status(MAIN, NOW, "COMMUNICATIONS-INTERRUPTED"),
    backup=status(BACKUP, NOW, "COMMUNICATIONS-INTERRUPTED"),
)

VIEWS: tuple[View, ...] = (
    View("pair-calm", "PairScreen", on(scenes.CALM), wide=True),
    View("pair-main-lost", "PairScreen", LOST, wide=True),
    View("pair-race", "PairScreen", RACE, wide=True),
    View("pair-both-down", "PairScreen", on(scenes.BOTH_DOWN)),
    View("pair-log", "PairScreen", LOST, ("2",)),
    View("pair-traps", "PairScreen", LOST, ("3",)),
    View("pair-events", "PairScreen", LOST, ("4",)),
    View("pair-chart", "PairScreen", LOST, ("5",)),
    View("pair-replay", "PairScreen", replayed),
    View("fleet", "FleetScreen", fleet, wide=True),
    View("alarms", "AlarmsScreen", LOST, ("a",)),
    View("pair-clients", "PairScreen", CLIENTS, wide=True),
    View("alarms-clients", "AlarmsScreen", CLIENTS, ("a",), wide=True),
    View("alarm-comment", "ReasonDialog", LOST, ("a", "a"), asks=True),
    View("runbook-skip", "ReasonDialog", LOST, ("r", "enter", "enter", "s", "s"), asks=True),
    View("alarm-silence", "UntilDialog", LOST, ("a", "s"), asks=True),
    View("alarm-plan", "PlanDialog", LOST, ("a", "p"), asks=True),
    View("logs-line", "LogsScreen", LOST, ("l", "up", "enter")),
    View("timeline-marked", "TimelineScreen", LOST, ("t", "up", "m", "up", "enter")),
    View("numbers", "NumbersScreen", detailed, ("number_sign",), wide=True),
    View("numbers-one-down", "NumbersScreen", LOST, ("number_sign",)),
    View("diagnosis", "DiagnosisScreen", LOST, ("w",), wide=True),
    View("diagnosis-calm", "DiagnosisScreen", on(scenes.CALM), ("w",)),
    View("diagnosis-configs", "DiagnosisScreen", differing, ("w",)),
    View("charts", "ChartsScreen", charted, ("C",), wide=True),
    View("charts-enlarged", "ChartsScreen", charted, ("C", "down", "enter"), wide=True),
    View("charts-nothing", "ChartsScreen", on(scenes.CALM), ("C", "v")),
    View("lease", "LeaseScreen", lease_lookup, ("i", *"192.0.2.7", "enter"), wide=True),
    View("leases", "LeasesScreen", lease_list, ("L",), wide=True),
    View("pair-families", "PairScreen", both_families, wide=True),
    View("numbers-families", "NumbersScreen", both_families, ("number_sign",)),
    View("charts-families", "ChartsScreen", both_families, ("C",), wide=True),
    View("leases-families", "LeasesScreen", both_families, ("L",), wide=True),
    View("lease-prefix", "LeaseScreen", both_families, ("L", "down", "enter")),
    View("handover", "HandoverScreen", handed_over, ("H",), wide=True),
    View("pair-note", "PairScreen", handed_over),
    View("quality", "QualityScreen", measured, ("K",), wide=True),
    View("incidents", "IncidentsScreen", saved_incidents, ("I",), wide=True),
    View("logs", "LogsScreen", LOST, ("l",), asks=True),
    View("timeline", "TimelineScreen", LOST, ("t",), wide=True),
    View("actions", "ActionsScreen", RACE, ("o",)),
    View("act-safe-period", "ActionScreen", RACE, ("o", "down", "enter")),
    View("act-stop", "ActionScreen", RACE, ("o", "down", "down", "down", "enter")),
    View("act-stop-confirm", "ActionScreen", RACE, ("o", "down", "down", "down", "enter", "enter")),
    View("runbooks", "RunbookScreen", LOST, ("r",)),
    View("runbook", "RunbookScreen", LOST, ("r", "enter", "enter")),
    View("runbook-abort", "RunbookScreen", LOST, ("r", "enter", "enter", "x")),
    View("runbook-replay", "RunbookScreen", replayed, ("r", "enter")),
    View("act-guards", "SetPartnerDownScreen", LOST, ("d",)),
    View("act-date", "SetPartnerDownScreen", LOST, ("d", "enter")),
    View("act-confirm", "SetPartnerDownScreen", LOST, ("d", "enter", "enter")),
    View("save-incident", "SaveIncidentDialog", LOST, ("S",)),
    View("help", "HelpScreen", on(scenes.CALM), ("question_mark",)),
    View("theme-editor", "ThemeEditorScreen", on(scenes.CALM), action="app.edit_theme"),
    View("welcome", "WelcomeScreen", unconfigured),
    View("setup", "SetupScreen", unconfigured, ("enter",)),
)


async def show(pilot: Pilot[Any], view: View) -> None:
    """Press the keys and wait until the screen is stable, without a blinking cursor."""
    await settle(pilot)
    for number, key in enumerate(view.keys, 1):
        await pilot.press(key)
        if view.asks and number == len(view.keys):
            await pilot.pause()
        else:
            await settle(pilot)
    if view.action:
        await pilot.app.run_action(view.action)
        await settle(pilot)
    await still(pilot)


async def still(pilot: Pilot[Any]) -> None:
    """Draw again after the last layout, as the app's timer would a moment later."""
    for each in pilot.app.screen.query(Input):
        each.cursor_blink = False
    await pilot.pause()
    if isinstance(pilot.app.screen, TextPage):
        # Its text grows when what was done has been read, in a thread, and with it the scrollbar changes.
        await pilot.app.workers.wait_for_complete([each for each in pilot.app.workers if each.node is pilot.app.screen])
        await pilot.pause()
    if isinstance(pilot.app.screen, PictureScreen):
        pilot.app.screen.draw_now()
    await pilot.pause()
