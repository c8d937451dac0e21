"""Traffic: what is counted of each answer, and how the counts are read again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from apprenti.domain.service import StoredPrediction
from apprenti.store.database import traffic as table
from apprenti.store.database.rows import Tx
from apprenti.store.database.traffic import Count

DAY_US = 24 * 3600 * 1_000_000
LATENCY_ENDS_MS = (5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
"""Upper ends of the buckets of latency; what is slower has the bucket ``inf``."""

SLOWER = "inf"
N_CONFIDENCE = 10
ANSWERS, UNFAMILIAR, CONFIDENCE, LATENCY, LATENCY_US, LABEL, ERRORS = (
    "answers",
    "unfamiliar",
    "confidence",
    "latency",
    "latency_us",
    "label",
    "errors",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTraffic:
    """What a version answered on one day.

    Args:
        day: days since the epoch, UTC.
        version_number: who answered.
        n: answers.
        n_unfamiliar: of them, to images unlike the training images.
        n_errors: images that could not be used.
        confidence: how many best labels had a probability in 0..0.1, 0.1..0.2 and so on, [10].
        latency: how many answers took up to each of ``LATENCY_ENDS_MS``, and longer, [12]; not summed up.
        latency_us: all answers took together.
        labels: how often each label was given, by its id.
    """

    day: int
    version_number: int
    n: int = 0
    n_unfamiliar: int = 0
    n_errors: int = 0
    confidence: tuple[int, ...] = (0,) * N_CONFIDENCE
    latency: tuple[int, ...] = (0,) * (len(LATENCY_ENDS_MS) + 1)
    latency_us: int = 0
    labels: Mapping[str, int] = field(default_factory=dict)

    @property
    def familiar_share(self) -> float | None:
        """Share of images like the training images, 0..1; ``None`` without answers."""
        return 1 - self.n_unfamiliar / self.n if self.n else None

    def latency_ms(self, share: float) -> int | None:
        """Return what this share of the answers took at most, to the end of a bucket; ``None`` where it is none."""
        wanted, seen = share * sum(self.latency), 0
        for end, n in zip(LATENCY_ENDS_MS, self.latency, strict=False):
            seen += n
            if seen and seen >= wanted:
                return end
        return None


def day_of(us: int) -> int:
    """Return the UTC day of a moment, in days since the epoch.

    Example:
        >>> day_of(1_760_000_000_000_000)
        20370
    """
    return us // DAY_US


def count_answer(tx: Tx, prediction: StoredPrediction) -> None:
    """Count an answer, in the transaction that writes it."""
    _add(tx, prediction.task_id, prediction.version_number, prediction.created_us, counts_of(prediction))


def count_error(tx: Tx, task_id: str, version_number: int, *, now_us: int) -> None:
    """Count an image that could not be used."""
    _add(tx, task_id, version_number, now_us, [(ERRORS, "", 1)])


def _add(tx: Tx, task_id: str, number: int, now_us: int, counts: Iterable[tuple[str, str, int]]) -> None:
    table.add(tx, task_id, version_number=number, day=day_of(now_us), counts=counts)


def counts_of(prediction: StoredPrediction) -> list[tuple[str, str, int]]:
    """Return what is counted of an answer: measure, bucket, by how much."""
    place = bisect_left(LATENCY_ENDS_MS, prediction.latency_us / 1_000)
    slow = str(LATENCY_ENDS_MS[place]) if place < len(LATENCY_ENDS_MS) else SLOWER
    counts = [(ANSWERS, "", 1), (LATENCY, slow, 1), (LATENCY_US, "", prediction.latency_us)]
    if not prediction.familiar:
        counts.append((UNFAMILIAR, "", 1))
    if prediction.label_id:
        tenth = min(int(prediction.p_label * N_CONFIDENCE), N_CONFIDENCE - 1)
        counts.append((CONFIDENCE, str(tenth), 1))
    return counts + [(LABEL, label_id, 1) for label_id in given_labels(prediction)]


def given_labels(prediction: StoredPrediction) -> tuple[str, ...]:
    """Return the ids of the labels an answer gives: the best one, or all that fit in a task of several."""
    listed = prediction.answer.get("labels", [])
    given = tuple(label["id"] for label in listed if label.get("given"))
    return given or ((prediction.label_id,) if prediction.label_id else ())


def by_day(counts: Sequence[Count]) -> tuple[DayTraffic, ...]:
    """Return counts as days, each version by itself, oldest first."""
    found: dict[tuple[int, int], dict[str, dict[str, int]]] = {}
    for count in counts:
        of_day = found.setdefault((count.day, count.version_number), {})
        of_day.setdefault(count.measure, {})[count.bucket] = count.n
    return tuple(_day(*key, measures) for key, measures in sorted(found.items()))


def _day(day: int, number: int, measures: Mapping[str, Mapping[str, int]]) -> DayTraffic:
    def plain(measure: str) -> int:
        return measures.get(measure, {}).get("", 0)

    confidence, latency = measures.get(CONFIDENCE, {}), measures.get(LATENCY, {})
    ends = [*(str(end) for end in LATENCY_ENDS_MS), SLOWER]
    return DayTraffic(
        day=day,
        version_number=number,
        n=plain(ANSWERS),
        n_unfamiliar=plain(UNFAMILIAR),
        n_errors=plain(ERRORS),
        confidence=tuple(confidence.get(str(tenth), 0) for tenth in range(N_CONFIDENCE)),
        latency=tuple(latency.get(end, 0) for end in ends),
        latency_us=plain(LATENCY_US),
        labels=dict(measures.get(LABEL, {})),
    )
