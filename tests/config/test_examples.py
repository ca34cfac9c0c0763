"""The examples of the pages are configurations that a server reads."""

import re
from pathlib import Path

import pytest

from dhcpserver.config.document import read
from tests.importgraph import ROOT

BASE = """
[server]
name = "a"
{server}
[[policy]]
name = "phones"
[[scope]]
name = "lab"
subnet = "192.0.2.0/24"
selection-tags = ["voice"]
[[client-class]]
name = "guest"
"""
PAGES = ("clients", "dns-updates", "vpns", "extensions")


def examples(page: str) -> list[str]:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(r"```toml\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_can_be_read(page: str) -> None:
    found = examples(page)
    assert found
    for text in found:
        server = "client-class = true" if "[server]" in text else ""
        read(BASE.format(server=server) + text.replace("[server]\nclient-class = true\n", ""))


def test_the_page_of_the_configuration_links_to_them() -> None:
    text = Path(ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert [page for page in PAGES if f"({page}.md)" not in text] == []
