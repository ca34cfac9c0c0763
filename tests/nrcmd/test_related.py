"""The partner of each pair as a table, for people and for scripts (R-236)."""

from dhcpserver.nrcmd.related import full, table

STATUS: dict[str, object] = {
    "pairs": [
        {
            "name": "lab",
            "role": "main",
            "partner_name": "b",
            "link": None,
            "transports": [{"transport": "ipv4", "remote": "192.0.2.2:647"}],
            "state": "NORMAL",
            "partner_state": "NORMAL",
            "communications": "ok",
            "mclt": 3600,
            "load_balancing": False,
            "config_mismatch": ["class 1"],
            "pools": {"x": {}},
        }
    ]
}


def test_a_row_for_each_pair() -> None:
    assert table(STATUS) == [
        "pair  type      partner  address    role  state   partner-state  communications",
        "lab   failover  b        192.0.2.2  main  NORMAL  NORMAL         ok",
    ]
    assert table(STATUS, ";")[1] == "lab;failover;b;192.0.2.2;main;NORMAL;NORMAL;ok"


def test_every_field_of_a_pair() -> None:
    """A mismatch of the configurations is among them."""
    lines = full(STATUS)
    assert "load-balancing = false" in lines
    assert "config-mismatch = class 1" in lines
    assert "link = --" in lines
    assert not any(line.startswith("pools") for line in lines)


def test_an_answer_without_pairs_is_empty() -> None:
    for status in ({}, {"pairs": None}, {"pairs": [None]}):
        assert table(status)[1:] == full(status) == []
