"""Ingest: from a folder, an archive or a table to a ``Dataset``.

``sources`` lists what is there (``tree``, ``folders``, ``archives``, ``tables``); ``looking`` reads every
file once; ``duplicates`` (with ``likeness``), ``labels`` (``many_labels``, ``numbers``) and ``splits`` turn that
into examples; ``reading`` puts it together. ``items`` lists what is to be recognised later.
"""

from __future__ import annotations

from apprenti.stages.ingest.items import read_items
from apprenti.stages.ingest.listing import Listing
from apprenti.stages.ingest.reading import read_dataset, read_listing
from apprenti.stages.ingest.sources import list_source

__all__ = ["Listing", "list_source", "read_dataset", "read_items", "read_listing"]
