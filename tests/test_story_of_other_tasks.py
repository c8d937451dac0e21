"""The story of several labels, and of numbers: from drawn photos through the command line, Python and HTTP."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from tests.api.asking import ask

import apprenti
from apprenti.blocks.artifact import unpack
from apprenti.cli import main
from apprenti.domain.dataset import TaskType
from apprenti.server import build_app, load_models, open_door

pytestmark = pytest.mark.slow
N_PHOTOS = 60
COLOURS = {"red": (220, 30, 30), "green": (30, 150, 60), "blue": (40, 60, 220)}


@dataclass(frozen=True)
class Story:
    """What one training left."""

    task_type: TaskType
    table: Path
    model: Path
    printed: dict[str, Any]
    knowledge: Path

    @property
    def photo(self) -> Path:
        return self.table.parent / "003.png"


def draw_shapes(folder: Path) -> Path:
    """Draw up to three coloured shapes a photo; a round one makes it ``round`` as well."""
    draws, rows = np.random.default_rng(0), [("path", "labels")]
    for i in range(N_PHOTOS):
        image = Image.new("RGB", (40, 40), tuple(int(level) for level in draws.integers(170, 256, 3)))
        pen, labels = ImageDraw.Draw(image), set()
        for label, colour in COLOURS.items():
            if draws.random() < 0.5:
                x, y = (int(place) for place in draws.integers(2, 26, 2))
                shape = pen.ellipse if draws.random() < 0.4 else pen.rectangle
                shape((x, y, x + 12, y + 12), fill=colour)
                labels |= {label, "round"} if shape == pen.ellipse else {label}
        image.save(folder / f"{i:03}.png")
        rows.append((f"{i:03}.png", "|".join(sorted(labels)) or "|"))
    return written(folder / "shapes.csv", rows)


def draw_light(folder: Path) -> Path:
    """Draw grey noise of a certain brightness."""
    draws, rows = np.random.default_rng(1), [("path", "value")]
    for i in range(N_PHOTOS):
        level = round(float(draws.uniform(40, 210)))
        pixels = np.clip(draws.normal(level, 25, (40, 40)), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{i:03}.png")
        rows.append((f"{i:03}.png", str(level)))
    return written(folder / "light.csv", rows)


def written(path: Path, rows: list[tuple[str, str]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def run(*arguments: str) -> dict[str, Any]:
    """Return the one JSON object a command prints on standard output."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
        assert main(list(arguments)) == 0
    printed: dict[str, Any] = json.loads(output.getvalue())
    return printed


@pytest.fixture(scope="module", params=[TaskType.MULTI_LABEL, TaskType.REGRESSION], ids=str)
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("story")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("APPRENTI_CACHE", str(folder / "cache"))
        patch.setenv("APPRENTI_DATA", str(folder / "data"))
        patch.setenv("APPRENTI_WORKERS", "1")
        (folder / "photos").mkdir()
        draw = draw_shapes if request.param is TaskType.MULTI_LABEL else draw_light
        table = draw(folder / "photos")
        model = folder / "model.apprenti"
        printed = run(
            "train", str(table), "--out", str(model), "--budget", "60s",
            "--backbone", "classic", "--recipes", "frozen", "--json",
        )  # fmt: skip
        yield Story(
            task_type=request.param,
            table=table,
            model=model,
            printed=printed,
            knowledge=folder / "data" / "knowledge",
        )


def test_it_is_learnt_far_better_than_by_guessing(story: Story) -> None:
    test = story.printed["test"]
    assert test["n"] >= 8
    if story.task_type is TaskType.MULTI_LABEL:
        assert test["mean_average_precision"] > test["chance_average_precision"] + 0.2
    else:
        assert test["mean_absolute_error"] < test["baseline_absolute_error"] / 4
        assert test["r2"] > 0.9


