"""A TCP forwarder for the failover link that can be cut, because the loopback interface cannot.

A cut link behaves like a cut cable: no connection is closed and no data arrives. Both ends notice it by the silence
only, and new connections get no answer until the link is restored.
"""

import contextlib
import select
import socket
import threading

_CHUNK = 65_536
_LOOK = 0.1


class Cable:
    """Forwards TCP connections from `entrance` to `exit`, from the source address `source`."""

    def __init__(self, entrance: tuple[str, int], exit: tuple[str, int], source: str) -> None:
        self._exit = exit
        self._source = source
        self._whole = threading.Event()
        self._whole.set()
        self._ending = threading.Event()
        self._listener = socket.create_server(entrance)
        self._listener.settimeout(_LOOK)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def cut(self) -> None:
        """Stop forwarding. Connections stay open, and neither end is notified."""
        self._whole.clear()

    def restore(self) -> None:
        """Start forwarding again."""
        self._whole.set()

    def close(self) -> None:
        """Close the listener and all connections."""
        self._ending.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while not self._ending.is_set():
            if not self._whole.is_set():
                self._ending.wait(_LOOK)
                continue
            try:
                near, _ = self._listener.accept()
            except TimeoutError:
                continue
            try:
                far = socket.create_connection(self._exit, timeout=5.0, source_address=(self._source, 0))
            except OSError:
                near.close()
                continue
            thread = threading.Thread(target=self._carry, args=(near, far), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        other = {near: far, far: near}
        with near, far, contextlib.suppress(OSError):
            for end in other:
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                end.settimeout(5.0)
            while not self._ending.is_set():
                if not self._whole.is_set():
                    self._ending.wait(_LOOK)
                    continue
                for end in select.select(list(other), [], [], _LOOK)[0]:
                    octets = end.recv(_CHUNK)
                    if not octets:
                        return
                    other[end].sendall(octets)
