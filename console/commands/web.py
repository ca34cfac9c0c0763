"""`pairwatch web`: a watch-only console in the browser, for a colleague without a terminal.

Each browser window gets a console of its own, a process with `--watch-only`. There is no password, so it listens on
loopback only; a tunnel or a reverse proxy with authentication leads others there.
"""

import importlib.util
import ipaddress
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from console.errors import ConfigError
from console.settings.setup import settings_at


@dataclass(frozen=True, slots=True)
class WebOptions:
    """Where it listens, the address that browsers use (None: the same), and what the consoles show first."""

    host: str
    port: int
    public_url: str | None = None
    theme: str | None = None
    pair: str | None = None

    @property
    def url(self) -> str:
        """The address that browsers use."""
        if self.public_url is not None:
            return self.public_url.rstrip("/")
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def run(config: Path | None, options: WebOptions, program: Sequence[str]) -> int:
    """Serve until interrupted. `program` starts this program in another process. Raises ConfigError."""
    check(options)
    settings = settings_at(config)
    if options.pair is not None:
        settings.named(options.pair)
    if importlib.util.find_spec("textual_serve") is None:
        raise ConfigError("textual-serve is not installed: pip install 'pairwatch[web]'")
    from console.commands.web_server import serve

    serve(shlex.join(console_command(program, config, options)), options.host, options.port, options.url)
    return 0


def check(options: WebOptions) -> None:
    """Raises ConfigError for an address that others can reach, and for a wrong URL."""
    try:
        loopback = options.host == "localhost" or ipaddress.ip_address(options.host).is_loopback
    except ValueError:
        raise ConfigError(f"--host {options.host}: not an address: write 127.0.0.1 or ::1") from None
    if not loopback:
        raise ConfigError(
            f"--host {options.host}: everybody who reaches this address could watch, as there is no password: "
            "listen on 127.0.0.1, and lead others there by ssh -L or a reverse proxy with authentication (--public-url)"
        )
    if options.public_url is not None:
        parts = urlsplit(options.public_url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ConfigError(f"--public-url {options.public_url}: write http://HOST:PORT or https://HOST")


def console_command(program: Sequence[str], config: Path | None, options: WebOptions) -> list[str]:
    """The command of one console."""
    command = [*program, "--watch-only"]
    for name, value in (("--config", config), ("--theme", options.theme), ("--pair", options.pair)):
        if value is not None:
            command += [name, str(value)]
    return command
