"""From weights on a hub, over a training that tunes them, to a model that needs no torch."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.blocks.random_networks import a_folder, needs_transformers
from tests.hub.fake_hub import a_repository, commit_of, needs_client, running
from tests.making import Silence

from apprenti.blocks.artifact import unpack
from apprenti.domain.hub import backbone_choice
from apprenti.domain.network_training import read_trained_name
from apprenti.domain.recipe import Pick, Trial, TrialStatus
from apprenti.domain.sentence import Sentence
from apprenti.engine import ProcessEngine
from apprenti.flow.tools import Tools
from apprenti.flow.train import train
from apprenti.recipes import SPACE, TUNED_HUB
from apprenti.stages.select import Ground, WithNetworks
from apprenti.store import MemoryShelf

PREDICTS = """
import sys
for name in ("torch", "transformers", "safetensors", "onnx", "sklearn", "huggingface_hub"):
    sys.modules[name] = None
import apprenti
print(apprenti.load(sys.argv[1]).predict(sys.argv[2]).label)
"""


def photos(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    for label, level in (("dark", 60), ("light", 190)):
        (folder / label).mkdir(parents=True)
        for i in range(30):
            pixels = rng.integers(level - 50, level + 50, (32, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / label / f"{i}.png")
    return folder


class Fixed:
    """Hands out the picks it is given."""

    def __init__(self, *picks: Pick) -> None:
        self.picks, self.left = picks, list(picks)

    def plan(self) -> tuple[Pick, ...]:
        return self.picks

    def ask(self, *, seconds_left: float) -> Pick | None:
        return self.left.pop(0) if self.left else None

    @property
    def waiting(self) -> bool:
        return False

    def outlook(self) -> None: ...

    def tell(self, trial: Trial) -> None: ...


def own_pick(ground: Ground) -> Pick:
    """Return the pick that asks the tuned network alone, through its own head."""
    selector = WithNetworks(Fixed(), ground, time_left=lambda: 600.0, n_before=0)
    return next(pick for pick in selector.plan() if pick.recipe.head == "own.v1")


def frozen_pick(ground: Ground, *_: object, **__: object) -> Pick:
    """Return a pick on the network as it is."""
    recipe = SPACE["nets/l2.v1/centroid.v1"].on(ground.stock)
    return Pick(recipe=recipe, reason=Sentence(key="select.ridge", values={"rank": 1}), predicted_seconds=1.0)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["vit", "resnet"])
def test_a_network_is_fetched_tuned_and_asked_without_torch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    needs_client()
    needs_transformers()
    monkeypatch.setattr("apprenti.stages.select.with_networks.EPOCHS", (2,))
    monkeypatch.setattr("apprenti.flow.train.choose_by", lambda ground, *_, **__: Fixed(own_pick(ground)))
    monkeypatch.setattr("apprenti.flow.preparing.first_pick", frozen_pick)
    (tmp_path / "made").mkdir()
    job = a_folder(kind, tmp_path / "made")
    told = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3, "size": {"height": 32, "width": 32}}
    files = {
        "model.safetensors": job.weights.read_bytes(),
        "config.json": job.config.read_bytes(),
        "preprocessor_config.json": json.dumps(told).encode(),
    }
    out = tmp_path / "photos.apprenti"
    source = photos(tmp_path / "photos")
    with running(net=a_repository(files, card={"license": "apache-2.0"})) as hub, ProcessEngine(2) as engine:
        tools = Tools(
            engine=engine,
            shelf=MemoryShelf(),
            progress=Silence(),
            clock=time.monotonic,
            hub=hub.access(tmp_path / "hub"),
        )
        training = train(
            source,
            out=out,
            budget_seconds=500,
            backbones=[backbone_choice("hf:someone/net")],
            recipes="deep",
            tools=tools,
        )
    assert [trial.status for trial in training.trials] == [TrialStatus.FINISHED]
    (credit,) = unpack(out.read_bytes()).manifest.backbones
    trained = read_trained_name(credit.name)
    assert trained is not None
    assert (trained.kind, trained.size_px) == (TUNED_HUB, 32)
    assert credit.source == f"hf:someone/net@{commit_of(files)}/model.safetensors"
    assert credit.source_sha256 == hashlib.sha256(files["model.safetensors"]).hexdigest()
    assert credit.licence == "apache-2.0"
    assert {"train.hub_backbone", "train.hub_tuned"} <= {notice.key for notice in training.report.notices}
    said = subprocess.run(
        [sys.executable, "-c", PREDICTS, str(out), str(source / "light" / "0.png")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "light"
