"""Figures in the text form that Prometheus reads, from plain data.

    exposition([Family("installation_xruns", COUNTER, "blocks that came too late", [({}, 3.0)])])
"""
from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
COUNTER, GAUGE = "counter", "gauge"


@dataclass(frozen=True, slots=True)
class Family:
    """One figure, or the same one of several things. samples: (labels, value); each sample has the same labels. Values that are not finite are left out."""

    name: str
    kind: str
    help: str
    samples: Sequence[tuple[dict[str, str], float]]


class _Once:
    """What Prometheus' library asks for figures."""

    def __init__(self, families: Iterable[Family]) -> None:
        self._families = families

    def collect(self) -> Iterable[object]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        for family in self._families:
            samples = [(labels, value) for labels, value in family.samples if math.isfinite(value)]
            names = list(samples[0][0]) if samples else []
            made = (CounterMetricFamily if family.kind == COUNTER else GaugeMetricFamily)(family.name, family.help, labels=names)
            for labels, value in samples:
                made.add_metric([labels[name] for name in names], value)
            yield made


def exposition(families: Iterable[Family]) -> bytes:
    """The text."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once(list(families)))  # type: ignore[arg-type]
    return generate_latest(registry)
