"""``apprenti learn``: what it serves, lists, runs, remembers and writes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.fake_flows import FakeFlows
from tests.lessons.contexts import context_named

from apprenti.blocks.run_file import write_run
from apprenti.cli import main
from apprenti.cli.flows import Flows
from apprenti.cli.learn_progress import FILE, is_proved, read_progress, remember
from apprenti.domain.errors import UserError
from apprenti.domain.lesson_context import LessonContext
from apprenti.lessons.catalogue import all_lessons, lesson_numbered

Captured = pytest.CaptureFixture[str]


class Served(Flows):
    """Opens runs as in real life, and serves to nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.served: dict[str, Any] = {}

    def serve_lessons(self, own: LessonContext | None, **options: Any) -> None:
        self.served = {"own": own, **options}


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("APPRENTI_LANG", "en")
    monkeypatch.setenv("APPRENTI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("APPRENTI_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    path = tmp_path / "photos.run"
    path.write_bytes(write_run(context_named("four_photos")))
    return path


def test_the_run_beside_a_model_is_served(run: Path) -> None:
    flows = Served()
    assert main(["learn", "--run", "photos.apprenti", "--port", "0"], flows=flows) == 0
    assert flows.served["own"].run_id == "four"
    assert flows.served["port"] == 0


def test_without_a_run_the_set_that_comes_along_is_served() -> None:
    flows = Served()
    assert main(["learn"], flows=flows) == 0
    assert (flows.served["own"], flows.served["port"]) == (None, 8010)


def test_a_model_without_a_run_says_what_to_do(capsys: Captured) -> None:
    assert main(["learn", "--run", "photos.apprenti"], flows=Served()) == 6
    assert "--data" in capsys.readouterr().err


@pytest.mark.parametrize(("lang", "said"), [("en", "default: 8010"), ("fr", "par défaut\u202f: 8010")])
def test_the_help_names_the_port_that_is_taken(capsys: Captured, lang: str, said: str) -> None:
    main(["learn", "--help", "--lang", lang])
    assert said in re.sub(r"[ \n]+", " ", capsys.readouterr().out)


def test_every_lesson_is_listed(capsys: Captured) -> None:
    assert main(["learn", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["lessons"]
    assert [one["number"] for one in listed] == [lesson.number for lesson in all_lessons()]
    assert main(["learn", "list", "--lang", "fr"]) == 0
    assert "Un neurone" in capsys.readouterr().out


def test_pages_are_not_json(capsys: Captured) -> None:
    assert main(["learn", "--json"]) != 0


def test_an_exercise_is_begun_solved_and_remembered(capsys: Captured) -> None:
    assert main(["learn", "check", "3"]) == 1
    path = Path("exercises/n03_neuron.py")
    assert "def neuron" in path.read_text()
    assert not is_proved(read_progress(Path("exercises")), 3)
    lesson = lesson_numbered(3)
    assert lesson is not None
    path.write_bytes(lesson.file("solution.py"))
    assert main(["learn", "check", "3"]) == 0
    path.write_text("neuron = None")
    assert main(["learn", "check", "3"]) == 1
    capsys.readouterr()
    assert main(["learn", "progress"]) == 0
    assert "A neuron: solved" in capsys.readouterr().out
    assert main(["learn", "progress", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"progress": {"3": {"checks": {"code": True}}}}


def test_code_that_exits_or_breaks_off_is_not_right(capsys: Captured) -> None:
    main(["learn", "check", "3"])
    for code in ("import sys; sys.exit(0)", "this is no Python", "raise SystemExit"):
        Path("exercises/n03_neuron.py").write_text(code)
        assert main(["learn", "check", "3"]) == 1, code


def test_progress_of_a_browser_is_kept_beside_that_of_code(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"3": {"checks": {"line": true}, "done": true}}')
    remember(tmp_path, 3, right=True)
    assert read_progress(tmp_path)["3"] == {"checks": {"line": True, "code": True}, "done": True}


@pytest.mark.parametrize("text", ["[]", "{", '{"3": 1}', "\x00"])
def test_a_file_of_something_else_is_not_overwritten(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    ways: list[Callable[[], object]] = [
        lambda: read_progress(tmp_path),
        lambda: remember(tmp_path, 3, right=True),
    ]
    for way in ways:
        with pytest.raises(UserError):
            way()
    assert (tmp_path / FILE).read_text() == text


def test_there_is_no_lesson_of_a_number_that_none_has(capsys: Captured) -> None:
    missing = next(n for n in range(1, 17) if lesson_numbered(n) is None) if len(all_lessons()) < 16 else 17
    assert main(["learn", "check", str(missing)]) != 0
    assert capsys.readouterr().err


def test_a_training_ends_with_the_command_that_explains_it(capsys: Captured) -> None:
    assert main(["train", "photos/"], flows=FakeFlows()) == 0  # type: ignore[arg-type]
    assert "apprenti learn --run photos.apprenti" in capsys.readouterr().out
