"""Store: what is kept between runs, and how; a twin in memory passes the same tests."""

from __future__ import annotations

from apprenti.store.cells import TrainingRecord, append_cells, read_cells
from apprenti.store.feature_shelf import FeatureShelf
from apprenti.store.files import check_writable, write_atomically
from apprenti.store.memory_shelf import MemoryShelf
from apprenti.store.parquet import read_parquet
from apprenti.store.workspace import private_workspace

__all__ = [
    "FeatureShelf",
    "MemoryShelf",
    "TrainingRecord",
    "append_cells",
    "check_writable",
    "private_workspace",
    "read_cells",
    "read_parquet",
    "write_atomically",
]
