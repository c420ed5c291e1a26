"""Every metric, declared, and their text for Prometheus (exposition format 0.0.4).

Nothing the intake or the vault shows moves with one envelope (design, operations 6). No label names a supplier, a
party, an endpoint, a path or a user.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, TypeAlias

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client import Metric as PrometheusMetric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

Process = Literal["intake", "vault", "portal", "courier"]
ALL: Final = frozenset[Process]({"intake", "vault", "portal", "courier"})

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_LABEL_VALUE: Final = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True)
class Declared:
    name: str
    kind: Literal["gauge", "counter", "histogram"]
    text: str
    processes: frozenset[Process]
    labels: tuple[str, ...] = ()


class Metric(Enum):
    UP = Declared("laborvoice_up", "gauge", "1 while the process serves.", ALL)
    BUSY = Declared(
        "laborvoice_busy", "gauge", "1 if a request was refused for load in the last 5 minutes.", frozenset({"intake"})
    )
    MIX_AGE = Declared("laborvoice_mix_age_seconds", "gauge", "Seconds since the last mix.", frozenset({"vault"}))
    CLOSE = Declared(
        "laborvoice_close_state", "gauge", "1 for the state of the last close.", frozenset({"vault"}), ("state",)
    )
    KEY_AGE = Declared(
        "laborvoice_key_age_seconds", "gauge", "Age of the current key.", frozenset({"intake", "vault"}), ("key",)
    )
    REQUESTS = Declared(
        "laborvoice_requests_total", "counter", "Requests answered.", frozenset({"portal"}), ("route", "status")
    )
    LATENCY = Declared(
        "laborvoice_request_seconds",
        "histogram",
        "From a request's head to the head of its answer.",
        frozenset({"portal"}),
    )
    POOL = Declared(
        "laborvoice_pool_connections", "gauge", "Connections to the database.", frozenset({"portal"}), ("state",)
    )
    SESSIONS = Declared("laborvoice_sessions", "gauge", "Sessions that go on.", frozenset({"portal"}))
    STRAY = Declared(
        "laborvoice_stray_partitions",
        "gauge",
        "Default partitions that hold rows: a partition was not made in time.",
        frozenset({"vault"}),
    )
    OLDEST = Declared(
        "laborvoice_oldest_transaction_seconds",
        "gauge",
        "How long the oldest transaction has lasted, in whole minutes.",
        frozenset({"courier"}),
    )
    DEAD_ROWS = Declared(
        "laborvoice_outbox_dead_rows", "gauge", "Rows of the outbox that wait for a vacuum.", frozenset({"courier"})
    )
    ATTEMPTS = Declared(
        "laborvoice_webhook_attempts_total", "counter", "Attempts ended.", frozenset({"courier"}), ("class",)
    )
    DUE = Declared("laborvoice_webhook_due", "gauge", "Deliveries that are due.", frozenset({"courier"}))
    OLDEST_DUE = Declared(
        "laborvoice_webhook_oldest_due_seconds", "gauge", "How long the oldest has been due.", frozenset({"courier"})
    )
    IN_FLIGHT = Declared("laborvoice_webhook_in_flight", "gauge", "Requests that are out.", frozenset({"courier"}))
    BREAKERS = Declared(
        "laborvoice_webhook_breakers_open", "gauge", "Endpoints that rest after failures.", frozenset({"courier"})
    )
    ENDPOINTS = Declared(
        "laborvoice_webhook_endpoints", "gauge", "Endpoints by state.", frozenset({"courier"}), ("state",)
    )
    CLAIM = Declared(
        "laborvoice_webhook_claim_seconds", "gauge", "How long the last claim took.", frozenset({"courier"})
    )
    FLUSH = Declared(
        "laborvoice_webhook_flush_seconds", "gauge", "How long the last flush took.", frozenset({"courier"})
    )
    EXPIRED = Declared(
        "laborvoice_webhook_lease_expired_total", "counter", "Leases that ran out.", frozenset({"courier"})
    )
    HEART_LATE = Declared(
        "laborvoice_webhook_heartbeat_late_total", "counter", "Heartbeats late or left out.", frozenset({"courier"})
    )


Sample = tuple[Metric, tuple[str, ...]]
"""A metric and the values of its labels, in the order it declares them."""


class Spread:
    """How long things took, by upper bounds in seconds: of each one only the bound it was below is kept."""

    BOUNDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

    def __init__(self) -> None:
        self._counts = [0] * (len(self.BOUNDS) + 1)
        self.total = 0.0

    def took(self, seconds: float) -> None:
        self._counts[bisect_left(self.BOUNDS, seconds)] += 1
        self.total += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """Bounds as Prometheus writes them, each with how many were at or below it."""
        names = (*map(str, self.BOUNDS), "+Inf")
        return [(name, float(sum(self._counts[: at + 1]))) for at, name in enumerate(names)]


Values: TypeAlias = Mapping[Sample, float | Spread]


def render(process: Process, values: Values) -> bytes:
    """In the order of declaration, so that equal values are equal bytes.

    Raises ValueError for a metric of another process or a label value that could name someone.
    """
    for metric, labels in values:
        _check(process, metric, labels)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once(values))
    return generate_latest(registry)


class _Once(Collector):
    """The samples of one look. The library's own counters of the process would move with each envelope."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def collect(self) -> Iterator[PrometheusMetric]:
        for metric in Metric:
            declared = metric.value
            found = [(labels, value) for (known, labels), value in self._values.items() if known is metric]
            if found:
                yield _family(declared, sorted(found, key=lambda one: one[0]))


def _family(declared: Declared, found: list[tuple[tuple[str, ...], float | Spread]]) -> PrometheusMetric:
    if declared.kind == "histogram":
        spread = HistogramMetricFamily(declared.name, declared.text, labels=declared.labels)
        for labels, value in found:
            if isinstance(value, Spread):
                spread.add_metric(labels, value.buckets(), value.total)
        return spread
    family: GaugeMetricFamily | CounterMetricFamily = _FAMILIES[declared.kind](
        declared.name, declared.text, labels=declared.labels
    )
    for labels, value in found:
        if not isinstance(value, Spread):
            family.add_metric(labels, value)
    return family


_FAMILIES: Final = {"gauge": GaugeMetricFamily, "counter": CounterMetricFamily}


def _check(process: Process, metric: Metric, labels: tuple[str, ...]) -> None:
    if process not in metric.value.processes:
        raise ValueError(f"{metric.value.name} is no metric of {process}")
    if len(labels) != len(metric.value.labels) or not all(_LABEL_VALUE.fullmatch(value) for value in labels):
        raise ValueError(f"{metric.value.name} has other labels")
