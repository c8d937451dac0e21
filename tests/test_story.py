"""One story, through the command line, Python and HTTP: from a folder of real pictures to answers and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from tests.api.asking import ask

import apprenti
from apprenti.cli import main
from apprenti.flow.knowledge import export_knowledge, merge_knowledge
from apprenti.flow.samples import write_samples
from apprenti.server import build_app, load_models, open_door
from apprenti.store import read_cells

pytestmark = pytest.mark.slow
PER_CLASS = 24


@dataclass(frozen=True)
class Story:
    """What the training of this module left."""

    photos: Path
    model: Path
    printed: dict[str, object]
    data_folder: Path


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("story")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("APPRENTI_CACHE", str(folder / "cache"))
        patch.setenv("APPRENTI_DATA", str(folder / "data"))
        patch.setenv("APPRENTI_WORKERS", "2")
        patch.chdir(folder)
        photos = few_digits(folder / "digits")
        out = folder / "digits.apprenti"
        options = ["--budget", "60s", "--recipes", "frozen", "--json"]
        printed = run("train", str(photos), "--out", str(out), *options, into=folder)
        yield Story(photos=photos, model=out, printed=printed, data_folder=folder / "data")


def few_digits(folder: Path) -> Path:
    """Write real handwritten digits and keep a few of each."""
    write_samples("digits", folder)
    for label in folder.iterdir():
        for surplus in sorted(label.iterdir())[PER_CLASS:]:
            surplus.unlink()
    return folder


def run(*arguments: str, into: Path) -> dict[str, object]:
    """Return the one JSON object a command prints on standard output."""
    import contextlib
    import io

    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
        assert main(list(arguments)) == 0
    printed: dict[str, object] = json.loads(output.getvalue())
    return printed


def test_training_prints_what_it_promised(story: Story) -> None:
    printed = story.printed
    assert {"model", "profile", "picks", "trials", "kept", "test", "seconds"} <= set(printed)
    picks, trials = printed["picks"], printed["trials"]
    assert isinstance(picks, list)
    assert isinstance(trials, list)
    assert len(picks) == 5
    assert all({"recipe", "reason", "predicted_seconds"} <= set(pick) for pick in picks)
    finished = [trial for trial in trials if trial["status"] == "finished"]
    assert finished
    assert all(trial["interval"][0] <= trial["score"] <= trial["interval"][1] for trial in finished)
    assert printed["kept"] in [trial["recipe"] for trial in finished]


def test_digits_are_recognised_far_better_than_by_guessing(story: Story) -> None:
    test = story.printed["test"]
    assert isinstance(test, dict)
    assert test["n"] >= 20
    assert test["accuracy"] > 0.8
    assert test["majority_accuracy"] < 0.3


def test_python_the_command_line_and_the_report_agree(story: Story) -> None:
    model = apprenti.load(story.model)
    scores = run("evaluate", str(story.model), str(story.photos), "--json", into=story.photos)
    test = story.printed["test"]
    assert isinstance(test, dict)
    assert scores["n"] == test["n"]  # the photos it was trained on are left out
    assert scores["accuracy"] == test["accuracy"]
    assert model.evaluate(story.photos).flat_scores()["accuracy"] == test["accuracy"]
    photo = sorted((story.photos / "3").iterdir())[0]
    said = run("predict", str(story.model), str(photo), "--json", into=story.photos)
    (answer,) = said["predictions"]  # type: ignore[misc]
    prediction = model.predict(photo)
    app = build_app(load_models([story.model]), door=open_door("127.0.0.1"), n_workers=1)
    over_http = ask(app, "POST", "/v1/models/digits/predict", content=photo.read_bytes()).json()
    assert over_http["label"] == prediction.label
    assert over_http["probability"] == answer["probability"]
    assert answer["label"] == prediction.label
    assert answer["probability"] == pytest.approx(prediction.probability, abs=1e-5)
    assert prediction.top[0] == (prediction.label, prediction.probability)


def test_the_same_data_seed_versions_and_knowledge_give_the_same_bytes(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the folder is called, with one worker instead of two, and with features left by ``inspect``."""
    monkeypatch.setenv("APPRENTI_CACHE", str(tmp_path / "another cache"))
    monkeypatch.setenv("APPRENTI_DATA", str(tmp_path / "nothing learnt yet"))
    monkeypatch.setenv("APPRENTI_WORKERS", "1")
    moved = tmp_path / "under another name"
    story.photos.rename(moved)
    try:
        apprenti.inspect(moved)
        again = apprenti.train(moved, out=tmp_path / "again.apprenti", budget="60s", recipes="frozen")
    finally:
        moved.rename(story.photos)
    assert again.path.read_bytes() == story.model.read_bytes()


