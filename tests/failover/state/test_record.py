"""The record and its JSON form; an invalid file leads to an error that names the field."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.failover.state.record import FailoverRecord, RecordError
from dhcpserver.failover.states import State

TIMES = st.integers(0, 0xFFFFFFFF)
RECORDS = st.builds(
    FailoverRecord,
    state=st.sampled_from(State),
    since=TIMES,
    main=st.booleans(),
    previous=st.none() | st.sampled_from(State),
    partner_state=st.none() | st.sampled_from(State),
    partner_since=TIMES,
    partner_uid=st.binary(max_size=16),
    ever_communicated=st.booleans(),
    last_contact=TIMES,
    partner_down_time=TIMES,
    recover_all=st.booleans(),
    mclt=TIMES,
)


@given(RECORDS)
def test_a_record_is_the_same_after_json(record: FailoverRecord) -> None:
    assert FailoverRecord.from_json(json.loads(json.dumps(record.as_json()))) == record


GOOD = FailoverRecord(State.NORMAL, 5, True).as_json()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "NoneType; expected an object"),
        ([], "list; expected an object"),
        ({}, "schema None; expected 1"),
        ({"schema": 1}, "has no state"),
        (GOOD | {"state": "UP"}, "state is 'UP'; expected a state's name"),
        (GOOD | {"since": -1}, "since is -1; expected seconds"),
        (GOOD | {"since": True}, "since is True; expected seconds"),
        (GOOD | {"main": "yes"}, "main is 'yes'; expected true or false"),
        (GOOD | {"partner_uid": "xy"}, "expected hexadecimal digits"),
        (GOOD | {"partner_uid": 7}, "expected hexadecimal digits"),
    ],
)
def test_the_error_names_the_field_and_what_is_expected(content: object, words: str) -> None:
    with pytest.raises(RecordError, match=words.replace("(", r"\(")):
        FailoverRecord.from_json(content)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_any_other_content_is_an_error(content: object) -> None:
    with pytest.raises(RecordError):
        FailoverRecord.from_json(content)
