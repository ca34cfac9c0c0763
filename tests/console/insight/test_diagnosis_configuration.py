"""Configurations that differ: the differences shown, and which server was changed last."""

from console.insight.config_diff import differences, of_pair
from tests.console.insight.test_diagnosis import OPTIONS, SCOPES, config, found
from tests.console.scenes import BACKUP, CALM, HOUR, MAIN, NOW, answer, pair, text


def test_only_differences_are_shown_and_values_of_one_server_are_not() -> None:
    """R-047, R-071: a different backup-pct on the backup is not a mismatch."""
    assert differences(config(MAIN).objects, config(BACKUP).objects) == ()
    (scope,) = differences(config(MAIN).objects, SCOPES.objects)
    assert scope.words == "scope wifi ranges: 192.0.2.10-192.0.2.99 / 192.0.2.10-192.0.2.50"
    (router,) = differences(config(MAIN).objects, OPTIONS.objects)
    assert router.words == "policy default routers: (default) / 192.0.2.1"
    gone = differences(config(MAIN).objects, config(BACKUP, scope=[]).objects)
    assert [each.words for each in gone] == ["scope wifi: present / missing"]
    assert of_pair(pair(*CALM, config(MAIN))) is None


def test_the_latest_change_is_evidence_of_a_mismatch() -> None:
    scene = [
        answer(MAIN, config_mismatch=["scope wifi"], configuration_changed=text(NOW - 90)),
        answer(BACKUP, configuration_changed=text(NOW - 9 * 24 * HOUR)),
    ]
    words = {each.source: each.text for each in found(scene)["config-mismatch"].evidence}
    assert words[MAIN].endswith("05:10:30 CEST, the latest change")
    assert "06 Jul" in words[BACKUP]
    assert "the last" not in words[BACKUP]
