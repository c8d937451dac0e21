"""What serving costs beside the model: processor time of real servers over loopback, against the same model alone.

    python benchmarks/serving.py                              both backbones, a few minutes
    python benchmarks/serving.py --backbones embedded --rounds 3

Every bar compares two sides that are measured by turns in one run, so that a busy machine slows both; figures are
medians over the rounds. Requests are recorded and sent by ``wrk`` on a few connections. Servers are processes of
their own, started as a person starts them: ``apprenti serve MODEL``, and ``apprenti serve`` with a token, every answer
written to the database. Writes ``results/serving.json``.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import results
import serving_parts as parts
from image_sets import add_arguments
from load import Load, form, get, post, send, warm
from serving_model import model_of, photos_of
from serving_world import Server, put_into_service, serving

ALONE = "inference_header_content_length"
N_PHOTOS = 50
THREADS = (1, 2, 4)
N_CONNECTIONS = 4
SMALL_BATCH, LARGE_BATCH = 60, 600

Sides = Mapping[str, tuple[Server, list[bytes]]]


def main() -> None:
    """Measure every bar."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--backbones", nargs="+", default=["embedded", "MobileNetV2"])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3, help="of load, each side and round")
    options = parser.parse_args()
    photos = photos_of(options, N_PHOTOS)
    for backbone in options.backbones:
        model = model_of(backbone, options)
        for rows in (
            requests(model, photos, options),
            threads(model, photos, options),
            without_server(model, photos, options),
        ):
            named = [{"backbone": backbone, **row} for row in rows]
            results.keep("serving", named, key=("bar", "server", "backbone"))
            for row in named:
                print(row)


def requests(model: Path, photos: Sequence[bytes], options: argparse.Namespace) -> list[results.Row]:
    """Measure the processor time of requests against that of the model alone."""
    alone, bare = parts.predictor_of(model), parts.BareLoop(model.read_bytes())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "service"
        task = put_into_service(folder, model.read_bytes(), photos)
        files = stack.enter_context(serving(model))
        service = stack.enter_context(
            serving("--data", folder, "--workers", "0", "--rate", "0", "--new-token")
        )
        sides = _sides(files, service, model.stem, task, photos)
        for server, recorded in sides.values():
            warm(server, recorded[0])
        loads: dict[str, list[Load]] = {name: [] for name in sides}
        n_ms = 1e3 / len(photos)
        in_process, graph = [], []
        for _ in range(options.rounds):
            in_process.append(parts.cpu_seconds_of(lambda: parts.batch(alone, photos)) * n_ms)
            graph.append(parts.cpu_seconds_of(lambda: bare.run(photos)) * n_ms)
            for name, (server, recorded) in sides.items():
                load = send(server, recorded, seconds=options.seconds, n_connections=N_CONNECTIONS)
                loads[name].append(load)
    about = {"in_process_cpu_ms": _median(in_process), "bare_cpu_ms": _median(graph)}
    return [about | _row(name, of_side, in_process, graph) for name, of_side in loads.items()]


def _sides(files: Server, service: Server, name: str, task: str, photos: Sequence[bytes]) -> Sides:
    secret = service.secret
    one, told = f"/v1/models/{name}/predict", f"/v1/tasks/{task}/predictions"
    tensor, tensor_told = f"/v2/models/{name}/infer", f"/v2/models/{task}/infer"
    return {
        "files, raw": (files, [post(one, photo) for photo in photos]),
        "files, multipart": (files, [form(one, photo) for photo in photos]),
        "files, v2": (files, [post(tensor, photo, **{ALONE: "0"}) for photo in photos]),
        "files, empty": (files, [get("/v2")]),
        "service, raw": (service, [post(told, photo, secret=secret) for photo in photos]),
        "service, multipart": (service, [form(told, photo, secret=secret) for photo in photos]),
        "service, v2": (
            service,
            [post(tensor_told, photo, secret=secret, **{ALONE: "0"}) for photo in photos],
        ),
        "service, empty": (service, [get("/v2", secret=secret)]),
    }


