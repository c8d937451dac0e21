"""Real photos to try the product on, without a network."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from apprenti.domain.errors import OptionError
from apprenti.store.files import write_error

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLES = ("digits",)
DIGITS_MAX_LEVEL = 16


def write_samples(name: str, folder: Path) -> int:
    """Write the samples ``name`` as class folders, whole or not at all, and return how many they are.

    ``digits`` are the 1,797 handwritten digits that come with scikit-learn: 8 x 8 pixels, grey, PNG, in class
    folders ``0`` to ``9``. Source: E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten
    Digits, UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, CC BY 4.0.

    Args:
        name: which samples.
        folder: where to; missing or empty.

    Raises:
        OptionError: no such samples, or ``folder`` has something in it.
        UserError: the disk is full, or the place may not be written.
    """
    if name not in SAMPLES:
        raise OptionError("samples_unknown", name=name, known=", ".join(SAMPLES))
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OptionError("folder_not_empty", path=str(folder))
    unfinished = folder.with_name(f".{secrets.token_hex(8)}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        n_written = _write_digits(unfinished)
        if folder.exists():
            folder.rmdir()  # refuses if somebody has put something there meanwhile
        unfinished.rename(folder)
    except OSError as error:
        raise write_error(folder, error) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return n_written


def digits() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the 1,797 digits, [n, 8, 8] uint8, and what each is, [n] int64."""
    import numpy as np
    from sklearn.datasets import load_digits

    found = load_digits()
    levels = np.rint(found.images * (255 / DIGITS_MAX_LEVEL)).astype(np.uint8)
    return levels, found.target.astype(np.int64)


def _write_digits(folder: Path) -> int:
    from PIL import Image

    levels, targets = digits()
    for number, (image, label) in enumerate(zip(levels, targets, strict=True)):
        path = folder / str(label) / f"{number:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
    return len(levels)
