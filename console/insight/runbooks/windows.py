"""Runbooks for Windows DHCP failover, with the lines of PowerShell.

The metrics have no state, so a person reads it with Get-DhcpServerv4Failover and ticks the steps.
"""

from console.insight.one_sided_pools import differing_pools
from console.insight.reasons import CannotTell
from console.insight.runbooks.steps import GONE, Runbook, Scene, Stage, Step
from console.model.phases import Phase
from console.model.picture import PairPicture
from console.model.profiles import MakeProfile

STATE = "Get-DhcpServerv4Failover -ComputerName {left} | Format-List Name,State,Mode,MaxClientLeadTime,PartnerServer"


def _powershell(pair: PairPicture) -> bool:
    return any(server.make.powershell for server in pair.servers.values())


def _lost_fits(scene: Scene) -> int:
    if not _powershell(scene.pair):
        return 0
    changes = [
        server.facts.counted_changes.last
        for server in scene.pair.servers.values()
        if server.facts is not None and server.facts.counted_changes is not None
    ]
    entered = {each.phase for each in changes if each is not None}
    return 80 if entered & {Phase.ALONE, Phase.TAKEN_OVER} or scene.facts(GONE) is None else 20


def _differ_fits(scene: Scene) -> int:
    if not _powershell(scene.pair):
        return 0
    return 70 if differing_pools(scene.pair, scene.now) else 15


def _alike(scene: Scene) -> str | None:
    found = differing_pools(scene.pair, scene.now)
    if found is None:
        return CannotTell("cannot tell whether the scopes agree: both servers must report them")
    return "; ".join(found) or None


def _settled() -> Step:
    return Step(
        "normal",
        "both",
        "Wait until State is Normal on both, and no update is pending.",
        ("Get-DhcpServerv4Failover -ComputerName {main}", "Get-DhcpServerv4Failover -ComputerName {backup}"),
    )


def _by_powershell(make: MakeProfile) -> bool:
    return make.powershell


WINDOWS_PARTNER_LOST = Runbook(
    "windows-partner-lost",
    "Partner lost (Windows)",
    "a Windows server has lost its partner, or one is not seen",
    _lost_fits,
    (
        Stage(
            "Find out what is lost",
            (
                Step(
                    "state",
                    "you",
                    "Read the state of the relationship on {left}: the metrics do not have it.",
                    (STATE, "Get-WinEvent -ComputerName {left} -LogName Microsoft-Windows-DHCP-Server-Events/Admin"),
                ),
                Step(
                    "reach",
                    "you",
                    "Check {gone}: power, network, TCP 647, the service, and both clocks: they must agree within 60 s.",
                    (
                        "Test-NetConnection {gone} -Port 647",
                        "Get-Service -ComputerName {gone} DHCPServer",
                        "w32tm /stripchart /computer:{gone} /samples:3 /dataonly",
                    ),
                ),
                Step(
                    "start",
                    "you",
                    "If the service is stopped, start it. The relationship then becomes Normal without further steps.",
                    ("Get-Service -ComputerName {gone} DHCPServer | Start-Service",),
                    stop="If it starts, do not use PartnerDown.",
                ),
            ),
            "Nothing was changed. {left} serves its own share of the addresses.",
        ),
        Stage(
            "Serve without it",
            (
                Step(
                    "prove",
                    "you",
                    "Make sure that {gone} is off, or cut off from all clients, and stays so.",
                    stop="If you cannot be sure, do not continue: one address can be leased twice.",
                ),
                Step(
                    "down",
                    "you",
                    "Set PartnerDown on {left}. It uses the addresses of {gone} after MaxClientLeadTime.",
                    ("Set-DhcpServerv4Failover -ComputerName {left} -Name RELATIONSHIP -PartnerDown",),
                ),
            ),
            "{left} serves all clients. {gone} must stay off until it can reach {left}.",
        ),
        Stage(
            "Start it again",
            (
                Step("again", "you", "Start {gone} when it can reach {left}: it recovers its leases first."),
                _settled(),
                Step(
                    "replicate",
                    "you",
                    "Copy the settings of the scopes from {left}: what was changed meanwhile does not replicate by "
                    "itself.",
                    ("Invoke-DhcpServerv4FailoverReplication -ComputerName {left} -Name RELATIONSHIP",),
                    check=_alike,
                    gate=True,
                    by_word=True,
                ),
            ),
            "{left} serves clients. {gone} can be stopped and started again.",
        ),
    ),
    suits=_by_powershell,
)

WINDOWS_SCOPES_DIFFER = Runbook(
    "windows-scopes-differ",
    "Scopes differ (Windows)",
    "the two Windows servers have different scopes or settings of scopes",
    _differ_fits,
    (
        Stage(
            "Compare",
            (
                Step(
                    "compare",
                    "you",
                    "Compare the scopes of both servers, and decide which one is right.",
                    (
                        "Compare-Object (Get-DhcpServerv4Scope -ComputerName {main}) "
                        "(Get-DhcpServerv4Scope -ComputerName {backup}) -Property ScopeId,State,StartRange,EndRange",
                        "Get-DhcpServerv4Failover -ComputerName {main} | Select-Object -ExpandProperty ScopeId",
                    ),
                ),
            ),
            "Nothing was changed.",
        ),
        Stage(
            "Replicate",
            (
                Step(
                    "add",
                    "you",
                    "Add a scope that is missing in the relationship.",
                    ("Add-DhcpServerv4FailoverScope -ComputerName {main} -Name RELATIONSHIP -ScopeId SCOPE",),
                ),
                Step(
                    "replicate",
                    "you",
                    "Copy the settings from the server that is right to its partner. The partner's own are replaced.",
                    ("Invoke-DhcpServerv4FailoverReplication -ComputerName {main} -ScopeId SCOPE",),
                    stop="If it reports another server as the source than you chose, answer No.",
                ),
                Step("alike", "both", "The scopes of both servers agree.", check=_alike, gate=True, by_word=True),
            ),
            "The copied scopes are those of the source. Settings of the target were replaced.",
        ),
    ),
    suits=_by_powershell,
)
