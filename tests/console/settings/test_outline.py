"""The outline of a configuration, as a process sends it to the console."""

import pickle
from pathlib import Path

from console.model.profiles import unpolled
from console.settings.document import load
from console.settings.setup import outline_of

CONFIGURATION = """
[[pair]]
name = "one"
environment = "lab"
write = true
colour = "#203040"
[[pair.server]]
name = "a"
role = "main"
api = "http://127.0.0.1:1"
user = "u"
log = "a.log"
[[pair.server]]
name = "b"
role = "backup"
make = "isc"
[[pair]]
name = "two"
make = "windows"
[[pair.server]]
name = "c"
role = "main"
api = "http://127.0.0.1:9182"
[[pair.server]]
name = "d"
role = "backup"
"""


def test_an_outline_is_received_as_it_was_sent(tmp_path: Path) -> None:
    """Servers of one make have the same profile again, so that they are compared quickly."""
    (tmp_path / "pairwatch.toml").write_text(CONFIGURATION)
    sent = outline_of(load(tmp_path / "pairwatch.toml"))
    received = pickle.loads(pickle.dumps(sent))
    assert received == sent
    makes = [server.make for pair in received.picture.pairs.values() for server in pair.servers.values()]
    assert [(each.name, each.polled) for each in makes] == [
        ("pairwatch", True),
        ("isc", False),
        ("windows", True),
        ("windows", False),
    ]
    assert unpolled(makes[2]) is unpolled(makes[2])
