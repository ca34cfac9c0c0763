"""Runbook to leave ISC dhcpd: one partner after the other is replaced by a Pairwatch server.

Both speak the same failover (draft-ietf-dhc-failover-12). Clients are served all the time, and keep their addresses.

`tests/peers/test_isc_leaving.py` follows these steps with real servers under load.
"""

from console.insight.runbooks.checks import both_normal, phase_is, silent
from console.insight.runbooks.evidence import states, transfer
from console.insight.runbooks.steps import BACKUP, MAIN, Runbook, Scene, Stage, Step
from console.model.phases import INTERRUPTED, Phase

_PARTNERS = {MAIN: BACKUP, BACKUP: MAIN}
ALL = (*INTERRUPTED, Phase.TAKEN_OVER)


def _fits(scene: Scene) -> int:
    """It fits a calm pair, and better one whose other server was replaced already."""
    if not all(server.make.replaceable for server in scene.pair.servers.values()):
        return 60
    return 12 if both_normal(scene) is None else 0


def _replace(role: str, warning: str) -> tuple[Step, ...]:
    other = _PARTNERS[role]
    return (
        Step(
            f"stop-{role}",
            role,
            f"Stop dhcpd on {{{role}}}, and keep it from starting again.",
            ("systemctl disable --now isc-dhcp-server", "pgrep -a dhcpd"),
            check=silent(role),
            gate=True,
            by_word=True,
            evidence=states,
            stop=f"If {{{other}}} does not serve, start dhcpd again: nothing was changed.",
        ),
        Step(
            f"alone-{role}",
            other,
            f"{{{other}}} serves all clients that have a lease, and new clients from its own addresses.",
            check=phase_is(other, *ALL),
            gate=True,
            by_word=True,
        ),
        Step(
            f"reach-{role}",
            role,
            f"Make sure that {{{role}}} reaches {{{other}}}: {warning}",
            (f"nc -zv {{{other}}} 647",),
        ),
        Step(
            f"start-{role}",
            role,
            f"Start Pairwatch on {{{role}}}, with an empty store: its partner sends all leases.",
            ("systemctl enable --now pairwatch",),
            stop=f"If it becomes PARTNER-DOWN, stop it at once: it did not reach {{{other}}} and has no leases.",
        ),
        Step(
            f"console-{role}",
            "you",
            f"Change {{{role}}} in pairwatch.toml: make, api, user and password_file. Then start the console again.",
            ('make = "pairwatch"', "pairwatch doctor"),
        ),
        Step(
            f"whole-{role}",
            "both",
            "It goes through RECOVER and RECOVER-WAIT, which lasts MCLT. Then both are NORMAL.",
            check=both_normal,
            gate=True,
            by_word=True,
            evidence=transfer,
        ),
        Step(
            f"leases-{role}",
            "you",
            "Compare some leases on both servers (key i), the oldest and the newest.",
        ),
    )


LEAVE_ISC = Runbook(
    "leave-isc",
    "Leave ISC dhcpd",
    "a pair of ISC dhcpd is replaced by two Pairwatch servers, without a pause",
    _fits,
    (
        Stage(
            "Prepare",
            (
                Step("before", "both", "Start only when both are NORMAL.", check=both_normal, gate=True, by_word=True),
                Step(
                    "clocks",
                    "you",
                    "Compare both clocks: two Pairwatch servers refuse a difference of more than 5 s.",
                    ("chronyc tracking",),
                ),
                Step(
                    "import",
                    "you",
                    "On each host, make a data directory from dhcpd.conf. Without --leases: the partner sends them.",
                    ("pairwatch import isc /etc/dhcp/dhcpd.conf --data /var/lib/pairwatch --name NAME",),
                    stop="Read what could not be carried over. What clients need must be added by hand first.",
                ),
                Step(
                    "adjust",
                    "you",
                    "Complete both files: a [[listener]] with the address of the old server, [api], a [[user]]. In "
                    "[[failover-pair]]: mclt as on the primary, and load-balancing = true for split 128, false for "
                    "split 256.",
                    ("pairwatch serve --check --data /var/lib/pairwatch",),
                ),
            ),
            "Nothing was changed on the pair.",
        ),
        Stage(
            "Replace the backup",
            _replace(BACKUP, "without that it has no leases."),
            "{main} serves clients. Pairwatch on {backup} can be stopped, and dhcpd started again with its old leases "
            "file: it then receives what it missed.",
        ),
        Stage(
            "Replace the main",
            _replace(MAIN, "a main without leases that reaches no partner would serve alone after its startup-time."),
            "{backup} serves clients and has all leases. Pairwatch on {main} can be stopped and started again.",
        ),
        Stage(
            "Afterwards",
            (
                Step(
                    "protect",
                    "you",
                    "Protect the link: shared-secret or tls on both servers, then allow-plain = false.",
                    ("pairwatch serve --check --data /var/lib/pairwatch",),
                ),
                Step("remove", "you", "Remove dhcpd from both hosts.", ("apt-get remove isc-dhcp-server",)),
                Step("end", "both", "Both are NORMAL.", check=both_normal, gate=True),
            ),
            "Both are Pairwatch servers.",
        ),
    ),
    suits=lambda make: make.replaceable,
)
