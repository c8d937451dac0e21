"""Pieces of work for the engine tests: importable by name and light, since workers import them too."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apprenti.domain.errors import ItemError


@dataclass(frozen=True)
class Parcel:
    """An item of a class that only the search path of whoever packed it leads to."""

    content: str


def content(parcel: Parcel) -> str:
    return parcel.content


def square(number: int) -> int:
    return number * number


def add(number: int, *, to: int) -> int:
    return number + to


def slow_square(number: int) -> int:
    """Earlier items take longer, so that results come in out of order."""
    time.sleep(0.02 * (4 - number % 4))
    return number * number


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def fail_at_three(number: int) -> int:
    if number == 3:
        raise ItemError("empty_file", item="0412.png")
    return number


def divide_by_zero(number: int) -> float:
    return number / 0


def leave_the_program(_: object) -> None:
    sys.exit(3)


def exit_at_once(status: int) -> None:
    os._exit(status)


def die_once(marker: str) -> str:
    """Kill this process the first time; work the second."""
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), 9)
    return "worked"


def process_id(_: object) -> int:
    return os.getpid()


def take_memory(megabytes: int) -> int:
    return len(bytearray(megabytes * 2**20))


def loop_forever(_: object) -> None:
    while True:
        pass


def start_a_program_and_loop(marker: str) -> None:
    """Start another program that would outlive a careless kill, say its number, and never end."""
    import subprocess

    child = subprocess.Popen(["sleep", "600"])
    Path(marker + ".new").write_text(f"{os.getpid()} {child.pid}")
    os.replace(marker + ".new", marker)  # noqa: PTH105
    child.wait()


def say_process_id_and_loop(marker: str) -> None:
    Path(marker + ".new").write_text(str(os.getpid()))
    os.replace(marker + ".new", marker)  # noqa: PTH105
    loop_forever(None)


def chatter(text: str) -> str:
    print(text)
    os.write(1, text.encode())
    sys.stdout.write("no newline")
    return sys.stdin.read() + text


def double(array: Any) -> Any:
    array *= 2  # in place: what arrives must be writable
    return array


def blas_threads(_: object) -> list[int]:
    import numpy as np
    from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

    np.ones((8, 8)) @ np.ones((8, 8))
    return [pool["num_threads"] for pool in threadpool_info()]


def unpicklable(_: object) -> object:
    return lambda: None


class HomemadeError(Exception):
    """Cannot be rebuilt from its message, as many errors of libraries cannot."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first + second)


def raise_homemade(_: object) -> None:
    raise HomemadeError("one", "two")


def loaded_modules(_: object) -> list[str]:
    return sorted(sys.modules)
