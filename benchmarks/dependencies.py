"""What each dependency weighs on disk and costs to import, in environments made for it.

    python benchmarks/dependencies.py

Makes two fresh virtual environments from ``requirements/constraints.txt``: one to predict (Apprenti without
its dependencies, numpy, onnxruntime, pillow), one to train. Writes ``results/dependencies.json``.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import results

RUNTIME = ("numpy", "onnxruntime", "pillow")
IMPORT_NAMES = {"pillow": "PIL.Image", "python-multipart": "python_multipart", "scikit-learn": "sklearn"}
N_IMPORTS = 5
HEAVY_MB = 10.0
"""What the dependencies bring along is listed too from this size on."""

SIZES = """
import json
from importlib.metadata import distributions
def facts(distribution):
    files = [file.locate() for file in distribution.files or ()]
    return [distribution.version, sum(file.stat().st_size for file in files if file.is_file())]
print(json.dumps({each.name.lower(): facts(each) for each in distributions()}))
"""


def main() -> None:
    """Measure both environments."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="apprenti-sizes-") as folder:
        runtime = fresh(Path(folder) / "runtime", ["--no-deps", str(results.ROOT)], list(RUNTIME))
        train = fresh(Path(folder) / "train", [str(results.ROOT)])
        rows = [
            environment_row("predict", runtime),
            environment_row("train and serve", train),
            *(dependency_row(name, train) for name in required()),
            *(dependency_row(name, train) for name in brought_along(train)),
        ]
    results.keep("dependencies", rows, key=("what",))
    for row in rows:
        print(row)


def required() -> list[str]:
    """Return the names of the dependencies in pyproject.toml."""
    project = tomllib.loads((results.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [re.split(r"[<>=!~\\[; ]", line)[0] for line in project["dependencies"]]


def brought_along(python: Path) -> list[str]:
    """Return the names of the heavy packages that only our dependencies ask for."""
    heavy = [name for name, (_, size) in sizes(python).items() if megabytes(size) >= HEAVY_MB]
    return sorted({*heavy} - {*required()})


def fresh(folder: Path, *installs: list[str]) -> Path:
    """Return the interpreter of a new environment with each of ``installs`` given to pip."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    pinned = ["--constraint", str(results.ROOT / "requirements" / "constraints.txt")]
    for arguments in installs:
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *pinned]
        subprocess.run([*pip, *arguments], check=True)
    return python


def sizes(python: Path) -> dict[str, tuple[str, int]]:
    """Return version and bytes of everything installed, the installer itself left out."""
    said = subprocess.run([str(python), "-c", SIZES], check=True, capture_output=True, text=True).stdout
    found = json.loads(said)
    return {name: tuple(facts) for name, facts in found.items() if name not in {"pip", "setuptools"}}


def environment_row(what: str, python: Path) -> results.Row:
    """Return what an environment weighs in all."""
    found = sizes(python)
    return {
        "what": what,
        "n_packages": len(found),
        "mb": megabytes(sum(size for _, size in found.values())),
    }


def dependency_row(name: str, python: Path) -> results.Row:
    """Return what one dependency weighs by itself, and how long a fresh interpreter takes to import it."""
    version, size = sizes(python)[name]
    return {
        "what": name,
        "version": version,
        "mb": megabytes(size),
        "import_ms": round(statistics.median(import_ms(name, python) for _ in range(N_IMPORTS))),
    }


def megabytes(size: int) -> float:
    """Return ``size`` bytes in millions, to a tenth."""
    return round(size / 1e6, 1)


def import_ms(name: str, python: Path) -> float:
    """Return the milliseconds ``-X importtime`` gives for a module and all it pulls in."""
    module = IMPORT_NAMES.get(name, name)
    command = [str(python), "-X", "importtime", "-c", f"import {module}"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stderr.splitlines()
    total = next(line for line in lines if line.rpartition("|")[2].strip() == module)
    return int(total.split("|")[1]) / 1e3


if __name__ == "__main__":
    main()
