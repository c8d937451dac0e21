"""Seconds from the command to a served answer: train, start the server, send one photo, read the label.

    python benchmarks/first_answer.py --set clothing --backbones MobileNetV2

Writes ``results/first_answer.json``.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import results
from image_sets import BACKBONES, SETS, add_arguments, backbone_files, lay_out, unpacked
from measured import APPRENTI, cold_environment, run

PATIENCE_SECONDS = 60.0
NAME = "recogniser"


def main() -> None:
    """Measure one set from a cold cache."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--set", default="clothing", choices=SETS)
    parser.add_argument(
        "--backbones", nargs="+", choices=tuple(BACKBONES), default=["embedded", "MobileNetV2"]
    )
    options = parser.parse_args()
    data = lay_out(options.set, options)
    photo = next(path for path in sorted(unpacked(options.set, options).rglob("*.*")) if path.is_file())
    for backbones in options.backbones:
        files = [part for path in backbone_files(backbones, options) for part in ("--backbone", path)]
        with cold_environment() as environment, tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            model = Path(folder) / f"{NAME}.apprenti"
            run([APPRENTI, "train", data, "--out", model, "--json", *files], environment=environment)
            trained = time.perf_counter()
            with served(model, environment) as address:
                answer = ask(f"{address}/v1/models/{NAME}/predict", photo.read_bytes())
            answered = time.perf_counter()
        row = {
            "set": options.set,
            "backbones": backbones,
            "train_seconds": round(trained - begun, 2),
            "serve_seconds": round(answered - trained, 2),
            "total_seconds": round(answered - begun, 2),
        }
        results.keep("first_answer", [row], key=("set", "backbones"))
        print(row, answer)


@contextmanager
def served(model: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the address of a server of ``model``, stopped afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([APPRENTI, "serve", model, "--port", str(port)], env=environment)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def ask(address: str, photo: bytes) -> str:
    """Return the server's answer to one photo, waiting until it is up."""
    request = urllib.request.Request(
        address, data=photo, headers={"Content-Type": "image/jpeg"}, method="POST"
    )
    give_up = time.perf_counter() + PATIENCE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return json.dumps(json.load(answer))
        except urllib.error.HTTPError:
            raise
        except (urllib.error.URLError, ConnectionError):
            if time.perf_counter() > give_up:
                raise
            time.sleep(0.02)


if __name__ == "__main__":
    main()
