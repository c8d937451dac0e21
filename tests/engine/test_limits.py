"""A process that limited itself stays limited, leaves no core file, and survives what asks for too much."""

from __future__ import annotations

import subprocess
import sys

import pytest

from apprenti.engine.limits import limit_this_process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")

LIMITED = "from apprenti.engine.limits import limit_this_process\nimport os, resource\n"


def said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", LIMITED + code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_more_memory_than_allowed_is_refused_and_the_process_goes_on() -> None:
    code = """
limit_this_process(memory_mb=200)
try:
    bytearray(400 * 2**20)
except MemoryError:
    print("refused")
print(len(bytearray(20 * 2**20)))
"""
    assert said(code).split() == ["refused", str(20 * 2**20)]


def test_more_files_than_allowed_are_refused() -> None:
    code = """
limit_this_process(n_files=32)
files = []
try:
    while True:
        files.append(open(os.devnull))
except OSError as error:
    print(len(files) <= 32, error.strerror)
"""
    assert said(code) == "True Too many open files"


def test_a_crash_leaves_no_core_file() -> None:
    code = "limit_this_process()\nprint(resource.getrlimit(resource.RLIMIT_CORE))"
    assert said(code) == "(0, 0)"


def test_what_was_limited_cannot_be_had_back_and_a_second_call_never_gives_more() -> None:
    code = """
limit_this_process(memory_mb=300, n_files=64)
limit_this_process(memory_mb=900, n_files=128)
print(resource.getrlimit(resource.RLIMIT_DATA) == (300 * 2**20,) * 2, resource.getrlimit(resource.RLIMIT_NOFILE))
"""
    assert said(code) == "True (64, 64)"


def test_processes_that_it_starts_are_limited_too() -> None:
    code = """
import subprocess, sys
limit_this_process(n_files=50)
print(subprocess.run([sys.executable, "-c", "import resource as r; print(r.getrlimit(r.RLIMIT_NOFILE)[0])"],
      capture_output=True, text=True).stdout)
"""
    assert said(code) == "50"


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_leaves_nothing_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match="nothing"):
        limit_this_process(memory_mb=limit)
