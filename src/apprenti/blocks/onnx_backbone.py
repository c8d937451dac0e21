"""Any ONNX image network, made into a backbone: pixels in, features and map out.

What the file leaves open (size, scaling, name, licence) may be told by a card beside it, ``FILE.onnx.json``,
or by the file's own metadata under the same keys; see ``blocks.scaling.Card``. A scaling nobody tells is
taken to be ``(pixel - 127.5) / 127.5``; ``candidate_scalings`` names the others worth measuring.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.graph import FLOAT, UINT8, GraphBuilder
from apprenti.blocks.joining import default_opset, finished, include
from apprenti.blocks.onnx_features import has_class_token
from apprenti.blocks.onnx_network import Network, read_network
from apprenti.blocks.onnx_reading import parse, read_file
from apprenti.blocks.scaling import SIGNED, STANDARD_SCALINGS, UNSCALED, Card, Layout, Scaling, read_card
from apprenti.blocks.session import open_session
from apprenti.domain.errors import BackboneError
from apprenti.domain.recipe import Fit

DEFAULT_FIT: Fit = "squash"
MAX_CARD_BYTES = 65_536
MAX_FEATURES = 16_384
TOLERANCE = 1e-3
"""Largest difference, in shares of the largest feature, that counts as the same; float16 needs as much."""


def load_backbone(path: Path, *, scaling: Scaling | None = None) -> Backbone:
    """Return the backbone in an ONNX file.

    The network is cut after its features, takes pixels as they are (scaling folded in), and is run on noise
    once: its features must be finite, and the same alone as among others. The map whose mean they are is
    found and published, where there is one.

    Args:
        path: the ONNX file; ``FILE.onnx.json`` beside it is read too.
        scaling: goes before what the file tells, for trying out ``candidate_scalings``.

    Raises:
        BackboneError: the file cannot be used; the message says why and what to do.
    """
    data = read_file(path)
    model = parse(data, item=path.name)
    return _backbone(data, model, _card(path, model), item=path.name, scaling=scaling)


def backbone_with(data: bytes, card: Card, *, item: str) -> Backbone:
    """Return the backbone in an ONNX file about which everything known stands in ``card``.

    Args:
        data: the file.
        card: goes for what the file says of itself.
        item: name of the file, for messages.

    Raises:
        BackboneError: the file cannot be used; the message says why and what to do.
    """
    return _backbone(data, parse(data, item=item), card, item=item)


def _backbone(
    data: bytes, model: onnx.ModelProto, card: Card, *, item: str, scaling: Scaling | None = None
) -> Backbone:
    network = read_network(model, card, item=item)
    if scaling is None:
        scaling = card.scaling or (UNSCALED if network.elem_type == UINT8 else SIGNED)
    graph, n_features, has_feature_map = _wrapped(network, scaling)
    # the name changes with the numbers: with the file, and with how it is used
    used = f"{network.tensors[0]} {network.size_px} {network.layout} {scaling.mean} {scaling.scale}".encode()
    return Backbone(
        name=f"{_plain_name(card.name or Path(item).stem)}-{hashlib.sha256(data + used).hexdigest()[:8]}",
        graph=graph,
        size_px=network.size_px,
        fit=card.fit or DEFAULT_FIT,
        n_features=n_features,
        has_feature_map=has_feature_map,
        licence=card.licence,
        source=card.source,
        source_sha256=card.source_sha256 or hashlib.sha256(data).hexdigest(),
    )


def candidate_scalings(path: Path) -> tuple[Scaling, ...]:
    """Return the scalings a network may have been trained with: one where it is told, else the usual ones.

    A wrong scaling costs accuracy and raises no error. Where several come back, load the backbone with each
    and keep the one whose features tell the classes apart best on validation photos.

    Raises:
        BackboneError: the file cannot be used.
    """
    model = parse(read_file(path), item=path.name)
    card = _card(path, model)
    if card.scaling is not None:
        return (card.scaling,)
    network = read_network(model, card, item=path.name)
    return (UNSCALED,) if network.elem_type == UINT8 else STANDARD_SCALINGS


def _card(path: Path, model: onnx.ModelProto) -> Card:
    beside = path.with_name(f"{path.name}.json")
    told = read_file(beside, max_bytes=MAX_CARD_BYTES) if beside.exists() else None
    return read_card(told, {entry.key: entry.value for entry in model.metadata_props}, item=path.name)


def _plain_name(name: str) -> str:
    """Return ``name`` in letters, digits, dots, dashes and underscores, fit to stand in a recipe's name.

    Example:
        >>> _plain_name("réseau de poche (v2)")
        'reseau_de_poche_v2'
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "_", ascii_name)[:40].strip("_.-") or "network"


def _wrapped(network: Network, scaling: Scaling) -> tuple[bytes, int, bool]:
    """Return the finished graph, the number of its features, and whether it has a feature map."""
    noise = np.random.default_rng(0).integers(
        0, 256, (2, network.size_px, network.size_px, 3), dtype=np.uint8
    )
    raw = _run_on(_draft(network, scaling), noise, item=network.item)
    n_tokens = raw[0].shape[1] if network.has_tokens and raw[0].ndim == 3 else 0
    if n_tokens:
        raw[0] = raw[0][:, 0]
    _refuse_odd_features(raw[0], network.item)

    graph, tensors = _fed(network, scaling)
    floats = [graph.add("Cast", tensor, to=FLOAT) for tensor in tensors]
    features = _pooled(graph, floats[0], n_tokens) if n_tokens else floats[0]
    n_features = raw[0][0].size
    found = _feature_map(raw, network.layout)
    if found is not None:
        index, order = found
        feature_map = graph.add("Transpose", floats[index], perm=list(order))
        shape = raw[index].transpose(order).shape[1:]  # c, h, w
        if index == 0:  # the "features" are the map itself
            features, n_features = graph.add("GlobalAveragePool", feature_map), shape[0]
    graph.output(graph.add("Flatten", features, axis=1), "features", FLOAT, ["N", n_features])
    if found is not None:
        graph.output(feature_map, "feature_map", FLOAT, ["N", *shape])
    finished_graph = finished(graph)
    _refuse_mixing(finished_graph, noise, item=network.item)
    return finished_graph, n_features, found is not None


