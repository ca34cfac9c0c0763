"""Questions to LDAP servers, from a thread of its own: the servers in the order of their preference.

A connection is kept between questions. A server that does not answer is passed over, and asked again with the next
question.
"""

import asyncio
import contextlib
import logging
import queue
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from typing import Any, Literal

import ldap3
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars

from dhcpserver.config.classes.ldap import Ldap
from dhcpserver.config.objects import Configuration
from dhcpserver.service.consulting import Finding, Question

LOG = logging.getLogger(__name__)

_SCOPES: Mapping[str, Literal["BASE", "LEVEL", "SUBTREE"]] = {
    "base": ldap3.BASE,
    "onelevel": ldap3.LEVEL,
    "subtree": ldap3.SUBTREE,
}
_LISTS = frozenset({"selection-criteria"})
"""Attributes of a client with several values."""


class LdapServer:
    """One LDAP server. All its methods run in the thread."""

    def __init__(self, settings: Ldap) -> None:
        self._settings = settings
        tls = None
        if settings.tls != "off":
            tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=settings.ca)
        self._server = ldap3.Server(
            settings.hostname,
            port=settings.port,
            use_ssl=settings.tls == "ldaps",
            tls=tls,
            get_info=ldap3.NONE,
            connect_timeout=settings.query_timeout,
        )
        self._connection: ldap3.Connection | None = None

    def find(self, names: list[str]) -> Mapping[str, Any] | None:
        """Return the attributes of the client with the first of the names that has an entry; None without one.

        Raises LDAPException and OSError.
        """
        connection = self._connect()
        settings = self._settings
        wanted = list(settings.query_dictionary)
        for name in names:
            text = settings.search_filter.replace("%s", escape_filter_chars(name))
            connection.search(
                settings.search_path, text, search_scope=_SCOPES[settings.search_scope], attributes=wanted, size_limit=2
            )
            entries = [each for each in connection.response or () if each.get("type") == "searchResEntry"]
            if entries:
                return _client(entries[0]["attributes"], settings.query_dictionary)
            if connection.result["result"] not in (0, 32):  # success, noSuchObject
                raise LDAPException(str(connection.result["description"]))
        return None

    def _connect(self) -> ldap3.Connection:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        settings = self._settings
        connection = ldap3.Connection(
            self._server,
            user=settings.username,
            password=settings.password.get_secret_value() or None,
            receive_timeout=settings.query_timeout,
            raise_exceptions=False,
            read_only=True,
        )
        self._connection = connection
        connection.open()
        if settings.tls == "starttls":
            connection.start_tls()
        if not connection.bind():
            raise LDAPException(f"the name or the password is refused ({connection.result['description']})")
        return connection

    def close(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with contextlib.suppress(LDAPException, OSError):
            connection.unbind()
        opened: socket.socket | None = connection.socket
        if opened is not None:  # ldap3 leaves it open when it could not connect.
            opened.close()


def _client(attributes: Mapping[str, Any], dictionary: Mapping[str, str]) -> dict[str, Any]:
    """Return the attributes of a client that an entry has."""
    found: dict[str, Any] = {}
    present = {name.lower(): value for name, value in attributes.items()}
    for name, attribute in dictionary.items():
        value = present.get(name.lower())
        values = [str(each) for each in value] if isinstance(value, list) else [] if value is None else [str(value)]
        if attribute in _LISTS:
            found[attribute] = [*found.get(attribute, ()), *values]
        elif values:
            found[attribute] = values[0]
    return found


class LdapDirectory:
    """The LDAP servers of a configuration. `report` gets every answer, in the event loop."""

    def __init__(self, configuration: Configuration, report: Callable[[Finding], None]) -> None:
        enabled = sorted((each for each in configuration.ldap if each.enabled), key=lambda each: each.preference)
        self._servers = [(each.hostname, LdapServer(each)) for each in enabled]
        self._report = report
        self._loop = asyncio.get_running_loop()
        self._questions: queue.Queue[Question | None] = queue.Queue(max([each.max_requests for each in enabled] or [1]))
        self._thread: threading.Thread | None = None
        if self._servers:
            self._thread = threading.Thread(target=self._run, name="LDAP", daemon=True)
            self._thread.start()

    def ask(self, question: Question) -> None:
        """Queue a question; returns at once."""
        try:
            self._questions.put_nowait(question)
        except queue.Full:
            self._report(Finding(question.number, failure="too many questions wait (max-requests)"))

    def _run(self) -> None:
        while (question := self._questions.get()) is not None:
            try:
                finding = self._answer(question)
            except Exception as error:
                LOG.exception("LDAP")
                finding = Finding(question.number, failure=f"internal error: {error!r}")
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._report, finding)
        for _, server in self._servers:
            server.close()

    def _answer(self, question: Question) -> Finding:
        reasons: list[str] = []
        for name, server in self._servers:
            try:
                return Finding(question.number, server.find(question.request["names"]))
            except (LDAPException, OSError) as error:
                server.close()
                reasons.append(f"{name}: {str(error) or type(error).__name__}"[:200])
        return Finding(question.number, failure="; ".join(reasons))

    async def close(self) -> None:
        """End the thread. A question that waits for an answer is left to it."""
        if self._thread is not None:
            while True:
                try:
                    self._questions.get_nowait()
                except queue.Empty:
                    break
            self._questions.put_nowait(None)
            await asyncio.to_thread(self._thread.join, 1.0)
