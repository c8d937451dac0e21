"""How long the service takes to show a task of 100,000 images: lists, the review queue, the dashboard.

    python benchmarks/service_queries.py
    python benchmarks/service_queries.py --database postgresql --n 100000

Rows are written straight into a fresh database: images with labels, a prediction of each with every label's
probability, corrections of some, traffic of two months. Then each question is asked through the flow that the doors
call, several times, and the median of its wall time is kept, beside what it costs the processors: those of this
process and those of the database server, which depend less on who else is at work. ``postgresql`` starts a server of
its own from the system's package, as the tests do. Writes ``results/service_queries.json``, one row for each
(database, question).
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import results

sys.path.insert(0, str(results.ROOT))

from apprenti.domain.service import (
    Caller,
    Correction,
    CorrectionState,
    ImageLabel,
    Label,
    Origin,
    ReviewReason,
    Role,
    StoredImage,
    StoredPrediction,
    Task,
    TaskLabel,
    Version,
    Workspace,
)
from apprenti.flow.service import corrections, images, labels, metrics, monitoring, predictions, review
from apprenti.flow.service.service import Service
from apprenti.flow.service.traffic import DAY_US, count_answer
from apprenti.store.blobs import MemoryBlobs
from apprenti.store.database import corrections as correction_table
from apprenti.store.database import images as image_table
from apprenti.store.database import labels as label_table
from apprenti.store.database import predictions as prediction_table
from apprenti.store.database import rows
from apprenti.store.database import tasks as task_table
from apprenti.store.database import versions as version_table
from apprenti.store.database import workspaces as workspace_table
from apprenti.store.database.connection import Database
from apprenti.store.database.images import ImageFilter
from apprenti.store.database.tables import IMAGE_LABELS
from apprenti.store.worker_locks import FileLocks

KEY = ("database", "question")
N_LABELS = 12
N_DAYS = 60
BAR_MS = 50.0
FIRST = -15
TODAY_US = 20_400 * DAY_US + DAY_US // 2
OPERATOR = Caller(token_id="benchmark", role=Role.OPERATOR)


@dataclass(frozen=True, kw_only=True)
class House:
    """A service with one large task.

    Args:
        service: it.
        here: the workspace.
        task: the task.
        labels: its labels, the first on most images.
    """

    service: Service
    here: str
    task: Task
    labels: tuple[Label, ...]


def main() -> int:
    """Write a database, ask, and keep what it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--n", type=int, default=100_000, help="images, and predictions")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--first", action="store_true", help="be served before others at work; takes root")
    options = parser.parse_args()
    worst = 0.0
    with opened(options.database) as (service, server_ms, server_first):
        begun = time.monotonic()
        house = built(service, options.n)
        print(f"{options.n} images and predictions written in {time.monotonic() - begun:.0f} s", flush=True)
        if options.first:
            server_first()
        for question, ask in questions(house).items():
            begun_ms = server_ms()
            median, cpu = timed(ask, options.repeats)
            of_server = round((server_ms() - begun_ms) / (options.repeats + 1), 1)
            row = {
                "database": options.database,
                "question": question,
                "n": options.n,
                "median_ms": median,
                "median_cpu_ms": cpu,
                "server_cpu_ms": of_server,
                "others_at_work": round(os.getloadavg()[0], 1),
            }
            results.keep("service_queries", [row], key=KEY)
            slow = "" if median <= BAR_MS else "   TOO SLOW"
            print(f"{median:8.1f} ms {cpu:8.1f} + {of_server:.1f} ms CPU  {question}{slow}", flush=True)
            worst = max(worst, median)
    return int(worst > BAR_MS)


