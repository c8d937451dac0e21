"""How large the image is, but for its base: the environment that the steps of the Dockerfile make, by package.

    python benchmarks/image_size.py

Does the first stage of ``deploy/Dockerfile`` in a folder, as the tests do, and adds up what lies in it. Takes an index
of packages. Writes ``results/image_size.json``, one row for each package, and one for all.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

import results

sys.path.insert(0, str(results.ROOT))

from tests.deploy.building import build

KEY = ("package",)
ALL = "all"
MB = 2**20


def main() -> None:
    """Build, measure, keep."""
    with tempfile.TemporaryDirectory() as folder:
        sizes = sizes_of(build(Path(folder)))
    rows = [{"package": name, "mb": round(n / MB, 1)} for name, n in sizes.most_common() if n >= MB]
    rows.append({"package": ALL, "mb": round(sizes.total() / MB, 1)})
    results.keep("image_size", rows, key=KEY)
    for row in rows:
        print(f"{row['mb']:8.1f} MB  {row['package']}")


def sizes_of(environment: Path) -> Counter[str]:
    """Return the bytes of each folder of packages, as they lie on the disk; links are none."""
    sizes: Counter[str] = Counter()
    (packages,) = environment.glob("lib/python*/site-packages")
    for path in environment.rglob("*"):
        if path.is_file() and not path.is_symlink():
            inside = path.relative_to(packages).parts[0] if path.is_relative_to(packages) else "python"
            sizes[inside.removesuffix(".py")] += path.stat().st_blocks * 512
    return sizes


if __name__ == "__main__":
    main()
