"""Figures as Prometheus reads them: its text format, version 0.0.4.

Written out here and not by a library: the figures lie in the database, the same for every process of the service,
while the usual library counts in each process by itself; what is left of it are these few lines.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Kind = Literal["counter", "gauge", "histogram"]
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One figure.

    Args:
        value: it.
        labels: of what.
        suffix: of the name, in histograms.
    """

    value: float
    labels: Labels
    suffix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Figures of one name.

    Args:
        name: as Prometheus calls it.
        kind: what may be done with it.
        help: what it is.
        samples: the figures.
    """

    name: str
    kind: Kind
    help: str
    samples: Sequence[Sample]


def histogram(labels: Labels, *, ends: Sequence[float], counts: Sequence[int], total: float) -> list[Sample]:
    """Return the figures of a histogram.

    Args:
        labels: of what.
        ends: upper ends of the buckets but the last.
        counts: how many fell into each bucket, not summed up, one more than ``ends``.
        total: of everything that was measured.

    Example:
        >>> parts = histogram({}, ends=[0.1], counts=[2, 1], total=0.7)
        >>> [(one.suffix, one.labels.get("le"), one.value) for one in parts]
        [('_bucket', '0.1', 2), ('_bucket', '+Inf', 3), ('_sum', None, 0.7), ('_count', None, 3)]
    """
    samples, seen = [], 0
    for end, n in zip([*(f"{end:g}" for end in ends), "+Inf"], counts, strict=True):
        seen += n
        samples.append(Sample(value=seen, labels={**labels, "le": end}, suffix="_bucket"))
    samples.append(Sample(value=total, labels=labels, suffix="_sum"))
    samples.append(Sample(value=seen, labels=labels, suffix="_count"))
    return samples


def exposed(families: Iterable[Family]) -> str:
    """Return figures as text; families without any are left out.

    Example:
        >>> print(exposed([Family(name="up", kind="gauge", help="It is.", samples=[Sample(value=1, labels={})])]), end="")
        # HELP up It is.
        # TYPE up gauge
        up 1
    """  # noqa: E501 (an example is one line)
    lines: list[str] = []
    for family in families:
        if not family.samples:
            continue
        lines.append(f"# HELP {family.name} {_escaped(family.help, quotes=False)}")
        lines.append(f"# TYPE {family.name} {family.kind}")
        lines += [_line(family.name, sample) for sample in family.samples]
    return "".join(f"{line}\n" for line in lines)


def _line(name: str, sample: Sample) -> str:
    words = ",".join(f'{key}="{_escaped(value)}"' for key, value in sample.labels.items())
    shown = f"{sample.value:d}" if isinstance(sample.value, int) else repr(float(sample.value))
    return f"{name}{sample.suffix}{{{words}}} {shown}" if words else f"{name}{sample.suffix} {shown}"


def _escaped(text: str, *, quotes: bool = True) -> str:
    plain = text.replace("\\", r"\\").replace("\n", r"\n")
    return plain.replace('"', r"\"") if quotes else plain