def test_every_score_says_what_it_is_and_the_best_is_kept(story: Story) -> None:
    metric = {"multi_label": "mean_average_precision", "regression": "r2"}[story.task_type]
    finished = [trial for trial in story.printed["trials"] if trial["status"] == "finished"]
    assert len(finished) >= 3
    assert {trial["metric"] for trial in finished} == {metric}
    assert max(finished, key=lambda trial: trial["score"])["recipe"] == story.printed["kept"]
    manifest = unpack(story.model.read_bytes()).manifest
    assert (manifest.task_type, manifest.metric.value, manifest.format_version) == (
        story.task_type,
        metric,
        2,
    )
    assert metric in manifest.scores


def test_nothing_of_it_enters_the_knowledge_of_accuracies(story: Story) -> None:
    assert not story.knowledge.exists() or not any(story.knowledge.iterdir())
    assert story.printed["hindsight"] is None


def test_the_command_line_python_and_http_give_one_answer(story: Story) -> None:
    (printed,) = run("predict", str(story.model), str(story.photo), "--json")["predictions"]
    prediction = apprenti.load(story.model).predict(story.photo)
    app = build_app(load_models([story.model]), door=open_door("127.0.0.1"), n_workers=1)
    over_http = ask(app, "POST", "/v1/models/model/predict", content=story.photo.read_bytes())
    assert over_http.status_code == 200
    for name in ("labels", "value", "interval", "familiar"):
        assert over_http.json().get(name) == printed.get(name)
    if story.task_type is TaskType.MULTI_LABEL:
        thresholds = unpack(story.model.read_bytes()).manifest.thresholds
        assert len(thresholds) == 4
        assert [one["label"] for one in printed["labels"]] == [label for label, _ in prediction.labels]
        assert "value" not in over_http.json()
    else:
        assert prediction.interval is not None
        assert printed["interval"][0] < printed["value"] < printed["interval"][1]
        assert prediction.value == pytest.approx(printed["value"], rel=1e-5)
    facts = ask(app, "GET", "/v1/models/model").json()
    assert facts["task_type"] == story.task_type
    page = ask(app, "GET", "/", headers={"accept-language": "fr"}).text
    assert ("Donne un nombre" in page) is (story.task_type is TaskType.REGRESSION)


def test_its_own_test_photos_are_scored_again_as_they_were(story: Story) -> None:
    scores = run("evaluate", str(story.model), str(story.table), "--json")
    test = story.printed["test"]
    assert scores["n"] == test["n"]  # the photos it was trained on are left out
    name = "mean_average_precision" if story.task_type is TaskType.MULTI_LABEL else "mean_absolute_error"
    assert scores[name] == pytest.approx(test[name], rel=1e-5)


def test_the_same_data_give_the_same_bytes(story: Story, tmp_path: Path) -> None:
    again = apprenti.train(
        story.table, out=tmp_path / "again.apprenti", budget="60s", backbones=("classic",), recipes="frozen"
    )
    assert again.path.read_bytes() == story.model.read_bytes()


def test_what_is_in_the_data_is_shown_and_what_would_be_tried(story: Story) -> None:
    shown = run("inspect", str(story.table), "--backbone", "classic", "--json")
    assert shown["task_type"] == story.task_type
    assert len(shown["picks"]) == 4
    assert shown["more_photos"] is None


def test_the_graph_is_exported_and_what_cannot_be_is_refused(story: Story, tmp_path: Path) -> None:
    out = tmp_path / "model.onnx"
    assert run("export", str(story.model), "--onnx", "--out", str(out), "--json")["golden"]["n"] == 3
    assert out.stat().st_size > 10_000
    with contextlib.redirect_stderr(io.StringIO()):
        assert main(["export", str(story.model), "--int8", "--out", str(tmp_path / "small.onnx")]) == 7


def test_the_report_is_there_in_both_languages(story: Story, tmp_path: Path) -> None:
    for lang, said in (("en", "What to do next"), ("fr", "Que faire maintenant")):
        out = tmp_path / f"{lang}.html"
        run("report", str(story.model), "--lang", lang, "--out", str(out), "--json")
        assert said in out.read_text(encoding="utf-8")