def test_thirty_cells_or_more_are_kept_for_the_knowledge_without_names(story: Story) -> None:
    (record, *_) = read_cells(story.data_folder / "knowledge")
    assert len(record.cells) >= 30
    assert all(0 <= cell.score <= 1 and cell.seconds > 0 for cell in record.cells)
    kept = "".join(path.read_text() for path in (story.data_folder / "knowledge").iterdir())
    assert str(story.photos) not in kept
    assert story.photos.name not in kept


def test_the_kept_recipe_is_compared_with_those_measured_while_the_model_was_finished(story: Story) -> None:
    hindsight = story.printed["hindsight"]
    assert isinstance(hindsight, dict)
    assert hindsight["n_others"] >= 30
    assert 0 <= hindsight["regret_points"] <= 100


def test_what_a_real_training_taught_can_be_shared_whole(story: Story, tmp_path: Path) -> None:
    export = export_knowledge(story.data_folder / "knowledge", tmp_path / "shared")
    assert (export.amount.n_trainings > 0, export.refused) == (True, ())
    merge = merge_knowledge(tmp_path / "others", export.path)
    assert (merge.n_new, merge.refused) == (export.amount.n_trainings, ())


def test_the_report_is_written_in_both_languages_and_needs_no_network(story: Story, tmp_path: Path) -> None:
    model = apprenti.load(story.model)
    english, french = (model.report(lang=lang, out=tmp_path / f"{lang}.html") for lang in ("en", "fr"))
    assert english.read_text() != french.read_text()
    assert 'lang="fr"' in french.read_text()
    assert "http://" not in english.read_text().replace("http://www.w3.org", "")
    assert story.model.with_suffix(".html").exists()


def test_a_photo_unlike_the_training_photos_is_called_unfamiliar(story: Story, tmp_path: Path) -> None:
    from PIL import Image

    foreign = tmp_path / "foreign.png"
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(foreign)
    model = apprenti.load(story.model)
    own = [model.predict(photo).familiar for photo in (story.photos / "5").iterdir()]
    assert not model.predict(foreign).familiar
    assert sum(own) >= 0.75 * len(own)


@pytest.mark.timeout(240)
def test_a_network_is_trained_on_the_photos_where_it_is_asked_for(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="needs PyTorch: pip install 'apprenti[deep]'")
    monkeypatch.setattr("apprenti.stages.select.with_networks.EPOCHS", (8,))  # the budget is more than enough
    monkeypatch.setenv("APPRENTI_CACHE", str(tmp_path / "cache"))
    out = tmp_path / "deep.apprenti"
    options = ["--budget", "200s", "--recipes", "deep", "--json"]
    printed = run("train", str(story.photos), "--out", str(out), *options, into=tmp_path)
    assert str(printed["kept"]).startswith("scratch.v1-32-e8")
    test = printed["test"]
    assert isinstance(test, dict)
    assert test["accuracy"] > 0.5
    scores = run("evaluate", str(out), str(story.photos), "--json", into=tmp_path)
    assert scores["accuracy"] == test["accuracy"]
    assert not any((tmp_path / "cache" / "unfinished").glob("*"))
