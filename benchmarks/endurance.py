"""An hour of mixed load, or some minutes: the server's memory stays what it was, and nothing it answers is an error.

    python benchmarks/endurance.py --minutes 60

Four clients ask the whole service at once: photos as bytes, in forms and as tensors, with and without keeping them;
photos that are none; lists, single answers, the dashboard, uploads. Memory is that of the server alone, without pages
of files; the second quarter of the time is held against the last, since in the first it loads what it needs. Writes
``results/endurance.json``.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import random
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import results
from image_sets import add_arguments
from measured import own_memory_mb
from serving_model import model_of, photos_of
from serving_world import Server, put_into_service, serving

N_CLIENTS = 4
EVERY_SECONDS = 0.5
N_PHOTOS = 50
EDGE = "a7c1"

Answer = tuple[int, bytes]
Ask = Callable[..., Answer]


@dataclass
class Endured:
    """What came of it.

    Args:
        statuses: how many answers had each, by what was asked.
        wrong: answers that had another status than they should, by what was asked.
        memory_mb: of the server, every ``EVERY_SECONDS``.
    """

    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """Memory in the last quarter of the time, in units of that in the second."""
        quarter = len(self.memory_mb) // 4
        early, late = self.memory_mb[quarter : 2 * quarter], self.memory_mb[-quarter:]
        return statistics.median(late) / statistics.median(early)


def main() -> None:
    """Put a service under load and keep what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--backbone", default="embedded")
    options = parser.parse_args()
    model = model_of(options.backbone, options).read_bytes()
    came = endure(model, photos_of(options, N_PHOTOS), seconds=60 * options.minutes)
    row = {
        "minutes": options.minutes,
        "backbone": options.backbone,
        "n_requests": came.statuses.total(),
        "n_wrong": len(came.wrong),
        "memory_mb": round(statistics.median(came.memory_mb[-len(came.memory_mb) // 4 :])),
        "growth": round(came.growth, 3),
    }
    results.keep("endurance", [row], key=("minutes", "backbone"))
    print(row, dict(came.statuses), came.wrong[:10], sep="\n")


def endure(model: bytes, photos: Sequence[bytes], *, seconds: float) -> Endured:
    """Return what came of ``seconds`` of load on a service that answers with ``model``."""
    came, stopping = Endured(), threading.Event()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "service"
        task = put_into_service(place, model, photos)
        keeping = put_into_service(place, model, photos, keeps_images=True)
        with serving("--data", place, "--workers", "0", "--rate", "0", "--new-token") as server:
            clients = [
                threading.Thread(target=_client, args=(server, task, keeping, photos, seed, came, stopping))
                for seed in range(N_CLIENTS)
            ]
            for client in clients:
                client.start()
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                time.sleep(EVERY_SECONDS)
                came.memory_mb.append(own_memory_mb(server.pid))
            stopping.set()
            for client in clients:
                client.join()
    return came


def _client(
    server: Server,
    task: str,
    keeping: str,
    photos: Sequence[bytes],
    seed: int,
    came: Endured,
    stopping: threading.Event,
) -> None:
    chance, last = random.Random(seed), itertools.cycle(photos)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    known = ""

    def ask(method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        said["Authorization"] = f"Token {server.secret}"
        connection.request(method, path, body or None, said)
        answer = connection.getresponse()
        return answer.status, answer.read()

    while not stopping.is_set():
        name, expected, work = chance.choices(_KINDS, _WEIGHTS)[0]
        try:
            status, body = work(ask, keeping if chance.random() < 0.2 else task, next(last), known)
        except (OSError, http.client.HTTPException) as error:
            came.wrong.append(f"{name}: {error!r}")
            connection.close()
            continue
        came.statuses[f"{name} {status}"] += 1
        if status not in expected:
            came.wrong.append(f"{name}: {status} {body[:200]!r}")
        if name == "raw" and status == 201:
            known = json.loads(body)["id"]


def _raw(ask: Ask, task: str, photo: bytes, _: str) -> Answer:
    return ask("POST", f"/v1/tasks/{task}/predictions", photo)


def _form(ask: Ask, task: str, photo: bytes, _: str) -> Answer:
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n'
    body = head.encode() + photo + f"\r\n--{EDGE}--\r\n".encode()
    kind = f"multipart/form-data; boundary={EDGE}"
    return ask("POST", f"/v1/tasks/{task}/predictions", body, content_type=kind)


def _tensor(ask: Ask, task: str, photo: bytes, _: str) -> Answer:
    return ask("POST", f"/v2/models/{task}/infer", photo, inference_header_content_length="0")


def _broken(ask: Ask, task: str, photo: bytes, _: str) -> Answer:
    return ask("POST", f"/v1/tasks/{task}/predictions", photo[: len(photo) // 50] + b"x")


def _once(ask: Ask, task: str, photo: bytes, _: str) -> Answer:
    return ask("POST", f"/v1/tasks/{task}/predictions", photo, idempotency_key=os.urandom(8).hex())


def _upload(ask: Ask, task: str, photo: bytes, _: str) -> Answer:
    return ask("POST", "/v1/images", photo)


def _show(ask: Ask, task: str, photo: bytes, known: str) -> Answer:
    return ask("GET", f"/v1/predictions/{known}") if known else (200, b"")


def _list(ask: Ask, task: str, photo: bytes, _: str) -> Answer:
    return ask("GET", f"/v1/predictions?task={task}&limit=20")


def _ready(ask: Ask, task: str, photo: bytes, _: str) -> Answer:
    return ask("GET", f"/v2/models/{task}/ready")


_KINDS = (
    ("raw", (201,), _raw),
    ("form", (201,), _form),
    ("tensor", (200,), _tensor),
    ("broken", (422,), _broken),
    ("once", (201,), _once),
    ("upload", (200, 201), _upload),
    ("show", (200,), _show),
    ("list", (200,), _list),
    ("ready", (200,), _ready),
)
_WEIGHTS = (40, 10, 20, 2, 2, 4, 8, 4, 10)


if __name__ == "__main__":
    main()
