"""The knowledge that ships with the package: how every recipe of the catalogue did on data sets of our own.

Made by ``knowledge/``. Scores belong to the weights they were measured with: with others the file is passed over, and
the package knows nothing rather than something wrong.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.knowledge_table import Knowledge

if TYPE_CHECKING:
    from fastparquet import ParquetFile

BASE_KNOWLEDGE = Path(__file__).with_name("base_knowledge.parquet")
FORMAT = 1
METADATA = "apprenti.base_knowledge"
PROFILE_PREFIX = "profile_"
"""What the names of the columns begin with that describe a data set."""


def read_base_knowledge(*, weights_sha256: str, path: Path = BASE_KNOWLEDGE) -> Knowledge | None:
    """Return the base knowledge; ``None`` where there is none that can be used.

    Args:
        weights_sha256: of the packaged network as it is now; what was measured with another is not used.
        path: another file of the same kind.

    Returns:
        Data sets and recipes in the order of their names; NaN where a recipe was not measured.
    """
    from fastparquet import ParquetFile

    if not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            parquet = ParquetFile(file)
            if not _usable(parquet, weights_sha256):
                return None
            return _table(parquet.to_pandas())
    except Exception:  # fastparquet raises anything on a damaged file
        return None


def _usable(parquet: ParquetFile, weights_sha256: str) -> bool:
    made_with = json.loads(cast("str", parquet.key_value_metadata.get(METADATA, "{}")))
    return bool(made_with.get("format") == FORMAT and made_with.get("weights_sha256") == weights_sha256)


def _table(frame: Any) -> Knowledge:
    """Return long rows as tables, [data sets, recipes]."""
    datasets, row = np.unique(frame["dataset"].astype(str), return_inverse=True)
    recipes, column = np.unique(frame["recipe"].astype(str), return_inverse=True)
    first = np.unique(row, return_index=True)[1]  # a data set's own values are repeated in all its rows
    described = [name for name in frame.columns if name.startswith(PROFILE_PREFIX)]

    def spread(name: str) -> NDArray[np.float32]:
        values = np.full((len(datasets), len(recipes)), np.nan, dtype=np.float32)
        values[row, column] = frame[name].to_numpy(np.float32)
        return values

    return Knowledge(
        datasets=tuple(datasets.tolist()),
        families=tuple(frame["family"].astype(str).to_numpy()[first].tolist()),
        recipes=tuple(recipes.tolist()),
        scores=spread("score"),
        seconds=spread("seconds"),
        profiles=frame[described].to_numpy(np.float32)[first],
        profile_columns=tuple(name.removeprefix(PROFILE_PREFIX) for name in described),
    )
