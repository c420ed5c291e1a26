"""The alarms and the dashboard that are shipped speak of metrics, states and keys that exist."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from laborvoice.bootstrap.vault_watch import CLOSING
from laborvoice.metrics import Metric

NAME = re.compile(r"\blaborvoice_[a-z_]+")
SUFFIXES = ("_bucket", "_count", "_sum")
LABEL = re.compile(r"\b(?P<metric>laborvoice_[a-z_]+)\{(?P<label>\w+)(=~?)\"(?P<value>[^\"]*)\"\}")

# Design, operations 6: each of these has an alarm.
ALARMED = {
    "laborvoice_mix_age_seconds > 180",
    "laborvoice_webhook_oldest_due_seconds > 900",
    "laborvoice_webhook_heartbeat_late_total",
    "laborvoice_stray_partitions > 0",
    'laborvoice_key_age_seconds{key="manifest"} > 9 * 86400',
    "laborvoice_outbox_dead_rows",
    "laborvoice_oldest_transaction_seconds",
}


def rules(root: Path) -> list[dict[str, str]]:
    """Flat ``name: value`` lines of each alarm; the file is written so that no parser is needed."""
    text = (root / "deploy" / "prometheus" / "rules.yml").read_text("utf-8")
    lines = [
        dict(re.findall(r"^\s+(alert|expr|for|severity|summary|costs): (.+)$", one, re.MULTILINE))
        for one in re.split(r"^      - ", text, flags=re.MULTILINE)[1:]
    ]
    named = re.findall(r"^      - alert: (\w+)$", text, re.MULTILINE)
    return [{"alert": name, **line} for name, line in zip(named, lines, strict=True)]


def dashboard(root: Path) -> Any:
    return json.loads((root / "deploy" / "grafana" / "dashboard.json").read_text("utf-8"))


def expressions(root: Path) -> list[str]:
    targets = [target["expr"] for panel in dashboard(root)["panels"] for target in panel["targets"]]
    return [*(one["expr"] for one in rules(root)), *targets]


def of(name: str) -> str:
    """A histogram's parts belong to it."""
    for suffix in SUFFIXES:
        whole = name.removesuffix(suffix)
        if any(one.value.name == whole and one.value.kind == "histogram" for one in Metric):
            return whole
    return name


def test_every_metric_named_exists(root: Path) -> None:
    known = {one.value.name for one in Metric}
    named = {of(name) for one in expressions(root) for name in NAME.findall(one)}
    assert named <= known
    assert len(named) > 10


def test_every_metric_is_on_the_dashboard(root: Path) -> None:
    shown = {
        of(name)
        for panel in dashboard(root)["panels"]
        for target in panel["targets"]
        for name in NAME.findall(target["expr"])
    }
    assert shown == {one.value.name for one in Metric}


def test_every_label_named_is_declared(root: Path) -> None:
    labels = {one.value.name: one.value.labels for one in Metric}
    for one in expressions(root):
        for found in LABEL.finditer(one):
            assert found["label"] in labels[found["metric"]], one
            if found["metric"] == Metric.CLOSE.value.name:
                assert found["value"] in CLOSING


def test_each_alarm_says_whom_it_costs(root: Path) -> None:
    assert len(rules(root)) > 10
    for one in rules(root):
        assert one["alert"].startswith("Laborvoice")
        assert one["severity"] in {"page", "ticket"}
        assert one["summary"].endswith(".")
        assert one["costs"].endswith(".")


@pytest.mark.parametrize("wanted", sorted(ALARMED))
def test_what_the_design_wants_alarmed_is(wanted: str, root: Path) -> None:
    assert any(wanted in one["expr"] for one in rules(root))


def test_the_dashboard_is_one_that_grafana_reads(root: Path) -> None:
    panels = dashboard(root)["panels"]
    assert len({one["id"] for one in panels}) == len(panels)
    places = {(one["gridPos"]["x"], one["gridPos"]["y"]) for one in panels}
    assert len(places) == len(panels)
    assert all(one["targets"] and one["description"] for one in panels)
