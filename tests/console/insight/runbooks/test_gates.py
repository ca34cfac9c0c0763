"""The gates of the runbooks for an upgrade, a role reversal and a return without data: when they open."""

import pytest

from console.insight.runbooks.listing import book
from console.insight.runbooks.progress import scene_of
from console.insight.runbooks.steps import Runbook, Step
from console.model.observations import Observation
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, answer, picture

SWAPPED = {MAIN: "backup", BACKUP: "main"}
STRAIGHT = {MAIN: "main", BACKUP: "backup"}


def steps(name: str) -> dict[str, Step]:
    """Return the steps of a runbook by key, in their order."""
    return {step.key: step for stage in _book(name).stages for step in stage.steps}


def _book(name: str) -> Runbook:
    found = book(name)
    assert found is not None
    return found


def pair(main: str, backup: str, roles: dict[str, str]) -> list[Observation]:
    """Return the answers of both servers in these states, with the roles that they report."""
    return [answer(MAIN, NOW, main, role=roles[MAIN]), answer(BACKUP, NOW, backup, role=roles[BACKUP])]


def is_open(name: str, key: str, observations: list[Observation]) -> bool:
    """Return whether the check of a step holds."""
    which = _book(name)
    check = steps(name)[key].check
    assert check is not None
    return check(scene_of(which, picture(observations).pairs[PAIR], NOW, ZONE)) is None


@pytest.mark.parametrize("key", ["before", "covered-backup", "whole-backup", "covered-main", "whole-main"])
def test_an_upgrade_cannot_skip_the_wait_for_the_other_server(key: str) -> None:
    """R-207: the second server is upgraded when the first one works again."""
    assert steps("planned-upgrade")[key].gate
    order = list(steps("planned-upgrade"))
    assert order.index("install-backup") < order.index("whole-backup") < order.index("stop-main")


@pytest.mark.parametrize(("roles", "expected"), [(SWAPPED, True), (STRAIGHT, False)])
def test_the_backup_must_report_that_it_is_the_main(roles: dict[str, str], expected: bool) -> None:
    """R-219, R-222: the file alone is not the role; the server has to have read it."""
    assert is_open("role-reversal", "on-b", pair("NORMAL", "PARTNER-DOWN", roles)) is expected


def test_the_transfer_is_over_when_the_old_main_has_all_leases() -> None:
    """R-225, R-226: it answers in RECOVER too."""
    assert not is_open("role-reversal", "transfer", pair("RECOVER", "PARTNER-DOWN", SWAPPED))
    assert is_open("role-reversal", "transfer", pair("NORMAL", "NORMAL", SWAPPED))


@pytest.mark.parametrize(
    ("main", "backup", "roles", "expected"),
    [
        ("NORMAL", "NORMAL", SWAPPED, True),
        ("RECOVER-DONE", "PARTNER-DOWN", SWAPPED, False),
        ("NORMAL", "NORMAL", STRAIGHT, False),
    ],
)
def test_the_roles_are_exchanged_again_only_when_both_are_normal(
    main: str, backup: str, roles: dict[str, str], expected: bool
) -> None:
    """R-226: nothing more is done before both servers are NORMAL."""
    assert steps("role-reversal")["both-normal"].gate
    assert is_open("role-reversal", "both-normal", pair(main, backup, roles)) is expected


@pytest.mark.parametrize(("roles", "expected"), [(STRAIGHT, True), (SWAPPED, False)])
def test_the_runbook_ends_in_the_old_roles(roles: dict[str, str], expected: bool) -> None:
    """R-227: both NORMAL is not enough."""
    assert steps("role-reversal")["normal-again"].gate
    assert is_open("role-reversal", "normal-again", pair("NORMAL", "NORMAL", roles)) is expected


def test_the_address_and_the_configuration_are_restored_before_the_start() -> None:
    """R-214: the returning server has the address and the configuration that it had before."""
    for name in ("lost-database", "restored-database"):
        order = list(steps(name))
        assert order.index("same") < order.index("start")
