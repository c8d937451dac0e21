"""Apprenti turns labelled examples into a recogniser you own.

Example:
    >>> import apprenti
    >>> model = apprenti.train("photos/", budget="2m")  # doctest: +SKIP
    >>> model.predict("x.jpg").label  # doctest: +SKIP
    'shirt'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apprenti.client import Client
    from apprenti.domain.errors import ApprentiError
    from apprenti.recogniser import Recogniser, inspect, load, train

__all__ = ["ApprentiError", "Client", "Recogniser", "__version__", "inspect", "load", "train"]
__version__ = "0.1.0"

_HOMES = {
    "ApprentiError": "apprenti.domain.errors",
    "Client": "apprenti.client",
    "Recogniser": "apprenti.recogniser",
    "inspect": "apprenti.recogniser",
    "load": "apprenti.recogniser",
    "train": "apprenti.recogniser",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that ``import apprenti`` costs next to nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'apprenti' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
