"""Windows DHCP by windows_exporter: counts and changes that were counted, and never a state."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import Refused, Unreadable
from console.insight.config_diff import of_pair
from console.insight.diagnosis.problem import ProblemKind
from console.insight.diagnosis.table import checks, diagnose
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.table import ACTIONS, judge
from console.insight.runbooks.listing import fitting
from console.insight.verdict import severity, verdict
from console.journal.files import read_recording, write_recording
from console.makes.documents import Misfits
from console.makes.opening import open_source
from console.makes.windows.metrics import samples
from console.makes.windows.profile import WINDOWS
from console.makes.windows.settings import WindowsServer
from console.makes.windows.source import WindowsSource
from console.makes.windows.status import read as read_metrics
from console.model.leases import LeaseQuery
from console.model.observations import ConfigAnswer, Observation, PollAnswer
from console.model.phases import Phase
from console.model.picture import PairPicture, Picture, Severity
from console.sources.polling import poll_server
from console.state.store import PictureStore, empty_pair
from console.tui.app import PairwatchApp
from console.tui.session import Session
from tests.console.makes.windows.exporter import SCOPES, Exporter
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE
from tests.console.tui.screens.stage import shown


class Watch:
    """Two servers and the console's picture of them. Each poll is ten seconds after the one before."""

    def __init__(self) -> None:
        self.clock = [NOW]
        self.main = Exporter()
        self.backup = self.main.mirrored()
        pair = empty_pair(PAIR, "production", [(MAIN, "main", WINDOWS), (BACKUP, "backup", WINDOWS)])
        self.observed: list[Observation] = []
        self.store = PictureStore(Picture({PAIR: pair}), lambda: self.clock[0], ZONE, self.observed.append)
        self.sources: dict[str, WindowsSource] = {
            MAIN: self.main.source(MAIN, self.clock),
            BACKUP: self.backup.source(BACKUP, self.clock),
        }

    async def poll(self) -> PairPicture:
        self.clock[0] += 10
        for name, source in self.sources.items():
            self.store.observe(await poll_server(source, PAIR, name, self.store.clock))
        self.store.tick()
        return self.pair

    @property
    def pair(self) -> PairPicture:
        return self.store.pair(PAIR)

    @property
    def sentence(self) -> str:
        return verdict(self.pair, self.clock[0], ZONE)


async def test_counts_are_shown_and_a_state_is_not() -> None:
    watch = Watch()
    facts = (await watch.poll()).servers[MAIN].facts
    assert facts is not None
    assert (facts.phase, facts.word, facts.contact, facts.serves) == (Phase.UNKNOWN, "", None, None)
    assert [
        (each.name, each.total, each.available, each.other_available, each.leased) for each in facts.pools or ()
    ] == [
        ("10.11.12.0/25", 118, 50, 49, 19),
        ("172.16.0.0/24", 254, None, None, 54),
        ("192.168.0.0/24", 231, 100, 100, 31),
    ]
    assert watch.sentence == (
        "Cannot tell whether clients are served: Windows DHCP does not report state. "
        "Last change seen: dhcp-a none since 05:12 CEST; dhcp-b none since 05:12 CEST."
    ).replace("05:12 CEST", watch.sentence.partition("none since ")[2].partition(";")[0])
    assert severity(watch.pair, watch.clock[0]) is Severity.UNKNOWN


async def test_a_change_of_state_is_an_event_with_its_time_and_not_a_state() -> None:
    """The counters do not show that a state was left."""
    watch = Watch()
    watch.backup.partner_down = 3
    await watch.poll()
    assert not watch.pair.open_alarms, "what was counted before this console began is not new"
    watch.main.interrupted = 1
    await watch.poll()
    (alarm,) = watch.pair.open_alarms
    assert (alarm.kind, alarm.severity) == ("state-change-counted", Severity.MAJOR)
    assert alarm.text == ("dhcp-a entered COMMUNICATION INTERRUPTED; whether it is still in that state is not reported")
    assert "Last change seen: dhcp-a COMMUNICATION INTERRUPTED at " in watch.sentence
    facts = watch.pair.servers[MAIN].facts
    assert facts is not None
    assert facts.phase is Phase.UNKNOWN
    await watch.poll()
    assert [each.kind for each in watch.pair.open_alarms] == ["state-change-counted"]
    watch.clock[0] += 3700
    await watch.poll()
    assert not watch.pair.open_alarms


async def test_counters_that_begin_again_with_the_service() -> None:
    watch = Watch()
    watch.main.interrupted, watch.main.partner_down = 5, 2
    await watch.poll()
    watch.main.interrupted = watch.main.partner_down = 0
    await watch.poll()
    assert not watch.pair.open_alarms
    watch.main.partner_down = 1
    await watch.poll()
    assert [each.severity for each in watch.pair.open_alarms] == [Severity.CRITICAL]


async def test_a_change_between_a_restart_and_the_next_poll_is_seen() -> None:
    """The counter is smaller than before, and not 0."""
    watch = Watch()
    watch.main.partner_down = 5
    await watch.poll()
    watch.main.partner_down = 1
    await watch.poll()
    assert [each.kind for each in watch.pair.open_alarms] == ["state-change-counted"]


