"""How many addresses are moved, and which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.failover.pools.shares import addresses_to_give, addresses_to_move, allocation_boundary
from dhcpserver.failover.settings import PairSettings, PoolSettings
from dhcpserver.leases.pool import Pool4
from tests.failover.books import book
from tests.settings import pair_settings


@pytest.mark.parametrize(
    ("available", "backup", "share", "expected"),
    [
        (100, 0, 50, 50),
        (50, 50, 50, 0),
        (59, 41, 50, 0),
        (61, 39, 50, 11),
        (39, 61, 50, -11),
        (0, 10, 50, -5),
        (100, 0, 10, 10),
        (100, 0, 0, 0),
        (1, 0, 50, 0),
        (2, 0, 50, 1),
        (0, 1, 50, -1),
        (0, 1, 100, 0),
        (0, 0, 50, 0),
        (90, 60, 60, 30),
    ],
)
def test_moves_the_difference_to_the_configured_share(available: int, backup: int, share: int, expected: int) -> None:
    """R-107, R-113, R-114, R-163; C-02."""
    assert addresses_to_move(available, backup, share, 10) == expected


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 100), st.integers(1, 50))
def test_after_a_move_no_further_move_is_needed(available: int, backup: int, share: int, delta: int) -> None:
    count = addresses_to_move(available, backup, share, delta)
    assert -backup <= count <= available
    assert addresses_to_move(available - count, backup + count, share, delta) == 0 or available - count == 0


@pytest.mark.parametrize(
    ("settings", "scope", "expected"),
    [
        (pair_settings("p", True), PoolSettings(), 50),
        (pair_settings("p", True, backup_pct=20), PoolSettings(), 20),
        (pair_settings("p", True, backup_pct=20), PoolSettings(backup_pct=0), 0),
        (pair_settings("p", True, dynamic_bootp_backup_pct=70), PoolSettings(dynamic_bootp=True), 70),
        (pair_settings("p", True, backup_pct=20), PoolSettings(dynamic_bootp=True), 20),
        (pair_settings("p", True, dynamic_bootp_backup_pct=70), PoolSettings(backup_pct=5, dynamic_bootp=True), 5),
        (pair_settings("p", True, backup_pct=20, load_balancing=True), PoolSettings(backup_pct=5), 50),
    ],
)
def test_the_more_specific_percentage_applies(settings: PairSettings, scope: PoolSettings, expected: int) -> None:
    """R-047, R-048, R-110 to R-112, R-251; C-25."""
    pool = book().pools["scope"]
    object.__setattr__(settings, "pools", {"scope": scope})
    assert settings.share_pct(pool) == expected


def test_the_backup_gets_addresses_down_from_the_boundary_then_up_from_it() -> None:
    """R-198 to R-200, R-202."""
    pool = Pool4("scope", 0, 0, [(10, 13), (20, 25)])
    assert allocation_boundary(pool, 0) == 18
    assert addresses_to_give(pool, 18, 6) == [13, 12, 11, 10, 20, 21]
    assert addresses_to_give(pool, allocation_boundary(pool, 22), 3) == [21, 20, 13]
