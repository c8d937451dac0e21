"""A program that writes to a shelf, for the tests: ``python writers.py FOLDER KEY SEED N_PUTS``."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.store import FeatureShelf

N_FEATURES = 64
ROWS_PER_PUT = 20


def content_hash(seed: int, number: int) -> str:
    return hashlib.sha256(f"{seed} {number}".encode()).hexdigest()


def row_of(content_hash: str, n_features: int = N_FEATURES) -> NDArray[np.float32]:
    """Return the row that belongs to a hash, so that a wrong one is found out."""
    numbers = np.random.default_rng(int(content_hash[:8], 16))
    return numbers.standard_normal(n_features).astype(np.float32)


def main() -> None:
    folder, key, seed, n_puts = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    shelf = FeatureShelf(folder)
    print("ready", flush=True)
    for put in range(n_puts):
        hashes = [content_hash(seed, put * ROWS_PER_PUT + i) for i in range(ROWS_PER_PUT)]
        shelf.put(key, hashes, np.stack([row_of(content_hash) for content_hash in hashes]))


if __name__ == "__main__":
    main()
