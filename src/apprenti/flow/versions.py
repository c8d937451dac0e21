"""Versions of the programs that take part, without importing them."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

PROGRAMS = ("apprenti", "numpy", "onnx", "onnxruntime", "pillow", "scikit-learn", "cleanlab")


def program_versions() -> dict[str, str]:
    """Return the version of every program a result may depend on, by name; those not installed are left out."""
    found = {}
    for name in PROGRAMS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
