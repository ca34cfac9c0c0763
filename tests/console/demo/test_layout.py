"""The files of a demo, on a host with and without IPv6."""

import tomllib
from pathlib import Path

import pytest

from console.demo import ipv6
from console.demo.layout import Layout, plan_layout, write_files
from console.demo.options import DemoOptions
from dhcpserver.api.passwords import hash_password
from dhcpserver.config.document import read

HASH = hash_password("secret")


def written(layout: Layout) -> list[str]:
    write_files(layout, DemoOptions(), HASH, cut=False)
    return [(server.data / "config.toml").read_text(encoding="utf-8") for server in layout.servers]


def test_both_servers_have_the_same_prefixes_and_listeners_of_their_own(tmp_path: Path) -> None:
    """Each link has addresses and prefixes to delegate; `demo.json` has where each server receives DHCPv6."""
    layout = plan_layout(tmp_path)
    found = [read(text) for text in written(layout)]
    assert found[0].prefix == found[1].prefix
    kinds = {name: {each.dhcp_type for each in found[0].prefix if each.link == name} for name in ("office", "lab")}
    assert kinds == {name: {"dhcp", "prefix-delegation"} for name in ("office", "lab")}
    listeners = [listener for configuration in found for listener in configuration.listener6]
    endpoints = [f"[{listener.address}]:{listener.port}" for listener in listeners]
    assert [server["dhcp6"] for server in layout.as_json((1, 2))["servers"]] == endpoints
    assert len(set(endpoints)) == 2
    assert layout.without6 == ""


def test_without_ipv6_there_is_a_reason_and_no_prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ipv6, "ADDRESS", "2001:db8::1")
    layout = plan_layout(tmp_path)
    assert layout.without6 == "2001:db8::1 cannot be used (Cannot assign requested address)"
    for text in written(layout):
        assert not {"prefix", "link", "listener6"} & set(tomllib.loads(text))
    assert [server["dhcp6"] for server in layout.as_json((1, 2))["servers"]] == [None, None]
