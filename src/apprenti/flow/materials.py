"""What recipes of this training can be made of: the backbones at hand and the square all photos are decoded to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.item_file import read_item
from apprenti.domain.backbone_name import MIRRORED, is_packaged
from apprenti.domain.dataset import Dataset, Example, Split
from apprenti.domain.errors import DataError, ItemError
from apprenti.domain.network_training import TunableNetwork
from apprenti.domain.recipe import Canvas
from apprenti.flow.backbone_record import BACKBONE
from apprenti.flow.steps import Steps
from apprenti.flow.tools import Tools
from apprenti.recipes import SMALL_PICTURE_PX, Stock

if TYPE_CHECKING:
    from apprenti.blocks.hub_network import TunableWeights

N_DICTIONARY_PHOTOS = 1000
"""Training photos the hand-made features learn their dictionary of patches from."""
DECODE_CHUNK = 25
FEWEST_PHOTOS = 5
"""Learnt from even where no time is left: there are no features without them."""
EMBEDDED_PX = 96
SMALL_EMBEDDED_PX = 64
EMBEDDED = Path("embedded")
CLASSIC = Path("classic")
"""Words that stand for the packaged network and for hand-made features alone, where a file could stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """The backbones of a training.

    Args:
        networks: the packaged network at the size that suits the photos, or those the user brought, in the order
            given.
        classic: hand-made backbones, learnt from the user's photos.
        canvas: what photos are decoded to for all of them; a recipe of other sizes names its own.
        weights: of the networks that can be tuned, by name.
    """

    networks: tuple[Backbone, ...]
    classic: tuple[Backbone, ...]
    canvas: Canvas
    weights: Mapping[str, TunableWeights] = field(default_factory=dict)

    @property
    def tunable(self) -> tuple[TunableNetwork, ...]:
        """The networks that can be tuned, in the order given."""
        return tuple(
            TunableNetwork(
                name=backbone.name,
                size_px=backbone.size_px,
                multiply_adds=self.weights[backbone.name].multiply_adds,
            )
            for backbone in self.networks
            if backbone.name in self.weights
        )

    @property
    def stock(self) -> Stock:
        """What recipes can be made of."""
        return Stock(
            networks={backbone.name: backbone.n_features for backbone in self.networks},
            classic={backbone.name: backbone.n_features for backbone in self.classic},
            canvas=self.canvas,
        )

    @property
    def kept_as(self) -> Mapping[str, str]:
        """What the knowledge calls each network the user brought, by name: a file's name never enters it."""
        brought = [backbone for backbone in self.networks if not is_packaged(backbone.name)]
        return {backbone.name: f"onnx-{backbone.sha256[:12]}" for backbone in brought}

    def backbone(self, name: str) -> Backbone:
        """Return a backbone by the name it has in a recipe: the packaged network in any size, any network mirrored."""
        from apprenti.blocks.embedded import load_embedded
        from apprenti.blocks.views import mirrored

        plain = name.removesuffix(MIRRORED)
        known = {backbone.name: backbone for backbone in (*self.networks, *self.classic)}
        if plain not in known and is_packaged(plain):
            known[plain] = load_embedded(int(plain.rpartition("-")[2]))
        return known[plain] if plain == name else mirrored(known[plain])


def gather_materials(
    dataset: Dataset,
    backbones: Sequence[Path | Backbone],
    *,
    weights: Mapping[str, TunableWeights] | None = None,
    deadline: float,
    seed: int,
    tools: Tools,
    steps: Steps | None = None,
) -> Materials:
    """Load the networks asked for, the packaged one without a word, and learn the hand-made features.

    Args:
        dataset: with splits; only training photos are learnt from.
        backbones: ONNX files, backbones that are ready, or the words ``embedded`` and ``classic``; a file of such a
            name is given by its whole path.
        weights: of those that can be tuned, by name.
        deadline: on ``tools.clock``; photos not decoded by then are not learnt from.
        seed: of the dictionary of patches.
        tools: what to work with.
        steps: of a training that keeps a journal: what it learnt before a kill is not learnt again.

    Raises:
        BackboneError: a file is not a usable backbone.
        DataError: none of the training photos can be decoded.
    """
    from apprenti.blocks.classic import learn_classic

    loaded = [_network(choice, dataset) for choice in backbones or (EMBEDDED,) if choice != CLASSIC]
    networks = tuple({(backbone.sha256, backbone.size_px): backbone for backbone in loaded}.values())
    classic_canvas = classic_canvas_for(dataset)

    def learn() -> Backbone:
        pixels = decode_some(dataset, classic_canvas, deadline=deadline, tools=tools)
        return learn_classic(pixels, seed=seed)

    classic = learn() if steps is None else steps.once("dictionary", learn, BACKBONE)
    return Materials(
        networks=networks,
        classic=(classic,),
        canvas=_canvas(networks, classic_canvas),
        weights=weights or {},
    )


