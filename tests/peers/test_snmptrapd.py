"""net-snmp's daemon hears what real servers send when one of them dies."""

from pathlib import Path

import pytest

from tests.live.pair import LivePair, eventually
from tests.snmp.netsnmp import B, snmptrapd

pytestmark = [pytest.mark.peer, pytest.mark.live]

NUMBER = ".1.3.6.1.6.3.1.1.4.1.0 = OID: .{}.2.0.{}"


def test_it_hears_that_the_partner_is_gone_and_that_it_is_back(tmp_path: Path) -> None:
    """R-241: not responding and responding again name the partner as what it is; a start is told as well."""
    with snmptrapd(tmp_path) as (port, log):
        pair = LivePair(tmp_path / "pair", trap=port)

        def hears(number: int, *facts: str) -> None:
            words = (NUMBER.format(B, number), *facts)
            eventually(
                f"trap {number} with {facts}",
                lambda: any(all(word in line for word in words) for line in log.read_text().splitlines()),
            )

        try:
            pair.start()
            hears(3)
            partner = (f".{B}.1.2.3.0 = IpAddress: {pair.backup.address}", f".{B}.1.2.14.0 = INTEGER: 3")
            pair.backup.kill()
            hears(13, *partner)
            pair.backup.start()
            pair.normal()
            hears(14, *partner)
        finally:
            pair.stop()
