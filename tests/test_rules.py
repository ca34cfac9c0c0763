"""Every reference to a rule (R-nnn) or a resolution (C-nn) leads to a sentence in docs/rules.toml."""

import re
import tomllib

from tests.importgraph import ROOT
from tests.requirements import LAST, RULES
from tests.test_structure import tracked

REFERENCE = re.compile(r"\b(R-\d{3}|C-\d{2})\b")
READ = (".py", ".md", ".toml")


def test_every_rule_has_a_sentence() -> None:
    rules = tomllib.loads(RULES.read_text(encoding="utf-8"))["rules"]
    assert list(rules) == [f"R-{number:03d}" for number in range(1, LAST + 1)]


def test_every_reference_leads_to_a_sentence() -> None:
    found = tomllib.loads(RULES.read_text(encoding="utf-8"))
    known = found["rules"].keys() | found["resolutions"].keys()
    unknown = {
        (name, reference)
        for name in tracked()
        if name.endswith(READ)
        for reference in REFERENCE.findall((ROOT / name).read_text(encoding="utf-8"))
        if reference not in known
    }
    assert unknown == set()
