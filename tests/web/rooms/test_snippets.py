"""Code to be pasted: it runs as it stands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.v1.service_asking import House, open_house
from tests.client.served import served
from tests.flow.service.small_models import Colours, colours_in, give_model

from apprenti.domain.dataset import TaskType
from apprenti.web.rooms.snippets import LANGUAGES, snippets

COMMANDS = {
    "curl": (["sh"], "curl"),
    "python": ([sys.executable, "-"], sys.executable),
    "javascript": (["node", "--input-type=module", "-"], "node"),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def here(house: House) -> Colours:
    made = colours_in(house.service, house.workspace)
    give_model(made, 1)
    return made


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    with served(house.app) as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, _ in LANGUAGES])
def test_a_snippet_answers_as_it_stands(
    house: House, here: Colours, address: str, tmp_path: Path, name: str
) -> None:
    command, program = COMMANDS[name]
    if not shutil.which(program):
        pytest.skip(f"needs {program}")
    (tmp_path / "photo.jpg").write_bytes(here.photos[0])
    code = snippets(address, here.task, TaskType.MULTI_CLASS)[name]
    source = str(Path(__file__).parents[3] / "src")
    environment = {**os.environ, "TOKEN": house.secrets["reader"], "PYTHONPATH": source}
    done = subprocess.run(
        command,
        input=code,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "red" in done.stdout


def test_of_numbers_the_interval_is_printed() -> None:
    code = snippets("http://x", "t", TaskType.REGRESSION)
    assert "answer.low" in code["python"]
    assert "answer.low" in code["javascript"]
    assert "{" not in code["curl"]
