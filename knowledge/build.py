"""Measure every recipe of the catalogue on every data set: the base knowledge, before it is packed.

    python -m knowledge.build --work build/knowledge
    python -m knowledge.build --work build/knowledge --minutes 30
    python -m knowledge.build --work build/knowledge --only digits "drawn shapes"

Where ``WORK/corpus`` holds, or links to, the arrays of ``pretrain/corpus.py``, sets of those are taken as well.

Can be stopped at any moment and given again: it goes on from where it was. What was measured with other weights or
another catalogue is measured anew. Two processes, one thread each.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from apprenti.engine import ProcessEngine
from knowledge.corpus_sets import CORPUS, is_at_hand
from knowledge.datasets import SOURCES, TASKS
from knowledge.layout import ROOT
from knowledge.measure import SourceJob, TaskJob, embed_source, measure_task, read_result

N_PROCESSES = 2
SECONDS_PER_PHOTO = 0.065
SECONDS_PER_TASK = 40.0
"""Of one processor, for saying how much time is left before anything is measured."""


def main() -> None:
    """Build what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, help="where everything is kept")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin nothing after so long")
    parser.add_argument(
        "--only", nargs="+", choices=SOURCES, default=list(SOURCES), help="only these sources"
    )
    parser.add_argument(
        "--data-root",
        type=Path,
        default=ROOT.parent / "shared" / "data" / "images",
        help="folder of the tar files",
    )
    options = parser.parse_args()
    work, data_root = options.work.resolve(), options.data_root.resolve()
    deadline = time.monotonic() + 60 * options.minutes
    tasks = [task for task in TASKS if task.source in sources_at_hand(options.only, work)]
    waiting = [task for task in tasks if read_result(task, work) is None]
    sources = [SOURCES[name] for name in dict.fromkeys(task.source for task in waiting)]
    source_jobs = [
        SourceJob(source=source, work=work, data_root=data_root, deadline=deadline) for source in sources
    ]
    task_jobs = [TaskJob(task=task, work=work, data_root=data_root) for task in waiting]
    print(f"{len(tasks)} data sets, {len(tasks) - len(waiting)} of them measured already", flush=True)
    pace = Pace(
        seconds=sum(SECONDS_PER_PHOTO * job.source.n_photos for job in source_jobs)
        + SECONDS_PER_TASK * len(task_jobs)
    )
    with ProcessEngine(N_PROCESSES) as engine:
        for name in engine.map(embed_source, source_jobs, deadline=deadline):
            pace.tell("embedded", name, SECONDS_PER_PHOTO * SOURCES[name].n_photos)
        for name in engine.map(measure_task, task_jobs, deadline=deadline):
            pace.tell("measured", name, SECONDS_PER_TASK)
    done = sum(read_result(task, work) is not None for task in tasks)
    print(f"{done} of {len(tasks)} data sets measured", flush=True)


def sources_at_hand(names: Iterable[str], work: Path) -> list[str]:
    """Return those of the named sources that can be laid out: the corpus of the packaged network is not everywhere."""
    return [name for name in names if SOURCES[name].of not in CORPUS or is_at_hand(SOURCES[name].of, work)]


class Pace:
    """Says what is done and how long the rest should take, from how fast the work has gone so far.

    Args:
        seconds: of one processor, foreseen for everything.
        clock: seconds that only grow.
    """

    def __init__(self, *, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._foreseen, self._done, self._clock = seconds, 0.0, clock
        self._begun = clock()

    def left_seconds(self) -> float:
        """Return the wall seconds left, by the pace so far; NaN before anything is done."""
        if not self._done:
            return math.nan
        return (self._clock() - self._begun) / self._done * (self._foreseen - self._done)

    def tell(self, what: str, name: str, seconds: float) -> None:
        """Print one line about a piece of work that was foreseen to take ``seconds``."""
        self._done += seconds
        minutes = self.left_seconds() / 60
        elapsed = (self._clock() - self._begun) / 60
        print(f"{elapsed:6.1f} min  {what} {name:36} about {minutes:.0f} min left", flush=True)


if __name__ == "__main__":
    main()
