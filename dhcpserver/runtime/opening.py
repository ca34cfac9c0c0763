"""Opening the lease store of a server, and a core with the leases that it has."""

import gc
from typing import Protocol

from dhcpserver import VERSION
from dhcpserver.config.objects import Configuration
from dhcpserver.contract import messages
from dhcpserver.runtime import garbage
from dhcpserver.runtime.datadir import DataDirectory
from dhcpserver.service.core import Core
from dhcpserver.storage.errors import StoreError
from dhcpserver.storage.leasestore import LeaseStore


class Log(Protocol):
    """Writes a line of the server itself."""

    def __call__(self, message: messages.Message, **values: object) -> None: ...


def open_store(configuration: Configuration, data: DataDirectory, log: Log) -> tuple[LeaseStore, Core]:
    """Open the store, and create a core with the stored leases. Raises StoreError."""
    store = LeaseStore(data.leases)
    core = Core(configuration, data.uid, VERSION, data.secret)
    gc.disable()
    try:
        left_out = store.load(core.book)
    except StoreError:
        store.close()
        raise
    finally:
        gc.enable()
    garbage.freeze_objects()
    if left_out:
        log(messages.LEASES_LEFT_OUT, count=left_out)
    return store, core
