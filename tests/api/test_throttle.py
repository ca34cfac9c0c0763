"""Failed logins are slowed by source and user, and reported without flooding the log."""

import pytest

from dhcpserver.api.throttle import (
    ENTRIES,
    FORGET_SECONDS,
    FREE_FAILURES,
    LONGEST_WAIT_SECONDS,
    REPORT_SECONDS,
    Account,
    LoginThrottle,
)

ANNA, BERT = Account("192.0.2.1", "anna"), Account("192.0.2.1", "bert")


def failures(throttle: LoginThrottle, account: Account, count: int, now: float = 0.0) -> None:
    for _ in range(count):
        throttle.failed(account, now)


def test_a_few_failures_cost_nothing() -> None:
    throttle = LoginThrottle()
    failures(throttle, ANNA, FREE_FAILURES - 1)
    assert throttle.wait(ANNA, 0.0) == 0


def test_each_further_failure_doubles_the_wait_up_to_a_limit() -> None:
    throttle = LoginThrottle()
    failures(throttle, ANNA, FREE_FAILURES)
    waits = []
    for _ in range(40):
        waits.append(throttle.wait(ANNA, 0.0))
        throttle.failed(ANNA, 0.0)
    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert waits[-1] == LONGEST_WAIT_SECONDS


def test_another_user_and_another_source_are_not_slowed() -> None:
    throttle = LoginThrottle()
    failures(throttle, ANNA, 20)
    assert throttle.wait(BERT, 0.0) == 0
    assert throttle.wait(Account("192.0.2.2", "anna"), 0.0) == 0


def test_the_wait_ends_by_time_and_by_success() -> None:
    throttle = LoginThrottle()
    failures(throttle, ANNA, FREE_FAILURES)
    assert throttle.wait(ANNA, 1.0) == 0
    failures(throttle, ANNA, 5)
    throttle.succeeded(ANNA)
    assert throttle.wait(ANNA, 0.0) == 0
    failures(throttle, ANNA, 20)
    throttle.failed(ANNA, FORGET_SECONDS + 1)
    assert throttle.wait(ANNA, FORGET_SECONDS + 1) == 0


def test_the_log_gets_the_first_failure_and_then_a_count() -> None:
    throttle = LoginThrottle()
    assert throttle.failed(ANNA, 0.0) == 1
    assert [throttle.failed(ANNA, 0.1) for _ in range(88)] == [0] * 88
    assert throttle.refused(ANNA, 0.2) == 0
    assert throttle.failed(ANNA, REPORT_SECONDS) == 90


@pytest.mark.parametrize("sources", [ENTRIES + 100])
def test_many_sources_do_not_fill_the_memory(sources: int) -> None:
    throttle = LoginThrottle()
    for number in range(sources):
        throttle.failed(Account(str(number), ""), 0.0)
    assert len(throttle._failures) == ENTRIES
    assert throttle.failed(Account("0", ""), 0.0) == 1, "the oldest is forgotten"
