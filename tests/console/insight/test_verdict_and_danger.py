"""The verdict and the danger banners in each situation."""

from typing import Any

import pytest

from console.insight.danger import banners
from console.insight.verdict import verdict
from console.model.observations import Observation
from console.model.picture import Severity
from tests.console.scenes import BACKUP, MAIN, NOW, ZONE, answer, failures, pair, polled, pool, status, text

ALONE, DOWN = "COMMUNICATIONS-INTERRUPTED", "PARTNER-DOWN"
CLOCKS = ["race", "clock"]
APART = [polled(NOW, server, status(server, NOW + ahead, ALONE)) for server, ahead in ((MAIN, 0.0), (BACKUP, 9.0))]


def both(main: str, backup: str, **changes: Any) -> list[Observation]:
    return [answer(MAIN, NOW, main, **changes), answer(BACKUP, NOW, backup, **changes)]


@pytest.mark.parametrize(
    ("observations", "words"),
    [
        ([], "Waiting for the first answers"),
        (both("NORMAL", "NORMAL"), "Protected"),
        (
            both("NORMAL", "NORMAL", pools=[pool("wifi", 0, 0, 4096), pool("lab", 0, 1), pool("x", 0, 0, 0)]),
            "Both NORMAL, but new clients get no address: wifi is empty.",
        ),
        (
            [*failures(MAIN), *failures(BACKUP)],
            "from dhcp-a or dhcp-b: SERVICE UNKNOWN. dhcp-a never answered",
        ),
        ([*failures(MAIN), answer(BACKUP)], "dhcp-b is NORMAL; cannot see dhcp-a"),
        ([*failures(MAIN), answer(BACKUP, NOW, ALONE)], "serves its own pool; cannot see dhcp-a"),
        (both(ALONE, ALONE), "act before 09:00:00 CEST, when dhcp-a enters PARTNER-DOWN"),
        (both(ALONE, ALONE, use_safe_period=False), "No automatic takeover is due"),
        (both(DOWN, DOWN), "BOTH servers are PARTNER-DOWN"),
        (both(ALONE, DOWN), "duplicate addresses possible NOW"),
        ([*failures(MAIN), answer(BACKUP, NOW, DOWN)], "dhcp-b serves all clients: dhcp-a was declared down"),
        (both("POTENTIAL-CONFLICT", "POTENTIAL-CONFLICT"), "No server serves clients"),
        (both("CONFLICT-DONE", "POTENTIAL-CONFLICT"), "the main serves clients, the backup does not yet"),
        (both("RECOVER", DOWN), "dhcp-b serves all clients"),
        (both("RECOVER-WAIT", "NORMAL"), "dhcp-a is recovering"),
        (
            [*failures(MAIN), answer(BACKUP, NOW, "RECOVER-WAIT", communications="interrupted", link=None)],
            "No new client is served by dhcp-b: it recovers (RECOVER-WAIT) without dhcp-a",
        ),
        (both("STARTUP", "PAUSED"), "No server serves clients"),
        (
            both("NORMAL", "NORMAL", serving=False, not_serving_reason="disk full"),
            "does not serve clients: disk full",
        ),
    ],
)
def test_each_situation_has_its_verdict(observations: list[Observation], words: str) -> None:
    """R-137, R-176: the verdict never claims that a server is down when it may be cut off."""
    assert words in verdict(pair(*observations), NOW, ZONE)


@pytest.mark.parametrize("main", ["NORMAL", ALONE, DOWN, "RECOVER", "STARTUP", "SHUTDOWN", "A-NEW-STATE"])
@pytest.mark.parametrize("backup", ["NORMAL", ALONE, DOWN, "RECOVER-DONE", "PAUSED", "RESOLUTION-INTERRUPTED"])
def test_there_is_a_verdict_for_every_pair_of_states(main: str, backup: str) -> None:
    assert verdict(pair(*both(main, backup)), NOW, ZONE).endswith((".", "..."))


