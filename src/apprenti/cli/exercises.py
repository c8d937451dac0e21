"""A lesson's code exercise on the learner's own machine: a file with a gap, run in a process of its own.

It is the learner's code, run at their own call and with their own rights; the process is there so that a loop
without end or a crash says so instead of taking the command with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from apprenti.texts import Lang, say

if TYPE_CHECKING:
    from apprenti.lessons.lesson import Lesson

SECONDS = 20
MARK = "apprenti-verdict "
_RUN = """
import json, sys
from pathlib import Path
from apprenti.lessons.catalogue import lesson_of
from apprenti.lessons.exercising import judged
print({mark!r} + json.dumps(judged(lesson_of(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the learner's code is worth, and what to say to them."""

    right: bool
    said: str


def begin(lesson: Lesson, folder: Path, lang: Lang) -> Path:
    """Return the learner's file, written with its gap where it is not there yet."""
    from apprenti.store import write_atomically

    path = folder / f"{lesson.folder}.py"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, lesson.file(f"exercise.{lang}.py"))
    return path


def result_of(lesson: Lesson, path: Path, lang: Lang) -> Result:
    """Run the learner's file and return what came of it."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", _RUN.format(mark=MARK), lesson.folder, str(path), lang],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(right=False, said=say("cli.exercise_endless", lang, seconds=SECONDS))
    marked = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if not marked:
        return Result(right=False, said=say("cli.exercise_died", lang, cause=_last_line(done.stderr)))
    verdict = json.loads(marked[-1].removeprefix(MARK))
    return Result(right=bool(verdict["right"]), said=str(verdict["said"]))


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "?")
