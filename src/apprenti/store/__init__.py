"""Store: what is kept between runs, and how; a twin in memory passes the same tests."""

from __future__ import annotations

from apprenti.domain.knowledge import TrainingRecord
from apprenti.store.abandoned import sweep_abandoned
from apprenti.store.base_knowledge import read_base_knowledge
from apprenti.store.cells import append_cells, own_records, read_cells, records_by_digest
from apprenti.store.exchange import export_content, read_export
from apprenti.store.feature_shelf import FeatureShelf
from apprenti.store.files import check_writable, write_atomically
from apprenti.store.imports import add_import
from apprenti.store.journal_files import FolderJournal
from apprenti.store.knowledge_files import StorageFacts, forget, storage_facts
from apprenti.store.knowledge_lines import digest_of, line_of, record_of
from apprenti.store.knowledge_rows import cells_by_recipe, training_weights
from apprenti.store.memory_journal import MemoryJournal
from apprenti.store.memory_shelf import MemoryShelf
from apprenti.store.parquet import read_parquet
from apprenti.store.pins import keep_pin, read_pin
from apprenti.store.unfinished import own_folder
from apprenti.store.workspace import private_workspace

__all__ = [
    "FeatureShelf",
    "FolderJournal",
    "MemoryJournal",
    "MemoryShelf",
    "StorageFacts",
    "TrainingRecord",
    "add_import",
    "append_cells",
    "cells_by_recipe",
    "check_writable",
    "digest_of",
    "export_content",
    "forget",
    "keep_pin",
    "line_of",
    "own_folder",
    "own_records",
    "private_workspace",
    "read_base_knowledge",
    "read_cells",
    "read_export",
    "read_parquet",
    "read_pin",
    "record_of",
    "records_by_digest",
    "storage_facts",
    "sweep_abandoned",
    "training_weights",
    "write_atomically",
]
