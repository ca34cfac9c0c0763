"""Uses the attribute that tests/recipes/test_attribute.py added to the copy, and prints what it finds."""

import asyncio
import hashlib
from types import SimpleNamespace
from typing import Any, cast

import httpx

from console.insight.config_diff import differences
from console.makes.pairwatch.configuration import config_objects
from dhcpserver import VERSION
from dhcpserver.api.app import create_app
from dhcpserver.api.pair import configured_attributes
from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.config.objects import Configuration
from dhcpserver.service.pairing import pair_settings

TOKEN = "a token of sixteen octets"
CONFIGURATION = f"""\
[server]
name = "a"
[[user]]
name = "viewer"
token = "sha256${hashlib.sha256(TOKEN.encode()).hexdigest()}"
[[cluster]]
name = "a"
ipaddr = "127.0.0.11"
[[cluster]]
name = "b"
ipaddr = "127.0.0.12"
[[failover-pair]]
name = "example"
keepalive-retries = 5
main = "a"
backup = "b"
"""


def retries(configuration: Configuration) -> object:
    """The value that the failover core gets."""
    return getattr(pair_settings(configuration, bytes(16), VERSION), "keepalive_retries", None)


async def document(configuration: Configuration) -> dict[str, Any]:
    """The answer of the API to `GET /api/v1/config`."""
    app = create_app(cast(Any, SimpleNamespace(configuration=configuration)), cast(Any, None), cast(Any, None))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://a") as client:
        answer = await client.get("/api/v1/config", headers={"Authorization": f"Bearer {TOKEN}"})
        found: dict[str, Any] = answer.raise_for_status().json()
        return found


async def main() -> None:
    """Read the attribute, read it from the API, compare it with a partner that has the default."""
    changed = read(CONFIGURATION)
    default = read(CONFIGURATION.replace("keepalive-retries = 5\n", ""))
    print(f"read: {retries(changed)}, default {retries(default)}")
    try:
        read(CONFIGURATION.replace("= 5", "= 50"))
    except ConfigurationError as wrong:
        print(f"a wrong value is reported at line {wrong.problems[0].line}")
    status = configured_attributes(changed, "example")
    print(f"in the status: {status['keepalive_retries']}")
    answers = [await document(each) for each in (changed, default)]
    print(f"GET /api/v1/config: {answers[0]['failover-pair'][0]}")
    for each in differences(*map(config_objects, answers)):
        print(f"compared by the console: {each.words}")


if __name__ == "__main__":
    asyncio.run(main())