async def test_scopes_that_differ_are_found_by_their_counts_and_compared_on_request() -> None:
    """R-077: settings of scopes do not replicate by themselves."""
    watch = Watch()
    watch.backup.scopes[SCOPES[1]] = (100, 90, 11, 20)
    watch.backup.states[SCOPES[0]] = "Disabled"
    await watch.poll()
    found = next(each for each in diagnose(watch.pair, watch.clock[0], ZONE) if each.kind is ProblemKind.POOLS_DIFFER)
    assert [each.text for each in found.evidence] == ["192.168.0.0/24 has 231 addresses on dhcp-a and 221 on dhcp-b"]
    assert fitting(watch.pair, watch.clock[0], ZONE)[0][0].name == "windows-scopes-differ"
    for name, source in watch.sources.items():
        watch.store.observe(ConfigAnswer(watch.clock[0], PAIR, name, tuple(await source.config()), None))
    assert [each.words for each in of_pair(watch.pair) or ()] == [
        "scope 10.11.12.0/25 state: Enabled / Disabled",
        "scope 192.168.0.0/24 addresses: 231 / 221",
    ]
    del watch.backup.scopes[SCOPES[1]]
    await watch.poll()
    found = next(each for each in diagnose(watch.pair, watch.clock[0], ZONE) if each.kind is ProblemKind.POOLS_DIFFER)
    assert [each.text for each in found.evidence] == ["192.168.0.0/24 is shared on dhcp-a and not on dhcp-b"]


async def test_what_is_not_reported_is_not_judged_and_no_action_is_offered() -> None:
    watch = Watch()
    await watch.poll()
    now = watch.clock[0]
    missing = dict(checks(watch.pair, now, ZONE))
    assert missing["no server has taken over"] == "Windows DHCP does not report state"
    for action in ACTIONS:
        attempt = Attempt(watch.pair, MAIN, now, ZONE, date=None, writable=True, action=action)
        assert any(each.blocks for each in judge(attempt)), action


async def test_the_runbook_has_the_lines_of_powershell() -> None:
    watch = Watch()
    await watch.poll()
    watch.main.partner_down = 1
    await watch.poll()
    first, fit = fitting(watch.pair, watch.clock[0], ZONE)[0]
    assert (first.name, fit) == ("windows-partner-lost", 80)
    commands = " ".join(command for step in first.steps for command in step.commands)
    for noun in ("Get-DhcpServerv4Failover", "Set-DhcpServerv4Failover", "-PartnerDown", "FailoverReplication"):
        assert noun in commands


async def test_the_pair_at_80x24_shows_the_last_change_and_no_state() -> None:
    watch = Watch()
    await watch.poll()
    watch.main.interrupted = 1
    await watch.poll()
    session = Session(watch.store, {}, {PAIR: False}, operator="jo")
    async with PairwatchApp(session, PAIR, None).run_test(size=(80, 24)) as pilot:
        text = shown(pilot)
    assert "unknown" in text
    assert "seen 05:12:20 CEST COMM-INTERRUPTED " in text
    assert "NORMAL" not in text
    print(text)


async def test_a_recording_is_opened_without_windows(tmp_path: Path) -> None:
    watch = Watch()
    await watch.poll()
    watch.main.interrupted = 1
    await watch.poll()
    write_recording(tmp_path / "incident.jsonl.gz", watch.observed)
    read = [
        each for each in read_recording(tmp_path / "incident.jsonl.gz").observations if isinstance(each, PollAnswer)
    ]
    assert read == [each for each in watch.observed if isinstance(each, PollAnswer)]
    assert read[-2].facts.counted_changes is not None


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"status": 401}, Refused, "the user or the password is wrong"),
        ({"status": 404}, Refused, "set metrics_path"),
        ({"collector": False}, Unreadable, "its collector dhcp failed: is the DHCP service running"),
    ],
)
async def test_every_other_answer_is_an_error_with_its_reason(
    changes: dict[str, int], error: type[Exception], words: str
) -> None:
    exporter = Exporter()
    for name, value in changes.items():
        setattr(exporter, name, value)
    with pytest.raises(error, match=words):
        await exporter.source(MAIN, [NOW]).poll()


async def test_leases_are_not_none_but_not_reported() -> None:
    with pytest.raises(Refused, match="Get-DhcpServerv4Lease"):
        await Exporter().source(MAIN, [NOW]).leases(LeaseQuery("10.11.12.7", by_address=True))


async def test_a_server_without_an_exporter_is_not_polled() -> None:
    server = WindowsServer(name="a", role="main")
    assert not server.polled
    assert not open_source(server, PAIR).profile.polled


@given(st.text(max_size=200))
def test_any_text_is_metrics_or_unreadable(text: str) -> None:
    list(samples(text, ""))
    try:
        read_metrics("windows_dhcp_" + text, Misfits())
    except Unreadable:
        return


def test_labels_with_quotes_and_brackets() -> None:
    (found,) = samples('windows_dhcp_x{a="b\\"},{\\\\",scope="10.0.0.0/8"} 1 1700000000\n', "windows_dhcp_")
    assert (found.labels, found.value) == ({"a": 'b"},{\\', "scope": "10.0.0.0/8"}, 1.0)
