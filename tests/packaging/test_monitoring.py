"""The alert rules and the dashboard, against the metrics that the collector has."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from console.collector.metrics import exposition
from tests.console.scenes import BACKUP, MAIN, NOW, ZONE, answer, failures, picture
from tests.packaging.units import ROOT

RULES = ROOT / "packaging" / "prometheus" / "pairwatch.rules.yml"
SCENES = RULES.with_name("pairwatch.rules.test.yml")
DASHBOARD = ROOT / "packaging" / "grafana" / "pairwatch.json"
METRIC = re.compile(r"\b(pairwatch_\w+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*[=!]~?\s*"')
GROUPED = re.compile(r"\bby \(([^)]*)\)")
SHOWN = re.compile(r"\$labels\.(\w+)")
LEGEND = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def scene() -> str:
    """The metrics of a scene in which each of them has a sample."""
    seen = picture(failures(MAIN), answer(BACKUP, NOW, "COMMUNICATIONS-INTERRUPTED", safe_period_remaining=13_680))
    return exposition(seen, NOW, ZONE, collecting=True).decode()


def known() -> dict[str, set[str]]:
    """Every metric with its labels."""
    families = list(text_string_to_metric_families(scene()))
    assert [family.name for family in families if not family.samples] == []
    return {family.name: set(family.samples[0].labels) for family in families}


def unknown_words(expression: str, shown: set[str]) -> Iterator[str]:
    """Metrics and labels in an expression, or in a text about its result, that do not exist."""
    metrics = known()
    labels: set[str] = set()
    for name, matchers in METRIC.findall(expression):
        if name not in metrics:
            yield name
            continue
        labels |= metrics[name]
        yield from (f"{name}.{each}" for each in MATCHER.findall(matchers) if each not in metrics[name])
    grouped = {each.strip() for found in GROUPED.findall(expression) for each in found.split(",")}
    yield from sorted(grouped - labels)
    aggregated = re.match(r"(sum|max|min|count)\b", expression) is not None
    yield from sorted(shown - (grouped if aggregated else labels))


def rules() -> list[tuple[str, str]]:
    """Each alert with its whole text."""
    return [(part.split("\n", 1)[0], part) for part in RULES.read_text(encoding="utf-8").split("- alert: ")[1:]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return found


@pytest.mark.parametrize(("name", "text"), rules(), ids=[name for name, _ in rules()])
def test_a_rule_uses_metrics_and_labels_that_exist(name: str, text: str) -> None:
    found = re.search(r"^ +expr: (.+)$", text, re.MULTILINE)
    assert found
    assert METRIC.search(found[1])
    assert list(unknown_words(found[1], set(SHOWN.findall(text)))) == []


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: str(panel["title"]))
def test_a_panel_uses_metrics_and_labels_that_exist(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        assert METRIC.search(target["expr"])
        assert list(unknown_words(target["expr"], set(LEGEND.findall(target["legendFormat"])))) == []


def test_the_variable_of_the_dashboard_is_a_label_that_exists() -> None:
    (query,) = [
        each["query"]
        for each in json.loads(DASHBOARD.read_text(encoding="utf-8"))["templating"]["list"]
        if each["type"] == "query"
    ]
    found = re.fullmatch(r"label_values\((\w+), (\w+)\)", query)
    assert found
    assert found[2] in known()[found[1]]


def test_every_metric_is_on_the_dashboard() -> None:
    shown = {name for panel in panels() for target in panel["targets"] for name, _ in METRIC.findall(target["expr"])}
    assert set(known()) - shown == {"pairwatch_pair_info"}


def test_no_panel_covers_another() -> None:
    cells = [
        (x, y)
        for each in (panel["gridPos"] for panel in panels())
        for x in range(each["x"], each["x"] + each["w"])
        for y in range(each["y"], each["y"] + each["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("pairwatch_gone == 1", set()),
        ('pairwatch_pair_severity{grade="critical"}', set()),
        ("sum by (colour) (pairwatch_alarms)", set()),
        ("pairwatch_pool_empty == 1", {"scope"}),
        ("sum(pairwatch_pool_empty)", {"pool"}),
    ],
)
def test_a_wrong_word_is_found(expression: str, shown: set[str]) -> None:
    assert list(unknown_words(expression, shown))


def promtool(*arguments: str, text: str | None = None) -> str:
    """The output of promtool, which must succeed."""
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed (package prometheus)")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, input=text, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_prometheus_accepts_the_rules() -> None:
    assert f"{len(rules())} rules found" in promtool("check", "rules", str(RULES))


def test_each_alert_fires_when_it_should_and_not_for_a_healthy_pair() -> None:
    text = SCENES.read_text(encoding="utf-8")
    silent = set(re.findall(r"alertname: (\w+),? *(?:\n +)?exp_alerts: \[\]", text))
    fires = set(re.findall(r"alertname: (\w+)\n +exp_alerts:\n", text))
    assert fires == silent == {name for name, _ in rules()}
    assert "SUCCESS" in promtool("test", "rules", str(SCENES))


def test_prometheus_has_nothing_to_say_about_the_metrics() -> None:
    assert promtool("check", "metrics", text=scene()) == ""