def _pooled(graph: GraphBuilder, tokens: str, n_tokens: int) -> str:
    """Return one vector a picture, [N, d], from its tokens [N, t, d]: that of the whole picture, or their mean."""
    if has_class_token(n_tokens):
        return graph.add("Gather", tokens, graph.constant(np.asarray(0, np.int64)), axis=1)
    # on the last axis, which reductions name alike in every operator set
    channels_first = graph.add("Transpose", tokens, perm=[0, 2, 1])
    return graph.add("GlobalAveragePool", channels_first)


def _fed(network: Network, scaling: Scaling) -> tuple[GraphBuilder, list[str]]:
    """Return a graph that scales ``pixels`` and feeds the network, and the network's tensors in it."""
    graph = GraphBuilder(opset=default_opset(network.model))
    image = graph.input("pixels", UINT8, ["N", network.size_px, network.size_px, 3])
    shape = (1, 1, 1, 3)
    if network.layout == "NCHW":
        image = graph.add("Transpose", image, perm=[0, 3, 1, 2])  # as bytes, a quarter of the work
        shape = (1, 3, 1, 1)
    if network.elem_type != UINT8 or scaling != UNSCALED:
        image = graph.add("Cast", image, to=FLOAT)
        image = graph.add("Sub", image, graph.constant(np.asarray(scaling.mean, np.float32).reshape(shape)))
        image = graph.add("Div", image, graph.constant(np.asarray(scaling.scale, np.float32).reshape(shape)))
        image = graph.add("Cast", image, to=network.elem_type)
    outputs = include(graph, network.model, prefix="net/", inputs={network.input_name: image})
    return graph, [outputs[tensor] for tensor in network.tensors]


def _draft(network: Network, scaling: Scaling) -> bytes:
    """Return a graph that publishes the network's tensors as they are, to see what shapes they have."""
    graph, tensors = _fed(network, scaling)
    graph.outputs = [onnx.ValueInfoProto(name=tensor) for tensor in tensors]
    return bytes(graph.model().SerializeToString())


def _feature_map(raw: list[NDArray[Any]], layout: Layout) -> tuple[int, tuple[int, ...]] | None:
    """Return which tensor is a map whose mean the features are, and the order that makes it [N, c, h, w]."""
    first, last = (0, 1, 2, 3), (0, 3, 1, 2)
    if raw[0][0].ndim == 3 and raw[0][0].size > max(raw[0].shape[1:]):
        return 0, first if layout == "NCHW" else last
    for tensor in raw[1:]:
        for order in (first, last):
            if tensor.ndim == 4 and _same(tensor.transpose(order).mean(axis=(2, 3)), raw[0].reshape(2, -1)):
                return 1, order
    return None


def _run_on(graph: bytes, noise: NDArray[np.uint8], *, item: str) -> list[NDArray[Any]]:
    """Return the outputs of ``graph`` on two images.

    Raises:
        BackboneError: it does not run, or only on one image at a time.
    """
    try:
        session = open_session(graph)
        alone: list[NDArray[Any]] = session.run(None, {"pixels": noise[:1]})
    except Exception as error:  # ONNX Runtime has a kind for every failure
        detail = str(error).splitlines()[0][:200]
        raise BackboneError("backbone_does_not_run", item=item, detail=detail) from error
    try:
        together: list[NDArray[Any]] = session.run(None, {"pixels": noise})
    except Exception as error:
        raise BackboneError("backbone_batch", item=item) from error
    if any(
        one.ndim == 0 or two.shape != (2, *one.shape[1:]) for one, two in zip(alone, together, strict=True)
    ):
        raise BackboneError("backbone_batch", item=item)
    return together


def _refuse_odd_features(features: NDArray[Any], item: str) -> None:
    fits = features.ndim in (2, 4) and features[0].size >= 2
    if not fits or not np.issubdtype(features.dtype, np.floating) or features.shape[1] > MAX_FEATURES:
        shape = ", ".join(str(size) for size in features.shape[1:])
        raise BackboneError("backbone_features", item=item, shape=f"[N, {shape}]")


def _refuse_mixing(graph: bytes, noise: NDArray[np.uint8], *, item: str) -> None:
    """Refuse a network whose features are not finite, or depend on the other images of a batch."""
    session = open_session(graph)
    (together,) = session.run(["features"], {"pixels": noise})
    if not np.isfinite(together).all():
        raise BackboneError("backbone_not_finite", item=item)
    for i in range(len(noise)):
        (alone,) = session.run(["features"], {"pixels": noise[i : i + 1]})
        if not _same(alone, together[i : i + 1]):
            raise BackboneError("backbone_batch", item=item)


def _same(got: NDArray[Any], expected: NDArray[Any]) -> bool:
    if got.shape != expected.shape:
        return False
    largest = float(np.abs(expected).max(initial=1e-6))
    return bool(np.allclose(got, expected, rtol=0, atol=TOLERANCE * largest))
