"""What every file of the repository keeps to, whatever is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAXIMUM_LINES = 400
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "manager", "misc"}
BENCHMARKED_SETS = (
    "clothing-dataset|GroceryStoreDataset|trashnet|neu-steel|magnetic-tile|omniglot|mnist|ants-bees|cats-dogs"
    "|sign-language-digits"
)
# a folder of one machine, or words that promise instead of telling
MACHINE_FOLDER = re.compile(r"(?<![\w.~}])/(?:home|root|work|Users|mnt)/")
PROMISE = re.compile(
    r"\b(?:TODO|FIXME|XXX|HACK)\b|\b(?:blazing(?:ly)?|state[- ]of[- ]the[- ]art|revolutionary)\b", re.I
)


def files_with(*suffixes: str, under: str = ".") -> list[Path]:
    hidden_or_made = {"demo", "samples", "build", "dist", "__pycache__"}
    return sorted(
        path
        for path in (ROOT / under).rglob("*")
        if path.suffix in suffixes
        and path.is_file()
        and not any(
            part in hidden_or_made or part.startswith(".") for part in path.relative_to(ROOT).parts[:-1]
        )
    )


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", files_with(".py"), ids=named)
def test_no_file_hides_a_second_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAXIMUM_LINES


def test_no_file_has_a_name_that_says_nothing() -> None:
    vague = [named(path) for path in files_with(".py") if VAGUE_NAMES & {path.stem, *path.parent.parts}]
    assert vague == []


def test_no_file_names_a_folder_of_one_machine_or_makes_promises() -> None:
    found = [
        f"{named(path)}:{number}: {line.strip()}"
        for path in files_with(".py", ".md", ".toml", ".txt", ".html", ".js", ".css")
        if path != Path(__file__) and path.name not in {"LICENSE"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if MACHINE_FOLDER.search(line) or PROMISE.search(line)
    ]
    assert found == []


def test_the_package_is_written_for_the_users_data_and_names_no_benchmark_set() -> None:
    found = [
        named(path)
        for path in files_with(".py", ".toml", ".html", under="src")
        if re.search(rf"\b(?:{BENCHMARKED_SETS})\b", path.read_text(encoding="utf-8"), re.I)
    ]
    assert found == []


def test_every_room_says_in_one_sentence_what_it_is_for() -> None:
    silent = [
        named(path)
        for path in files_with(".py", under="src")
        if path.name == "__init__.py" and not path.read_text(encoding="utf-8").startswith('"""')
    ]
    assert silent == []
