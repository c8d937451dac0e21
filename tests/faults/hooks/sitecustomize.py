"""Read by every Python that a test of faults starts: what the world around the server should be like.

FAULTS_NO_TORCH=1      PyTorch is not installed: the recipes tried are the same on every machine
FAULTS_GREEDY=NAME     the candidate of this name asks for memory without end
FAULTS_EVENTS=FILE     a line for every piece of work that is begun
"""

import importlib.util
import os

if os.environ.get("FAULTS_NO_TORCH"):
    _find_spec = importlib.util.find_spec

    def find_spec(name, package=None):  # type: ignore[no-untyped-def]
        return None if name == "torch" else _find_spec(name, package)

    importlib.util.find_spec = find_spec
