"""Uses the make that tests/recipes/test_make.py added to the copy, and prints what it finds."""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from console.errors import ConfigError
from console.insight.fold import fold_all
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.table import ACTIONS, CAN_DO, judge
from console.insight.summary import status_json, summary
from console.makes.opening import open_source
from console.makes.registry import profile
from console.model.observations import PollAnswer
from console.model.picture import Picture
from console.settings.document import PairSettings, load
from console.state.store import empty_pair
from tests.console.scenes import NOW, ZONE

PAIR = "campus"
CONFIGURATION = """\
[[pair]]
name = "campus"
make = "beacon"
[[pair.server]]
name = "server1"
role = "main"
[[pair.server]]
name = "server2"
lamp = "LAMP"
role = "backup"
"""


def configured(folder: Path, lamp: str) -> PairSettings:
    """The pair of a pairwatch.toml. Raises ConfigError."""
    file = folder / "pairwatch.toml"
    file.write_text(CONFIGURATION.replace("LAMP", lamp), encoding="utf-8")
    return load(file).named(PAIR)


async def observed(pair: PairSettings) -> Picture:
    """The picture after one poll of each server, through the source of its make."""
    servers = [(each.name, each.role, profile(each.make)) for each in pair.server]
    found = Picture({PAIR: empty_pair(PAIR, "", servers)})
    for server in pair.server:
        polled = await open_source(server, PAIR).poll()
        answer = PollAnswer(NOW, PAIR, server.name, replace(polled.facts, at=NOW), polled.raw)
        found = fold_all(found, [answer])
    return found


def offered(picture: Picture) -> Iterator[str]:
    """The actions that the make does not rule out."""
    for name in ACTIONS:
        verdicts = judge(Attempt(picture.pairs[PAIR], "server1", NOW, ZONE, date=None, writable=True, action=name))
        if not any(each.guard == CAN_DO and not each.passed for each in verdicts):
            yield name


def main(folder: Path) -> None:
    """Configure a pair of the make, poll it, judge it."""
    pair = configured(folder, "red")
    print("configured:", " and ".join(f"{each.name} is {each.make}" for each in pair.server))
    try:
        configured(folder, "blue")
    except ConfigError as wrong:
        print("a wrong value is reported at line", str(wrong).removeprefix(f"{folder}/pairwatch.toml:").split(":")[0])
    picture = asyncio.run(observed(pair))
    servers = status_json(picture, NOW, ZONE)["pairs"][0]["servers"]
    print("polled:", "; ".join(f"{each['name']} {each['service']}, state {each['state']}" for each in servers))
    print("alarms:", ", ".join(each.id for each in picture.pairs[PAIR].open_alarms))
    green = asyncio.run(observed(configured(folder, "green")))
    print("without its other facts all is well:", summary(green.pairs[PAIR], NOW, ZONE) == "both NORMAL")
    print("offered actions:", ", ".join(offered(picture)) or "none")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