def _row(side: str, loads: Sequence[Load], in_process: Sequence[float], bare: Sequence[float]) -> results.Row:
    server, kind = side.split(", ")
    ratios = [alone / load.cpu_ms for load, alone in zip(loads, in_process, strict=True)]
    against_bare = [least / load.cpu_ms for load, least in zip(loads, bare, strict=True)]
    is_empty = kind == "empty"
    return {
        "bar": kind,
        "server": server,
        "ratio": _median([1 / ratio for ratio in ratios] if is_empty else ratios),
        "ratio_to_bare": None if is_empty else _median(against_bare),
        "request_cpu_ms": _median([load.cpu_ms for load in loads]),
        "p50_ms": _median([load.p50_ms for load in loads]),
        "requests_per_second": _median([load.n / load.seconds for load in loads]),
        "n_rounds": len(loads),
    }


def threads(model: Path, photos: Sequence[bytes], options: argparse.Namespace) -> list[results.Row]:
    """Measure how long half of the answers take with as many threads as Apprenti chooses, and with others."""
    took: dict[str, list[float]] = {}
    with ExitStack() as stack:
        default = str(len(os.sched_getaffinity(0)))
        servers = {
            str(n): stack.enter_context(serving(model, APPRENTI_WORKERS=str(n))) for n in sorted({*THREADS})
        }
        recorded = [post(f"/v1/models/{model.stem}/predict", photo) for photo in photos]
        for server in servers.values():
            warm(server, recorded[0])
        for _ in range(options.rounds):
            for n, server in servers.items():
                load = send(server, recorded, seconds=options.seconds, n_connections=2)
                took.setdefault(n, []).append(load.p50_ms)
    medians = {n: _median(each) for n, each in took.items()}
    chosen = default if default in medians else str(max(THREADS))
    ratio = round(medians[chosen] / min(medians.values()), 3)
    return [{"bar": "threads", "server": "files", "ratio": ratio, "p50_ms_by_threads": medians}]


def without_server(model: Path, photos: Sequence[bytes], options: argparse.Namespace) -> list[results.Row]:
    """Measure what needs no server."""
    ours, bare, large = parts.predictor_of(model), parts.BareLoop(model.read_bytes()), parts.large_photo()
    size_px = ours.manifest.canvas.size_px
    decoded = [parts.decoding(large, size_px) for _ in range(options.rounds)]
    batches = list(
        parts.rounds(
            options.rounds,
            lambda: parts.cpu_seconds_of(lambda: parts.batch(ours, photos)),
            lambda: parts.cpu_seconds_of(lambda: bare.run(photos)),
        )
    )
    memory = [parts.batch_memory_mb(model, photos, n) for n in (SMALL_BATCH, LARGE_BATCH)]
    with tempfile.TemporaryDirectory() as folder:
        task = put_into_service(Path(folder) / "service", model.read_bytes(), photos)
        n_writes, n_failed = parts.lock_errors(Path(folder) / "service", task)
    return [
        {
            "bar": "decoding",
            "server": "",
            "ratio": _median([mine / plain for mine, plain in decoded]),
            "cpu_ms": _median([1e3 * mine for mine, _ in decoded]),
            "plain_cpu_ms": _median([1e3 * plain for _, plain in decoded]),
        },
        {"bar": "batch", "server": "", "ratio": _median([raw / mine for mine, raw in batches])},
        {
            "bar": "memory",
            "server": "",
            "ratio": round(memory[1] / memory[0], 3),
            "peak_mb": [round(each) for each in memory],
            "n_photos": [SMALL_BATCH, LARGE_BATCH],
        },
        {"bar": "writers", "server": "", "ratio": n_failed, "n_writes": n_writes},
    ]


def _median(values: Sequence[float]) -> float:
    return round(statistics.median(values), 3)


if __name__ == "__main__":
    main()
