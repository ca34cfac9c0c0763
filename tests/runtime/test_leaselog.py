"""The lease log in its files: rotation, both forms, and reading it again."""

import json
from pathlib import Path

from dhcpserver.api.leasehistory import history
from dhcpserver.runtime.leaselog import JSON_NAME, LINES_NAME, LeaseLog, begin_of, events_of
from dhcpserver.service.leaseevents import LeaseEvents, shown
from tests.service.standalone import Client, Site


def written(directory: Path, *forms: str, turns: int = 1, size: int = 1_000_000) -> Site:
    """Return a site whose leases were logged."""
    site = Site()
    log, events = LeaseLog(directory, "a", forms, size, 3), LeaseEvents()
    for _ in range(turns):
        client = Client(site, 1)
        mine = client.get()
        log.write(site.now, events.of(site.last.changes, site.now))
        site.now += 10
        client.release(mine)
        log.write(site.now, events.of(site.last.changes, site.now))
        site.wait(200)
        log.write(site.now, events.of(site.last.changes, site.now))
    log.close()
    assert not log.lost
    return site


def test_both_forms(tmp_path: Path) -> None:
    written(tmp_path, "json", "lines")
    events = [json.loads(line) for line in (tmp_path / JSON_NAME).read_text().splitlines()]
    assert [event["event"] for event in events] == ["leased", "released"]
    lines = (tmp_path / LINES_NAME).read_text().splitlines()
    assert len(lines) == 2
    assert (
        " a/dhcp/1 Info Server 0 18230 192.0.2.10 leased: hardware 1,6,02:00:00:00:00:01, identifier none" in lines[0]
    )


def test_nothing_is_written_unless_it_is_configured(tmp_path: Path) -> None:
    written(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_question_is_answered_over_rotated_files(tmp_path: Path) -> None:
    """The holder is found in an older file, and the beginning of the log is that of the oldest file."""
    site = written(tmp_path, "json", turns=20, size=1000)
    files = {each.name for each in tmp_path.iterdir()}
    assert files - {JSON_NAME} == {f"{JSON_NAME}.01", f"{JSON_NAME}.02", f"{JSON_NAME}.03"}
    events = list(events_of(tmp_path, "192.0.2.10", 3))
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    assert begin_of(tmp_path, 3) == events[0]["at"]
    answer = history(tmp_path, "192.0.2.10", site.now, 3)
    assert answer["holder"] is None
    assert answer["events"][-1]["event"] == "released"
    leased = [event for event in events if event["event"] == "leased"]
    assert history(tmp_path, "192.0.2.10", site.now - 205, 3)["holder"] == leased[-1]


def test_lines_that_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    """A crash may leave half a line; another line may be anything."""
    good = {"at": shown(1_000_000), "event": "leased", "address": "192.0.2.10", "until": "never"}
    lines = [
        '{"at":"x","address":"192.0.2.10',
        json.dumps(good, separators=(",", ":")),
        '["address":"192.0.2.10"]',
        "\0\xff",
    ]
    (tmp_path / JSON_NAME).write_text("\n".join(lines))
    assert list(events_of(tmp_path, "192.0.2.10", 3)) == [good]
    assert list(events_of(tmp_path, "192.0.2.1", 3)) == []


def test_a_full_disk_loses_lines_and_nothing_else(tmp_path: Path) -> None:
    """The log is counted as incomplete; the server goes on."""
    site = Site()
    log = LeaseLog(tmp_path / "missing", "a", ("json",), 1000, 3)
    Client(site, 1).get()
    log.write(site.now, LeaseEvents().of(site.last.changes, site.now))
    assert log.lost == 1
