"""The application over a server that has the copies of a configuration and a book, and no sockets."""

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import httpx

from dhcpserver.api.app import create_app
from dhcpserver.api.passwords import hash_password
from dhcpserver.config.document import read
from dhcpserver.contract.messages import Message
from dhcpserver.failover.effects import log_line
from dhcpserver.runtime.configfile import ConfigurationFile
from dhcpserver.runtime.configuration import Copies
from dhcpserver.runtime.server import Server
from dhcpserver.service.core import Core

PASSWORD = "secret"
_HASH = hash_password(PASSWORD)
TEXT = f"""\
# Building 1
[server]
name = "main"

[[user]]
name = "jo"      # on call
role = "expert"
password = "{_HASH}"
[[user]]
name = "op"
role = "operator"
password = "{_HASH}"
[[user]]
name = "looker"
password = "{_HASH}"

[[cluster]]
name = "main"
ipaddr = "127.0.0.1"
[[cluster]]
name = "backup"
ipaddr = "127.0.0.2"

[[failover-pair]]
name = "pair"
main = "main"
backup = "backup"
shared-secret = "0123456789-in-the-file"
mclt = "1h"      # equal on both

[[policy]]
name = "guest"

[[scope]]
name = "lab"
subnet = "10.0.1.0/24"
ranges = ["10.0.1.10-10.0.1.20"]
policy = "guest"
"""


class EditedServer:
    """A server as far as the routes of the configuration use one. `lines` has its log; a reload is counted only."""

    def __init__(self, path: Path, text: str = TEXT) -> None:
        path.write_text(text, encoding="utf-8")
        self.configuration = read(text)
        self.copies = Copies(path)
        self.copies.start(text)
        self.core = Core(self.configuration, bytes(16), "1")
        self.lines: list[str] = []
        self._file = ConfigurationFile(path)
        self.reloads = 0
        self.app = app = create_app(cast(Server, self), self._reload, cast(Any, None))
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://server/api/v1/config/")

    @property
    def reload_pending(self) -> bool:
        return self._file.pending

    async def _reload(self) -> None:
        self.reloads += 1

    def write_log(self, message: Message, **values: object) -> None:
        self.lines.append(log_line(message, **values).text)

    async def ask(
        self, method: str, path: str, body: object = None, status: int | None = None, user: str = "jo"
    ) -> Any:
        """Send a request; return the document of the answer, whose status is `status` (by default below 300)."""
        credentials = b64encode(f"{user}:{PASSWORD}".encode()).decode()
        headers: Mapping[str, str] = {"Authorization": f"Basic {credentials}"}
        answer = await self._client.request(method, path, json=body, headers=headers)
        assert answer.status_code == status if status else answer.status_code < 300, answer.text
        return answer.json()
