"""A site of many pairs: the addresses, log files and trap sources of its servers, and the console's configuration.

Every server has its own loopback address, which its traps come from, and its own path on one HTTP server.
"""

from dataclasses import dataclass
from pathlib import Path

POOLS = 4
PASSWORD = "benchmark"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server of a pair: `number` counts all servers of the site."""

    number: int

    @property
    def pair(self) -> str:
        return f"pair-{self.number // 2:05d}"

    @property
    def role(self) -> str:
        return "backup" if self.number % 2 else "main"

    @property
    def name(self) -> str:
        return f"dhcp-{'b' if self.number % 2 else 'a'}-{self.number // 2:03d}"

    @property
    def partner(self) -> "Endpoint":
        return Endpoint(self.number ^ 1)

    @property
    def address(self) -> str:
        return f"127.1.{self.number // 250}.{self.number % 250 + 1}"

    def log(self, folder: Path) -> Path:
        return folder / "logs" / self.name / "name_dhcp_1_log"


def endpoints(pairs: int) -> list[Endpoint]:
    """All servers of that many pairs; partners follow each other."""
    return [Endpoint(number) for number in range(2 * pairs)]


def write_configuration(folder: Path, pairs: int, http: int, traps: int, logs: bool) -> Path:
    """Write `pairwatch.toml`, the log folders and the password of the site. Returns the path of the configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    lines = [f'[traps]\nlisten = ["127.0.0.1:{traps}"]']
    for each in endpoints(pairs):
        if each.role == "main":
            lines.append(f'[[pair]]\nname = "{each.pair}"\nenvironment = "benchmark"')
        each.log(folder).parent.mkdir(parents=True, exist_ok=True)
        each.log(folder).touch()
        lines.append(
            f'[[pair.server]]\nname = "{each.name}"\nrole = "{each.role}"\n'
            f'api = "http://127.0.0.1:{http}/{each.number}"\nuser = "admin"\npassword_file = "password"\n'
            f'trap_sources = ["{each.address}"]' + (f'\nlog = "{each.log(folder)}"' if logs else "")
        )
    lines.append('[console]\njournal = "journal.db"\naudit_log = "audit.log"')
    path = folder / "pairwatch.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