@pytest.mark.parametrize(
    ("observations", "kinds"),
    [
        (both("NORMAL", "NORMAL"), []),
        (both(ALONE, ALONE), ["race"]),
        (both(ALONE, ALONE, use_safe_period=False), []),
        (both(DOWN, ALONE), ["duplicates-now"]),
        (both(DOWN, DOWN), ["both-partner-down"]),
        (both(DOWN, "RECOVER"), []),
        ([*failures(MAIN), answer(BACKUP, NOW, ALONE)], ["partner-unknown"]),
        (both("POTENTIAL-CONFLICT", "POTENTIAL-CONFLICT"), ["no-service"]),
        (both("RECOVER-WAIT", "NORMAL"), ["recover-wait"]),
        (
            # A message that waited in the link that was cut: the console measures that the clocks agree.
            both(ALONE, ALONE, time_skew=109.0, link_failure={"at": text(NOW), "text": "Time skew 109 s exceeds 5 s"}),
            ["race"],
        ),
        (APART, CLOCKS),
        (both(ALONE, ALONE, link_failure={"at": text(NOW), "text": "time mismatch"}, use_safe_period=False), []),
        (
            [*failures(MAIN), answer(BACKUP, NOW, ALONE, link_failure={"at": text(NOW), "text": "time mismatch"})],
            ["clock", "partner-unknown"],
        ),
        (both(ALONE, ALONE, use_safe_period=True, state_reason="no answer"), ["race"]),
        ([answer(MAIN, NOW, ALONE, use_safe_period=False), answer(BACKUP, NOW, ALONE)], ["race"]),
        ([*failures(BACKUP), answer(MAIN, NOW, ALONE)], ["partner-unknown"]),
        ([*failures(MAIN), answer(BACKUP, NOW, "RECOVER-WAIT")], ["recover-wait"]),
        (both("POTENTIAL-CONFLICT", "CONFLICT-DONE"), []),
        (
            [*failures(MAIN), answer(BACKUP, NOW, DOWN, partner_down_time=text(NOW - 5000))],
            ["date-before-contact", "keep-off"],
        ),
        (
            [*failures(MAIN), answer(BACKUP, NOW, DOWN, state_reason="safe period expired")],
            ["automatic-takeover", "keep-off"],
        ),
    ],
)
def test_each_danger_has_its_banner_and_a_healthy_pair_has_none(
    observations: list[Observation], kinds: list[str]
) -> None:
    """R-136, R-140, R-141, R-145."""
    assert [each.kind for each in banners(pair(*observations), NOW, ZONE)] == kinds


def test_the_race_banner_has_the_time_left_and_the_actions() -> None:
    """R-141: take one server offline, or switch the safe period off on BOTH."""
    (banner,) = banners(pair(*both(ALONE, ALONE)), NOW, ZONE)
    assert banner.severity is Severity.CRITICAL
    assert "3:48:00" in banner.text
    assert "stop one server" in banner.text
    assert "BOTH" in banner.text


def test_an_old_answer_raises_no_banner() -> None:
    stale = [answer(MAIN, NOW - 60, ALONE), answer(BACKUP, NOW - 60, ALONE)]
    assert banners(pair(*stale), NOW, ZONE) == ()


def test_the_clock_banner_has_both_clocks_and_the_action() -> None:
    """With a skew over 5 s the servers refuse the link, and the safe period runs."""
    banner = next(each for each in banners(pair(*APART), NOW, ZONE) if each.kind == "clock")
    assert banner.severity is Severity.CRITICAL
    assert "differ by 9 s (dhcp-a 05:12:00 CEST, dhcp-b 05:12:09 CEST)" in banner.text
    assert "NTP" in banner.text


def test_the_banner_of_an_early_date_ends_with_mclt_after_the_last_contact() -> None:
    """R-151."""

    def kinds_at(now: float) -> list[str]:
        last = answer(BACKUP, now, DOWN, partner_down_time=text(NOW - 5000), last_contact=text(NOW - 720))
        return [each.kind for each in banners(pair(last), now, ZONE)]

    assert kinds_at(NOW - 720 + 3599) == ["date-before-contact", "keep-off"]
    assert kinds_at(NOW - 720 + 3600) == ["keep-off"]
