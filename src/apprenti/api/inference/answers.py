"""Outputs of a model: what there are, which were asked for, and what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apprenti.api.inference.errors import shown
from apprenti.api.inference.served import Said, ServedModel
from apprenti.api.inference.tensors import BOOL, BYTES, FP32, UINT8, ToldTensor, parameters_of
from apprenti.api.refusals import RefusedError
from apprenti.domain.dataset import TaskType
from apprenti.domain.prediction import Prediction

IMAGE, PIXELS = "image", "pixels"
MOST_OUTPUTS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One thing a model tells of an image.

    Args:
        name: of the tensor.
        datatype: of its elements.
        width: elements of one image; ``None`` for one without an axis of its own.
        read: returns the elements of one image.
    """

    name: str
    datatype: str
    read: Callable[[Said], Sequence[Any]]
    width: int | None = None

    def shape(self, n: int) -> tuple[int, ...]:
        """Return the shape for ``n`` images, -1 for any number."""
        return (n,) if self.width is None else (n, self.width)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedOutput:
    """An output that was asked for.

    Args:
        output: which.
        as_bytes: whether it travels behind the JSON.
        n_best: the best so many labels as text instead of all numbers (the classification extension); 0 for numbers.
    """

    output: Output
    as_bytes: bool = False
    n_best: int = 0


def outputs_of(model: ServedModel) -> tuple[Output, ...]:
    """Return what a model tells."""
    labels = model.manifest.labels
    about = [
        Output(name="distance", datatype=FP32, read=lambda said: [said.prediction.distance]),
        Output(name="familiar", datatype=BOOL, read=lambda said: [said.prediction.familiar]),
    ]
    if model.keeps:
        about.append(Output(name="prediction_id", datatype=BYTES, read=lambda said: [said.prediction_id]))
    if model.manifest.task_type is TaskType.REGRESSION:
        value = Output(name="value", datatype=FP32, read=lambda said: [said.prediction.value])
        interval = Output(name="interval", datatype=FP32, width=2, read=_interval)
        return (value, interval, *about)
    p_labels = Output(
        name="probabilities",
        datatype=FP32,
        width=len(labels),
        read=lambda said: _in_order(said.prediction, labels),
    )
    if model.manifest.task_type is TaskType.MULTI_LABEL:
        given = Output(
            name="given",
            datatype=BOOL,
            width=len(labels),
            read=lambda said: [label in dict(said.prediction.labels) for label in labels],
        )
        return (p_labels, given, *about)
    label = Output(name="label", datatype=BYTES, read=lambda said: [said.prediction.label])
    return (p_labels, label, *about)


def _in_order(prediction: Prediction, labels: Sequence[str]) -> list[float]:
    """Return the probabilities in the order of the model's labels."""
    p_of = dict(prediction.top)
    return [p_of[label] for label in labels]


def _interval(said: Said) -> list[float]:
    interval = said.prediction.interval
    return [] if interval is None else [interval.low, interval.high]


def metadata(model: ServedModel) -> dict[str, Any]:
    """Return what a model takes and tells; of the two inputs a request gives one."""
    side = model.manifest.canvas.size_px
    inputs = [
        {"name": IMAGE, "datatype": BYTES, "shape": [-1]},
        {"name": PIXELS, "datatype": UINT8, "shape": [-1, side, side, 3]},
    ]
    outputs = [_described(output, model) for output in outputs_of(model)]
    return {
        "name": model.name,
        "versions": list(model.versions()),
        "platform": "apprenti_onnx",
        "inputs": inputs,
        "outputs": outputs,
    }


def _described(output: Output, model: ServedModel) -> dict[str, Any]:
    said = {"name": output.name, "datatype": output.datatype, "shape": list(output.shape(-1))}
    if output.width is None or output.name == "interval":
        return said
    return {**said, "parameters": {"labels": list(model.manifest.labels)}}


def wanted_outputs(asked: Mapping[str, Any], model: ServedModel) -> list[WantedOutput]:
    """Return the outputs a request asks for; all, where it names none.

    Raises:
        RefusedError: there is no such output, or its parameters are wrong.
    """
    there = {output.name: output for output in outputs_of(model)}
    all_as_bytes = parameters_of(asked).get("binary_data_output") is True
    named = asked.get("outputs") or [{"name": name} for name in there]
    if not isinstance(named, list) or len(named) > MOST_OUTPUTS:
        raise RefusedError("inference_malformed", 422, field="outputs")
    return [_wanted(each, there, all_as_bytes) for each in named]


def _wanted(said: Any, there: Mapping[str, Output], as_bytes: bool) -> WantedOutput:
    name = said.get("name") if isinstance(said, dict) else None
    if not isinstance(name, str) or name not in there:
        raise RefusedError("inference_output", 422, name=shown(name), known=", ".join(there))
    parameters = parameters_of(said)
    n_best = parameters.get("classification", 0)
    if type(n_best) is not int or n_best < 0 or (n_best and name != "probabilities"):
        raise RefusedError("inference_malformed", 422, field="classification")
    return WantedOutput(
        output=there[name],
        as_bytes=parameters.get("binary_data", as_bytes) is True,
        n_best=min(n_best, there[name].width or 0),
    )


def told_outputs(
    wanted: Sequence[WantedOutput], said: Sequence[Said], labels: Sequence[str]
) -> list[ToldTensor]:
    """Return the tensors of an answer."""
    return [_told(each, said, labels) for each in wanted]


def _told(wanted: WantedOutput, said: Sequence[Said], labels: Sequence[str]) -> ToldTensor:
    output = wanted.output
    if wanted.n_best:
        place_of = {label: place for place, label in enumerate(labels)}
        return ToldTensor(
            name=output.name,
            datatype=BYTES,
            shape=(len(said), wanted.n_best),
            values=[
                f"{p:.6f}:{place_of[label]}:{label}"
                for one in said
                for label, p in one.prediction.top[: wanted.n_best]
            ],
            as_bytes=wanted.as_bytes,
        )
    return ToldTensor(
        name=output.name,
        datatype=output.datatype,
        shape=output.shape(len(said)),
        values=[value for one in said for value in output.read(one)],
        as_bytes=wanted.as_bytes,
    )
