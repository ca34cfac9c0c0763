"""A make of server, as CONTRIBUTING.md adds it: its module, its entry in the registry, and how its source is opened."""

from pathlib import Path

from tests.recipes.changed_tree import ChangedTree
from tests.recipes.page import named_files

MODULE = "console/makes/beacon/__init__.py"
REGISTRY = "console/makes/registry.py"
OPENING = "console/makes/opening.py"

MAKE = '''"""Beacon, a server that reports whether it serves clients, and nothing else."""

from typing import Literal

from console.makes.settings import ServerTable
from console.makes.source import Polled, UnpolledSource
from console.model.facts import PairFacts
from console.model.phases import Phase
from console.model.profiles import Fact, MakeProfile

BEACON = MakeProfile(
    "beacon", "Beacon", polled=True, facts=frozenset({Fact.STATE, Fact.SERVES}), can=frozenset()
)


class BeaconServer(ServerTable):
    """A server of make beacon. `lamp`: what it reports."""

    make: Literal["beacon"] = "beacon"
    lamp: Literal["green", "red"] = "green"


class BeaconSource(UnpolledSource):
    """One server. It answers polls; all other requests are refused."""

    def __init__(self, server: BeaconServer) -> None:
        super().__init__(BEACON, server.name)
        self._server = server

    async def poll(self) -> Polled:
        lamp = self._server.lamp
        facts = PairFacts(0.0, self._server.name, "", self._server.role, Phase.NORMAL, lamp, serves=lamp == "green")
        return Polled(facts, {"lamp": lamp})
'''


def test_a_make_needs_three_files_and_is_then_configured_polled_and_judged(tmp_path: Path) -> None:
    tree = ChangedTree(tmp_path)
    tree.create(MODULE, MAKE)
    tree.replace(
        REGISTRY,
        "from console.makes.isc.profile import ISC\n",
        "from console.makes.beacon import BEACON, BeaconServer\nfrom console.makes.isc.profile import ISC\n",
    )
    tree.replace(
        REGISTRY, "PairwatchServer | IscServer | KeaServer", "PairwatchServer | BeaconServer | IscServer | KeaServer"
    )
    tree.replace(REGISTRY, "(PAIRWATCH, ISC", "(PAIRWATCH, BEACON, ISC")
    tree.replace(
        OPENING,
        "from console.makes.isc.settings import IscServer\n",
        "from console.makes.beacon import BeaconServer, BeaconSource\n"
        "from console.makes.isc.settings import IscServer\n",
    )
    tree.replace(
        OPENING, "PairwatchServer | IscServer | KeaServer", "PairwatchServer | BeaconServer | IscServer | KeaServer"
    )
    tree.insert_after(
        OPENING,
        "            return open_isc(server, pair)",
        "        case BeaconServer():\n            return BeaconSource(server)",
    )
    assert tree.run("tests.recipes.trial_make", str(tmp_path)).splitlines() == [
        "configured: server1 is beacon and server2 is beacon",
        "a wrong value is reported at line 9",
        "polled: server1 serves, state green; server2 silent, state red",
        "alarms: campus/server-not-serving/server2",
        "without its other facts all is well: False",
        "offered actions: none",
    ]
    assert tree.new_circles() == []
    assert tree.files == named_files("A make of server", NAME="beacon")
    assert len(tree.files) <= 3
