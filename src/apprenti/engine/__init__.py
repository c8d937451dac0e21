"""Engine: where work runs. This process (for tests and teaching) or worker processes; later other machines.

The names are looked up when first asked for: a worker process imports this package too, and must start fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apprenti.engine.inline import InlineEngine
    from apprenti.engine.processes import ProcessEngine

__all__ = ["InlineEngine", "ProcessEngine"]


def __getattr__(name: str) -> object:
    """Return the engine called ``name``, importing its file now."""
    if name == "InlineEngine":
        from apprenti.engine.inline import InlineEngine

        return InlineEngine
    if name == "ProcessEngine":
        from apprenti.engine.processes import ProcessEngine

        return ProcessEngine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