def timed(ask: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Return the median wall and processor time of this process in milliseconds, the first ask left out."""
    ask()
    wall, cpu = [], []
    for _ in range(repeats):
        begun, begun_cpu = time.perf_counter(), time.process_time()
        ask()
        wall.append(1000 * (time.perf_counter() - begun))
        cpu.append(1000 * (time.process_time() - begun_cpu))
    return round(statistics.median(wall), 2), round(statistics.median(cpu), 2)


@contextmanager
def opened(name: str) -> Iterator[tuple[Service, Callable[[], float], Callable[[], None]]]:
    """Give a service over an empty database.

    And what tells the processor time of its server in milliseconds, and what lets both be served before others.
    """
    with tempfile.TemporaryDirectory() as folder, _address(name, Path(folder)) as (url, server):
        database = Database.open(url)
        service = Service(
            database=database,
            blobs=MemoryBlobs(),
            locks=FileLocks(Path(folder) / "locks"),
            folder=Path(folder),
            now_us=lambda: TODAY_US,
            new_id=lambda: str(uuid.uuid4()),
            new_secret=lambda: "secret",
        )
        yield service, lambda: cpu_ms_of(server), lambda: serve_first(server)
        database.close()


def serve_first(server: int) -> None:
    """Let this process be served before others, and a server with all that it has begun."""
    for process in (os.getpid(), *(number for number, _ in processes_of(server))):
        os.setpriority(os.PRIO_PROCESS, process, FIRST)
        with suppress(FileNotFoundError):  # where Linux shares between sessions before it looks at processes
            Path(f"/proc/{process}/autogroup").write_text(str(FIRST))


def cpu_ms_of(server: int) -> float:
    """Return the processor time that a server and all that it has begun have used, those that are over too."""
    ticks = 0
    for number, words in processes_of(server):
        ticks += sum(int(word) for word in words[11 : 15 if number == server else 13])
    return 1000 * ticks / os.sysconf("SC_CLK_TCK")


def processes_of(server: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the processes of a server, each with what the system tells of it; none of none."""
    for entry in Path("/proc").glob("[0-9]*/stat") if server else ():
        with suppress(OSError):
            words = entry.read_text().rpartition(")")[2].split()
            if server in (int(words[1]), int(entry.parent.name)):
                yield int(entry.parent.name), words


@contextmanager
def _address(name: str, folder: Path) -> Iterator[tuple[str, int]]:
    if name == "sqlite":
        yield f"sqlite:///{folder}/a.db", 0
        return
    from tests.postgres import postgres_programs, postgres_server

    programs = postgres_programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    with postgres_server(programs) as server:
        yield server.new_url(), server.process.pid


def built(service: Service, n: int) -> House:
    """Write a workspace with one task of ``n`` images."""
    rng = random.Random(0)
    here = service.new_id()
    task = Task(id=service.new_id(), workspace_id=here, name="Large", keeps_images=True,
                production_version=1, created_us=1)  # fmt: skip
    made = tuple(
        Label(id=service.new_id(), workspace_id=here, name=f"label {number}", created_us=1)
        for number in range(N_LABELS)
    )
    version = Version(
        id=service.new_id(), workspace_id=here, task_id=task.id, number=1, model_sha256="0" * 64, n_bytes=1,
        labels=tuple(label.id for label in made), n_examples=n, created_us=1,
    )  # fmt: skip
    with service.database.write() as tx:
        workspace_table.insert(tx, Workspace(id=here, name="Here", created_us=1))
        task_table.insert(tx, task)
        label_table.insert(tx, *made)
        for label in made:
            label_table.connect(tx, TaskLabel(task_id=task.id, label_id=label.id))
        version_table.insert(tx, version)
    for part in _parts(n, 5_000):
        _write(service, rng, task, made, part, n)
    analyse(service)
    return House(service=service, here=here, task=task, labels=made)


def _parts(n: int, size: int) -> Iterator[tuple[int, ...]]:
    for start in range(0, n, size):
        yield tuple(range(start, min(start + size, n)))


def analyse(service: Service) -> None:
    """Let the server look after its tables, as it does by itself in life; SQLite is asked for nothing."""
    if not service.database.is_sqlite:
        with service.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as bare:
            bare.exec_driver_sql("VACUUM ANALYZE")


def _write(
    service: Service, rng: random.Random, task: Task, made: tuple[Label, ...], part: tuple[int, ...], n: int
) -> None:
    pictures = [_image(service, rng, task.workspace_id, number, n) for number in part]
    shown = [
        ImageLabel(image_id=image.id, label_id=_label(rng, made).id, created_us=image.created_us)
        for image in pictures
        if rng.random() < 0.9
    ]
    said = [_prediction(service, rng, task, made, image) for image in pictures]
    corrected = [
        _correction(service, rng, task, made, one) for one in said if one.image_id and rng.random() < 0.05
    ]
    with service.database.write() as tx:
        image_table.insert(tx, *pictures)
        rows.add(tx, IMAGE_LABELS, *shown)
        prediction_table.insert(tx, *said)
        correction_table.insert(tx, *corrected)
        for one in said[:: max(1, len(said) // 500)]:
            count_answer(tx, one)


def _label(rng: random.Random, made: tuple[Label, ...]) -> Label:
    return made[min(int(rng.expovariate(0.4)), len(made) - 1)]


def _image(service: Service, rng: random.Random, here: str, number: int, n: int) -> StoredImage:
    return StoredImage(
        id=service.new_id(),
        workspace_id=here,
        sha256=f"{rng.getrandbits(256):064x}",
        n_bytes=rng.randrange(50_000, 5_000_000),
        width_px=4000,
        height_px=3000,
        format="JPEG",
        name=f"IMG_{number}.jpg",
        meta_data={"camera": "a", "place": number % 100},
        is_test=rng.random() < 0.05,
        is_real=rng.random() < 0.99,
        origin=Origin.PREDICTION if rng.random() < 0.3 else Origin.UPLOAD,
        created_us=TODAY_US - N_DAYS * DAY_US + number * (N_DAYS * DAY_US // n),
    )


def _prediction(
    service: Service, rng: random.Random, task: Task, made: tuple[Label, ...], image: StoredImage
) -> StoredPrediction:
    weights = sorted((rng.random() ** 6 for _ in made), reverse=True)
    order = rng.sample(made, len(made))
    ranked = [
        {"id": label.id, "name": label.name, "p": round(weight / sum(weights), 6)}
        for label, weight in zip(order, weights, strict=True)
    ]
    return StoredPrediction(
        id=service.new_id(),
        workspace_id=task.workspace_id,
        task_id=task.id,
        version_number=1,
        image_id=image.id if rng.random() < 0.7 else None,
        answer={"labels": ranked},
        label_id=order[0].id,
        p_label=float(str(ranked[0]["p"])),
        familiar=rng.random() < 0.9,
        distance=rng.random(),
        review_score=round(rng.random(), 9),
        review_reason=rng.choice(list(ReviewReason)),
        is_reviewed=rng.random() < 0.3,
        facts=tuple(round(rng.random(), 5) for _ in range(6)),
        sketch=rng.randbytes(64),
        latency_us=rng.randrange(3_000, 80_000),
        created_us=image.created_us,
    )


def _correction(
    service: Service, rng: random.Random, task: Task, made: tuple[Label, ...], one: StoredPrediction
) -> Correction:
    states = list(CorrectionState)
    return Correction(
        id=service.new_id(),
        workspace_id=task.workspace_id,
        task_id=task.id,
        image_id=one.image_id or "",
        prediction_id=one.id,
        label_ids=(_label(rng, made).id,),
        agrees=rng.random() < 0.5,
        token_id=f"person {rng.randrange(20)}",
        state=rng.choices(states, [0.8, 0.1, 0.1])[0],
        reason={"key": "feedback.held_twin", "values": {}},
        estimates_version=1 if rng.random() < 0.3 else None,
        job_id="" if rng.random() < 0.2 else "a training",
        created_us=one.created_us,
    )


def questions(house: House) -> dict[str, Callable[[], Any]]:
    """Return what is asked, by name."""
    who = (house.service, OPERATOR, house.here)
    task_id = house.task.id
    common, rare = house.labels[0].id, house.labels[-1].id
    middle = middle_of(house)
    second = review.review_queue(*who, task_id).next_cursor

    def shown(**chosen: Any) -> Callable[[], object]:
        return lambda: images.list_images(*who, ImageFilter(**chosen), limit=50)

    def counted(**chosen: Any) -> Callable[[], object]:
        return lambda: images.count_images_that_fit(*who, ImageFilter(**chosen))

    return {
        "images: first page": shown(),
        "images: a page in the middle": lambda: images.list_images(*who, cursor=middle, limit=50),
        "images: of the task": shown(task_id=task_id),
        "images: with a common label": shown(label_ids=(common,)),
        "images: with a rare label": shown(label_ids=(rare,)),
        "images: with two labels (none has both)": shown(label_ids=(common, rare)),
        "images: without a label": shown(without_label_ids=(common,)),
        "images: without any label": shown(has_labels=False),
        "images: of the test set": shown(is_test=True),
        "images: kept from predictions": shown(origin=Origin.PREDICTION),
        "images: not real, of the test set": shown(is_real=False, is_test=True),
        "images: how many": counted(),
        "images: how many of the task": counted(task_id=task_id),
        "images: how many with a common label": counted(label_ids=(common,)),
        "labels: how many images show each": lambda: labels.count_images(
            *who, [label.id for label in house.labels]
        ),
        "predictions: first page": lambda: predictions.list_predictions(*who, task_id=task_id),
        "review queue: first page": lambda: review.review_queue(*who, task_id),
        "review queue: second page": lambda: review.review_queue(*who, task_id, cursor=second),
        "corrections: held back": lambda: corrections.list_corrections(
            *who, task_id=task_id, state=CorrectionState.QUARANTINED
        ),
        "estimate of the accuracy": lambda: review.honest_estimate(*who, task_id),
        "what the next training would take": lambda: review.next_training(*who, task_id),
        "traffic of 30 days": lambda: monitoring.traffic_of(*who, task_id),
        "dashboard": lambda: monitoring.dashboard(*who, task_id),
        "figures for Prometheus": lambda: metrics.metrics_text(house.service, OPERATOR),
    }


def middle_of(house: House) -> str | None:
    """Return the cursor of a page in the middle of the list."""
    cursor: str | None = None
    total = images.count_images_that_fit(house.service, OPERATOR, house.here)
    for _ in range(total // 2 // 500):
        cursor = images.list_images(house.service, OPERATOR, house.here, cursor=cursor, limit=500).next_cursor
    return cursor


if __name__ == "__main__":
    raise SystemExit(main())