def _network(choice: Path | Backbone, dataset: Dataset) -> Backbone:
    if isinstance(choice, Backbone):
        return choice
    if choice == EMBEDDED:
        from apprenti.blocks.embedded import load_embedded

        return load_embedded(embedded_size_for(dataset))
    from apprenti.blocks.onnx_backbone import load_backbone

    return load_backbone(choice)


def embedded_size_for(dataset: Dataset) -> int:
    """Return the side of the squares the packaged network looks at, from the resolution of the photos."""
    return SMALL_EMBEDDED_PX if _has_small_pictures(dataset) else EMBEDDED_PX


def classic_canvas_for(dataset: Dataset) -> Canvas:
    """Return the square hand-made features look at, from the resolution of the photos.

    Of small pictures 32 px show everything at a quarter of the cost of 64; larger squares gained nothing sure.
    """
    return Canvas(size_px=32 if _has_small_pictures(dataset) else 64, fit="squash")


def _has_small_pictures(dataset: Dataset) -> bool:
    longer_px = [
        max(e.facts.width_px, e.facts.height_px)
        for e in dataset.examples
        if e.facts is not None and e.split is not Split.TEST
    ]
    return bool(longer_px) and float(np.median(longer_px)) <= SMALL_PICTURE_PX


def decode_some(dataset: Dataset, canvas: Canvas, *, deadline: float, tools: Tools) -> NDArray[np.uint8]:
    """Return the pixels of some training photos, [n, S, S, 3] uint8; the same photos for the same data."""
    examples = dataset.in_split(Split.TRAIN)[:N_DICTIONARY_PHOTOS]
    chunks = [
        (examples[start : start + DECODE_CHUNK], canvas) for start in range(0, len(examples), DECODE_CHUNK)
    ]
    tools.progress.begin("dictionary", len(examples))
    decoded = []
    for pixels in tools.engine.map(_decode_chunk, chunks, deadline=deadline):
        decoded.append(pixels)
        tools.progress.advance(len(pixels))
    tools.progress.end()
    if not decoded:
        decoded.append(_decode_chunk((examples[:FEWEST_PHOTOS], canvas)))
    pixels = np.concatenate(decoded)
    if not len(pixels):
        raise DataError("nothing_readable", item=dataset.name)
    return pixels


def _canvas(networks: Sequence[Backbone], classic_canvas: Canvas) -> Canvas:
    """Return the largest square a network asks for; the others resize it inside their graph."""
    if not networks:
        return classic_canvas
    largest = max(networks, key=lambda backbone: backbone.size_px)
    return Canvas(size_px=largest.size_px, fit=largest.fit)


def _decode_chunk(chunk: tuple[Sequence[Example], Canvas]) -> NDArray[np.uint8]:
    """Return the pixels of those examples that can be decoded, [m, S, S, 3] uint8."""
    from apprenti.blocks.decoding import decode

    examples, canvas = chunk
    pixels = []
    for example in examples:
        try:
            pixels.append(decode(read_item(Path(example.path), item=example.name), canvas, item=example.name))
        except ItemError:
            continue  # the embedding reports it; here one photo fewer does not matter
    side = canvas.size_px
    return np.stack(pixels) if pixels else np.zeros((0, side, side, 3), dtype=np.uint8)
