"""The claims can be tried: each piece of source is there once, and each rule has a test. `make claims` tries them."""

from pathlib import Path

import pytest

from tests.claims import ROOT, Claim, chosen_tests, read_claims, survivors
from tests.requirements import proven

CLAIMS = read_claims()
PROVEN = proven()


@pytest.mark.parametrize("claim", CLAIMS, ids=Claim.names)
def test_an_error_can_be_made_in_the_source(claim: Claim) -> None:
    assert claim.applied(ROOT) != (ROOT / claim.file).read_text()
    assert all(chosen_tests(claim, PROVEN).values())


def test_most_rules_of_the_server_were_broken_once() -> None:
    assert len({rule for claim in CLAIMS for rule in claim.rules}) >= 90


def test_an_error_that_no_test_notices_is_reported(tmp_path: Path) -> None:
    """The runner itself can fail: a harmless change survives, and a change that breaks the rule does not."""
    (tmp_path / "product.py").write_text("LIMIT = 5\nTEXT = 'x'\n")
    (tmp_path / "test_product.py").write_text("import product\n\n\ndef test_limit():\n    assert product.LIMIT == 5\n")
    tests = {1: {"test_product.py::test_limit"}}
    harmless = Claim((1,), "the text is another one", "product.py", "'x'", "'y'")
    assert survivors(harmless, tmp_path, tests) == ["no test of R-001 fails"]
    breaking = Claim((1,), "the limit is 6", "product.py", "LIMIT = 5", "LIMIT = 6")
    assert survivors(breaking, tmp_path, tests) == []
    assert (tmp_path / "product.py").read_text() == "LIMIT = 5\nTEXT = 'x'\n"
