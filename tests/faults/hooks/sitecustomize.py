"""Read by every Python that a test of faults starts: what the world around the server should be like.

FAULTS_NO_TORCH=1      PyTorch is not installed: the recipes tried are the same on every machine
FAULTS_CLOCK=FILE      so many seconds are added to the time of the world, as the file says at that moment
FAULTS_GREEDY=FILE     the first candidate asks for memory without end, and leaves its name in the file
"""

import importlib.util
import os
import sys

if os.environ.get("FAULTS_NO_TORCH"):
    _find_spec = importlib.util.find_spec

    def find_spec(name, package=None):  # type: ignore[no-untyped-def]
        return None if name == "torch" else _find_spec(name, package)

    importlib.util.find_spec = find_spec

if os.environ.get("FAULTS_CLOCK"):
    import time

    _time, _time_ns = time.time, time.time_ns

    def _seconds_off():  # type: ignore[no-untyped-def]
        with open(os.environ["FAULTS_CLOCK"]) as file:
            return int(file.read())

    time.time = lambda: _time() + _seconds_off()
    time.time_ns = lambda: _time_ns() + _seconds_off() * 10**9

if os.environ.get("FAULTS_GREEDY"):

    class _Greedy:
        """Makes the first recipe that is fitted ask for memory without end."""

        def find_spec(self, name, path=None, target=None):  # type: ignore[no-untyped-def]
            if name != "apprenti.blocks.pipeline":
                return None
            sys.meta_path.remove(self)
            spec = importlib.util.find_spec(name)
            load = spec.loader.exec_module

            def exec_module(module):  # type: ignore[no-untyped-def]
                load(module)
                module.fit_pipeline = _greedy(module.fit_pipeline)

            spec.loader.exec_module = exec_module
            return spec

    def _greedy(fit_pipeline):  # type: ignore[no-untyped-def]
        def fit(recipe, *values, **more):  # type: ignore[no-untyped-def]
            try:
                with open(os.environ["FAULTS_GREEDY"], "x") as file:
                    file.write(recipe.name)
            except FileExistsError:
                return fit_pipeline(recipe, *values, **more)
            taken = []
            while True:
                taken.append(bytearray(2**26))

        return fit

    sys.meta_path.insert(0, _Greedy())
