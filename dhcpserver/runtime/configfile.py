"""The file that a server was configured from: whether it has changed since."""

from pathlib import Path


class ConfigurationFile:
    """The file at `path`, which was read just now."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = self.changed

    @property
    def changed(self) -> float:
        """When the file was last changed, Unix seconds; 0 if it does not exist."""
        try:
            return self.path.stat().st_mtime
        except OSError:
            return 0.0

    @property
    def pending(self) -> bool:
        """Whether the file was changed after it was read."""
        return self.changed != self._read

    def pending_always(self) -> None:
        """Note that the running configuration is not the one in the file."""
        self._read = -1.0
