"""HTTP requests to a server of any make: bounded in time and size, with true words for each failure."""

import asyncio
import errno
import os
import ssl
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx

from console.errors import Unanswered, Untrusted
from console.makes.tls import TlsSettings, context_of, failure

TIMEOUT_SECONDS = 3.0
"""Long for a server on the same continent, short enough that a dead one is known within a few polls."""

WHOLE_ANSWERS = 3
"""The time limit of a whole answer, in timeouts of its parts: a server could send an octet now and then for ever."""

LARGEST_OCTETS = 16 << 20
"""Of an answer. The status of ten thousand pools has some 4.5 MiB."""


@cache
def _no_authorities() -> ssl.SSLContext:
    """A context without authorities, for servers without TLS."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class BoundedHttp:
    """The HTTP side of one server."""

    def __init__(
        self,
        api: str,
        base_url: str,
        auth: tuple[str, str] | None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float = TIMEOUT_SECONDS,
        tls: TlsSettings | None = None,
    ) -> None:
        """`api` is what texts for a person call the server."""
        self.api = api
        self._http = httpx.AsyncClient(
            base_url=base_url,
            auth=auth,
            # A compressed answer would have no size limit.
            headers={"Accept-Encoding": "identity"},
            timeout=timeout,
            transport=transport,
            # Reading the host's certificates takes longer than everything else that opening a console takes.
            verify=context_of(tls or TlsSettings()) if api.startswith("https:") else _no_authorities(),
            # A management network is reached directly; a proxy of the environment is for the web.
            trust_env=False,
        )
        self._timeout = timeout

    async def close(self) -> None:
        await self._http.aclose()

    async def ask(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """The whole answer, of any HTTP status. `arguments` are those of httpx. Raises Unanswered."""
        try:
            async with asyncio.timeout(WHOLE_ANSWERS * arguments.get("timeout", self._timeout)):
                return await self._answer(method, path, **arguments)
        except (httpx.TimeoutException, TimeoutError) as late:
            raise Unanswered(f"no answer in time ({self.api})") from late
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            tls = next((each for each in _chain(error) if isinstance(each, ssl.SSLError)), None)
            if tls is not None:
                words, remedy = failure(tls)
                raise Untrusted(f"{words} ({self.api})", remedy) from error
            raise Unanswered(f"{_cause(error)} ({self.api})") from error

    async def _answer(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """The answer, up to the size limit. Raises Unanswered, and the errors of httpx."""
        async with self._http.stream(method, path, **arguments) as answer:
            body = bytearray()
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > LARGEST_OCTETS:
                    raise Unanswered(f"its answer is larger than {LARGEST_OCTETS >> 20} MiB ({self.api})")
            # Of the headers only the links between pages are used; an encoding would be undone twice.
            kept = {"link": answer.headers["link"]} if "link" in answer.headers else None
            return httpx.Response(answer.status_code, content=bytes(body), headers=kept)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and all that it came from."""
    each: BaseException | None = error
    while each is not None:
        yield each
        each = each.__cause__ or each.__context__


def _cause(error: Exception) -> str:
    """The operating system's words at the bottom of a chain of wrappers."""
    *_, bottom = _chain(error)
    if isinstance(bottom, OSError) and bottom.errno is not None and bottom.errno in errno.errorcode:
        # The event loop puts its own words in place of the system's.
        return os.strerror(bottom.errno)
    return str(error) or type(error).__name__
