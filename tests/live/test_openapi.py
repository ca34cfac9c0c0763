"""The API against its own OpenAPI document, by schemathesis: any request gets an answer that the document describes."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from tests.live.pair import PASSWORD, LivePair, LiveServer, eventually

pytestmark = pytest.mark.live

CREDENTIALS = ("admin", PASSWORD)
LEFT_OUT = r"/(stop|reload)$"
"""They end or restart the server; `test_reload.py` repeats them."""
NOT_DESCRIBED = ("/api/v1/leases", "/api/v1/config/objects/", "/api/v1/config/sync")
"""A scope or a client, and not both; and values by the attributes of a class: the document cannot describe them."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A main without its partner: operators may set the partner down, change the safe period, and so on."""
    live = LivePair(tmp_path_factory.mktemp("openapi"))
    live.main.start()
    try:
        eventually("it serves", lambda: live.main.state() == "PARTNER-DOWN")
        yield live.main
        assert live.main.ask("/healthz") == "serving"
        errors = (live.main.directory / "stderr").read_text()
        assert "Traceback" not in errors, errors
    finally:
        live.stop()


@pytest.fixture(scope="module")
def described(server: LiveServer) -> OpenApiSchema:
    url = f"http://{server.address}:{server.api}/api/v1/openapi.json"
    schema: OpenApiSchema = schemathesis.openapi.from_url(url)
    return schema


api = schemathesis.pytest.from_fixture("described").exclude(path_regex=LEFT_OUT)


@api.parametrize()
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_document_describes(case: Case[Any]) -> None:
    """No 500, no undocumented status, content type or shape; wrong data is refused, right data is not.

    `test_api_access.py` has the logins.
    """
    excluded = [ignored_auth]
    if case.path == NOT_DESCRIBED[0] or case.path.startswith(NOT_DESCRIBED[1:]):
        excluded.append(positive_data_acceptance)
    case.call_and_validate(auth=CREDENTIALS, excluded_checks=excluded)
