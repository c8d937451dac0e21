"""Which tensor of an ONNX network its features are, where no output says so by its name.

What people export for others has the outputs of its task. The image models of the hub have ``last_hidden_state`` and
perhaps ``pooler_output``, or ``logits``: then the features are what the last layer weighs up into classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

import onnx

from apprenti.domain.errors import BackboneError

FEATURES = "features"
TOKENS = "last_hidden_state"
_POOLED = ("image_embeds", "pooler_output", "last_hidden_state")
_CLASSES = ("logits", "probabilities", "output")
_AS_IT_IS = (
    "Identity", "Flatten", "Squeeze", "Reshape", "Cast", "Dropout", "Softmax", "LogSoftmax", "Sigmoid",
    "QuantizeLinear", "DequantizeLinear",
)  # fmt: skip
_STORED = ("Constant", "Cast", "DequantizeLinear", "Identity", "Transpose")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTensor:
    """Where features are taken.

    Args:
        name: of the tensor, an output or one within.
        is_tokens: it is a row of vectors [N, t, d], one for each patch of the picture, to be pooled.
    """

    name: str
    is_tokens: bool = False


def find_features(model: onnx.ModelProto, told: str, *, item: str) -> FeatureTensor:
    """Return the tensor to take features from.

    The output that is told; else ``features``; else a pooled vector of the hub's models, or their tokens; else what
    goes into the layer that makes classes.

    Args:
        model: checked.
        told: name of an output; ``""`` where nobody said.
        item: name of the file, for messages.

    Raises:
        BackboneError: there is no such output, or none that features are known to lie behind.
    """
    ranks = {value.name: len(value.type.tensor_type.shape.dim) for value in model.graph.output}
    if told or FEATURES in ranks:
        wanted = told or FEATURES
        if wanted not in ranks:
            raise BackboneError("backbone_no_output", item=item, wanted=wanted, outputs=", ".join(ranks))
        return FeatureTensor(name=wanted)
    if ranks.get(TOKENS) == 3 and "image_embeds" not in ranks:
        return FeatureTensor(name=TOKENS, is_tokens=True)  # a pooled output beside it is often untrained
    for name in _POOLED:
        if name in ranks:
            return FeatureTensor(name=name)
    before = _before_classes(model, list(ranks))
    if before is None:
        raise BackboneError("backbone_no_output", item=item, wanted=FEATURES, outputs=", ".join(ranks))
    return FeatureTensor(name=before)


def has_class_token(n_tokens: int) -> bool:
    """Return whether a row of tokens begins with one for the whole picture: patches alone fill a square.

    Example:
        >>> has_class_token(14 * 14 + 1), has_class_token(7 * 7)
        (True, False)
    """
    return isqrt(n_tokens) ** 2 != n_tokens


def _before_classes(model: onnx.ModelProto, outputs: list[str]) -> str | None:
    """Return what the last weighted layer before the classes takes in; ``None`` where there is no such layer."""
    classes = next((name for name in _CLASSES if name in outputs), outputs[0] if len(outputs) == 1 else None)
    made_by = {name: node for node in model.graph.node for name in node.output}
    constants = {tensor.name for tensor in model.graph.initializer}
    node = made_by.get(classes or "")
    while node is not None and node.op_type in _AS_IT_IS:
        node = made_by.get(node.input[0])
    if node is not None and node.op_type == "Add":  # the bias
        weighed = (name for name in node.input if not _is_stored(name, made_by, constants))
        node = made_by.get(next(weighed, ""))
    if node is None or node.op_type not in ("Gemm", "MatMul", "Conv"):
        return None
    return node.input[0] if _is_stored(node.input[1], made_by, constants) else None


def _is_stored(name: str, made_by: dict[str, onnx.NodeProto], constants: set[str]) -> bool:
    """Return whether a tensor is kept in the file, perhaps in another form, rather than made from the picture."""
    while name not in constants:
        node = made_by.get(name)
        if node is None or node.op_type not in _STORED:
            return False
        if node.op_type == "Constant":
            return True
        name = node.input[0]
    return True
