"""Hub: the only room that asks a network, and only for a backbone that was given as ``hf:...``.

``huggingface_hub`` is imported here and nowhere else, inside functions; what is taken from it, what it may send and
where its files lie is decided here.
"""

from __future__ import annotations

from apprenti.hub.access import DEFAULT_ENDPOINT, HubAccess
from apprenti.hub.choice import CONFIG, PREPROCESSOR
from apprenti.hub.fetching import fetch, files_of

__all__ = ["CONFIG", "DEFAULT_ENDPOINT", "PREPROCESSOR", "HubAccess", "fetch", "files_of"]
