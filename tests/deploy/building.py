"""The steps of the Dockerfile, done without a daemon: copied to where they say, and run by a shell, in a folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
BUILT, SOURCE = "/opt/apprenti", "/src"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What stands between two ``FROM``.

    Args:
        copies: words of each ``COPY``.
        environment: of its ``ENV`` lines.
        runs: commands.
    """

    copies: tuple[tuple[str, ...], ...]
    environment: dict[str, str]
    runs: tuple[str, ...]


def instructions(path: Path = DOCKERFILE) -> list[tuple[str, str]]:
    """Every instruction with its arguments, lines put together and comments left out."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    text = "\n".join(lines).replace("\\\n", " ")
    found = [line.strip().partition(" ") for line in text.splitlines() if line.strip()]
    return [(name, rest.strip()) for name, _, rest in found]


def stages() -> list[Stage]:
    """The stages, in order."""
    found: list[list[tuple[str, str]]] = []
    for name, rest in instructions():
        if name == "FROM":
            found.append([])
        elif found:
            found[-1].append((name, rest))
    return [
        Stage(
            copies=tuple(tuple(rest.split()) for name, rest in one if name == "COPY"),
            environment=dict(_settings(rest for name, rest in one if name == "ENV")),
            runs=tuple(rest for name, rest in one if name == "RUN"),
        )
        for one in found
    ]


def _settings(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        yield from re.findall(r"(\w+)=(\S+)", line)


def build(folder: Path) -> Path:
    """Do the first stage in a folder, with nothing but what it copies; return the environment it makes."""
    stage, source, built = stages()[0], folder / "src", folder / "built"

    def here(words: str) -> str:
        return words.replace(BUILT, str(built)).replace(f"{SOURCE}/", f"{source}/")

    for *names, target in stage.copies:
        for name in names:
            _copy(ROOT / name, source / target, is_folder=target.endswith("/") and not (ROOT / name).is_dir())
    environment = {name: here(value) for name, value in stage.environment.items()}
    for command in stage.runs:
        # the Python of the image is named by its name alone
        words = here(re.sub(r"^python ", f"{sys.executable} ", command))
        subprocess.run(["bash", "-ec", words], cwd=source, env=plain(environment), check=True)
    return built


def plain(more: dict[str, str]) -> dict[str, str]:
    """Return an environment in which nothing of this checkout is found, and more."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "APPRENTI"))}
    return {**kept, **more}


def _copy(path: Path, target: Path, *, is_folder: bool) -> None:
    if path.is_dir():
        shutil.copytree(path, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        return
    place = target / path.name if is_folder or target.is_dir() else target
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, place)
