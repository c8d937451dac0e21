"""Which classes are taken for which: the most frequent pairs, and the matrix.

Few classes make a table that is read; many make a picture that is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

from apprenti.domain.scores import Scores

MAX_TABLE_LABELS = 16
"""More classes than this do not fit a table that a person reads; the matrix becomes a picture."""

MAX_PAIRS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """``n`` of the ``total`` photos of ``true`` were taken for ``predicted``."""

    true: str
    predicted: str
    n: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCell:
    """One place of the matrix: a count, and its share of the photos of the row, 0..1."""

    row: int
    column: int
    n: int
    share: float

    @property
    def is_right(self) -> bool:
        """Whether it stands on the diagonal."""
        return self.row == self.column


@dataclass(frozen=True, slots=True, kw_only=True)
class MixUps:
    """The confusion matrix, ready to be drawn.

    Args:
        pairs: the most frequent mix-ups, worst first.
        cells: all places with photos.
        table: [K][K] cells of a table, ``None`` where there is no photo; empty with too many classes.
    """

    pairs: tuple[Pair, ...]
    cells: tuple[MatrixCell, ...]
    table: tuple[tuple[MatrixCell | None, ...], ...]


def mix_ups(scores: Scores) -> MixUps:
    """Return the mix-ups of the test photos."""
    labels = [row.label for row in scores.per_class]
    totals = [row.n for row in scores.per_class]
    cells = tuple(
        MatrixCell(row=row, column=column, n=n, share=n / totals[row]) for row, column, n in scores.confusion
    )
    wrong = sorted((cell for cell in cells if not cell.is_right), key=lambda cell: (-cell.n, -cell.share))
    return MixUps(
        pairs=tuple(
            Pair(true=labels[cell.row], predicted=labels[cell.column], n=cell.n, total=totals[cell.row])
            for cell in wrong[:MAX_PAIRS]
        ),
        cells=cells,
        table=_table(cells, len(labels)) if len(labels) <= MAX_TABLE_LABELS else (),
    )


def _table(cells: tuple[MatrixCell, ...], n_labels: int) -> tuple[tuple[MatrixCell | None, ...], ...]:
    at = {(cell.row, cell.column): cell for cell in cells}
    return tuple(tuple(at.get((row, column)) for column in range(n_labels)) for row in range(n_labels))
