"""Pack what was measured into the Parquet file that ships with the package.

    python -m knowledge.pack --work build/knowledge

One row for each (data set, recipe): score, balanced accuracy, seconds, split, photos fitted on and scored on, and the
numbers of the data set's profile, repeated. The file's own metadata say which programs and which weights it was made
with, so that it is passed over where the weights are others.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from apprenti.stages.select.profile_vector import PROFILE_COLUMNS, profile_vector
from apprenti.store.base_knowledge import BASE_KNOWLEDGE, FORMAT, PROFILE_PREFIX
from knowledge.datasets import TASKS
from knowledge.measure import Measured, read_result

MAX_BYTES = 2_000_000
NAMES = ("dataset", "family", "recipe", "split")
COUNTS = ("n_train", "n_held_out")


def main() -> None:
    """Write the file, and say what is in it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--work", type=Path, required=True, help="where knowledge.build kept what it measured"
    )
    parser.add_argument("--out", type=Path, default=BASE_KNOWLEDGE)
    options = parser.parse_args()
    found = [read_result(task, options.work) for task in TASKS]
    measured = [result for result in found if result is not None]
    if not measured:
        raise SystemExit("nothing measured with the weights and the catalogue of today; run knowledge.build")
    pack(measured, options.out)
    n_cells = sum(len(result.cells) for result in measured)
    size = options.out.stat().st_size
    print(f"{len(measured)} of {len(TASKS)} data sets, {n_cells} cells, {size / 1e6:.2f} MB")
    if size > MAX_BYTES:
        raise SystemExit(f"more than {MAX_BYTES / 1e6:.0f} MB: too large to ship")


def pack(measured: Sequence[Measured], out: Path) -> None:
    """Write the cells of several data sets as one Parquet file; the same cells give the same bytes.

    Raises:
        ValueError: they were not all made with the same weights and programs.
    """
    import pandas
    from fastparquet import write

    made_with = {json.dumps(_made_with(result), sort_keys=True) for result in measured}
    if len(made_with) > 1:
        raise ValueError("not all made with the same weights and programs; build again what is older")
    frame = pandas.DataFrame(_rows(measured))
    for name in NAMES:
        frame[name] = frame[name].astype("category")
    numbers = [name for name in frame.columns if name not in (*NAMES, *COUNTS)]
    frame = frame.astype({**dict.fromkeys(numbers, "float32"), **dict.fromkeys(COUNTS, "int32")})
    write(
        str(out),
        frame,
        compression="GZIP",
        write_index=False,
        custom_metadata={"apprenti.base_knowledge": made_with.pop()},
        stats=False,
    )


def _rows(measured: Iterable[Measured]) -> list[dict[str, Any]]:
    return [
        {
            "dataset": result.task,
            "family": result.family,
            "recipe": cell.recipe,
            "split": cell.split,
            "n_train": cell.n_train,
            "n_held_out": result.n_held_out,
            "score": cell.score,
            "balanced_accuracy": cell.balanced_accuracy,
            "seconds": cell.seconds,
            **{
                f"{PROFILE_PREFIX}{name}": value
                for name, value in zip(PROFILE_COLUMNS, profile_vector(result.profile).tolist(), strict=True)
            },
        }
        for result in measured
        for cell in sorted(result.cells, key=lambda cell: cell.recipe)
    ]


def _made_with(result: Measured) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "weights_sha256": result.weights_sha256,
        "catalogue_sha256": result.catalogue_sha256,
        "versions": dict(result.versions),
    }


if __name__ == "__main__":
    main()
