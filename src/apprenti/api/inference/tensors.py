"""Tensors as they travel: in JSON, or as bytes behind it (the binary tensor data extension).

Source: Open Inference Protocol v2, "HTTP/REST"; Triton, "Binary Tensor Data Extension".
"""

from __future__ import annotations

import binascii
import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apprenti.api.inference.errors import shown
from apprenti.api.refusals import RefusedError

BYTES, UINT8, FP32, BOOL = "BYTES", "UINT8", "FP32", "BOOL"
LARGEST_SIDE = 2**31 - 1
_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTensor:
    """A tensor of a request, its sizes checked, nothing of it looked at yet.

    Args:
        name: as the metadata of the model say.
        datatype: ``BYTES`` or ``UINT8``.
        shape: each 1 or more.
        data: what JSON holds, or the bytes behind it.
    """

    name: str
    datatype: str
    shape: tuple[int, ...]
    data: list[Any] | memoryview

    @property
    def n_elements(self) -> int:
        """How many elements the shape says."""
        return math.prod(self.shape)

    def blobs(self) -> list[bytes]:
        """Return the elements of a ``BYTES`` tensor; in JSON each is base64.

        Raises:
            RefusedError: they are not as many as the shape says, or no base64.
        """
        if isinstance(self.data, memoryview):
            found = list(_lengths_and_bytes(self.name, self.data, most=self.n_elements))
        else:
            texts = list(_flat(self.data, most=self.n_elements))
            self._check_number(len(texts))
            found = [_decoded(self.name, text) for text in texts]
        self._check_number(len(found))
        return found

    def levels(self) -> NDArray[np.uint8]:
        """Return the elements of a ``UINT8`` tensor, in its shape.

        Raises:
            RefusedError: they are not as many as the shape says, or no whole numbers 0..255.
        """
        if isinstance(self.data, memoryview):
            self._check_number(len(self.data))
            return np.frombuffer(self.data, np.uint8).reshape(self.shape)
        numbers = list(_flat(self.data, most=self.n_elements))
        self._check_number(len(numbers))
        try:
            levels = np.frombuffer(bytes(numbers), np.uint8)
        except (TypeError, ValueError) as error:
            raise RefusedError("inference_not_uint8", 422, name=shown(self.name)) from error
        return levels.reshape(self.shape)

    def _check_number(self, n: int) -> None:
        if n != self.n_elements:
            raise _wrong_number(self.name, self.n_elements)


def _wrong_number(name: str, expected: int) -> RefusedError:
    return RefusedError("inference_wrong_number", 422, name=shown(name), expected=expected)


def _lengths_and_bytes(name: str, data: memoryview, *, most: int) -> Iterator[bytes]:
    """Yield elements that each come behind their length, 4 bytes, little-endian."""
    place = 0
    for _ in range(most + 1):
        if place == len(data):
            return
        if place + _LENGTH.size > len(data):
            break
        (length,) = _LENGTH.unpack_from(data, place)
        place += _LENGTH.size
        if place + length > len(data):
            break
        yield bytes(data[place : place + length])
        place += length
    raise _wrong_number(name, most)


def _decoded(name: str, text: object) -> bytes:
    try:
        return binascii.a2b_base64(str(text).encode("ascii"), strict_mode=True)
    except (ValueError, binascii.Error) as error:
        raise RefusedError("inference_not_base64", 422, name=shown(name)) from error


def _flat(data: Sequence[Any], *, most: int) -> Iterator[Any]:
    """Yield the elements of a list that may be nested as its shape is; one more than there may be at most."""
    waiting = [iter(data)]
    n = 0
    while waiting:
        for element in waiting[-1]:
            if isinstance(element, list):
                waiting.append(iter(element))
                break
            yield element
            n += 1
            if n > most:
                return
        else:
            waiting.pop()


def read_tensors(asked: Mapping[str, Any], behind: memoryview) -> list[GivenTensor]:
    """Return the inputs of a request.

    Args:
        asked: its JSON.
        behind: the bytes behind the JSON.

    Raises:
        RefusedError: they are malformed, or do not add up to the bytes that came.
    """
    inputs = asked.get("inputs")
    if not isinstance(inputs, list) or not inputs or not all(isinstance(each, dict) for each in inputs):
        raise RefusedError("inference_malformed", 422, field="inputs")
    found, place = [], 0
    for each in inputs:
        tensor, place = _tensor(each, behind, place)
        found.append(tensor)
    if place != len(behind):
        raise RefusedError("inference_bytes_left", 422)
    return found


def _tensor(said: Mapping[str, Any], behind: memoryview, place: int) -> tuple[GivenTensor, int]:
    name, shape, datatype = said.get("name"), said.get("shape"), said.get("datatype")
    if not isinstance(name, str):
        raise RefusedError("inference_malformed", 422, field="name")
    if datatype not in (BYTES, UINT8):
        raise RefusedError("inference_datatype", 422, name=shown(name), datatype=shown(datatype))
    if not isinstance(shape, list) or not shape or len(shape) > 4 or not all(map(_is_side, shape)):
        raise RefusedError("inference_malformed", 422, field="shape")
    size = parameters_of(said).get("binary_data_size")
    if size is None:
        data: Any = said.get("data")
        if not isinstance(data, list):
            raise RefusedError("inference_malformed", 422, field="data")
    else:
        if type(size) is not int or not 0 <= size <= len(behind) - place:
            raise RefusedError("inference_malformed", 422, field="binary_data_size")
        data, place = behind[place : place + size], place + size
    return GivenTensor(name=name, datatype=datatype, shape=tuple(shape), data=data), place


def _is_side(side: object) -> bool:
    return type(side) is int and 1 <= side <= LARGEST_SIDE


def parameters_of(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parameters of a request, an input or an output.

    Raises:
        RefusedError: they are no object.
    """
    parameters = said.get("parameters", {})
    if not isinstance(parameters, dict):
        raise RefusedError("inference_malformed", 422, field="parameters")
    return parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldTensor:
    """A tensor of an answer.

    Args:
        name: as the metadata of the model say.
        datatype: ``BYTES``, ``FP32`` or ``BOOL``.
        shape: of ``values``.
        values: row after row, flat: text, numbers or truths.
        as_bytes: whether it travels behind the JSON.
    """

    name: str
    datatype: str
    shape: tuple[int, ...]
    values: Sequence[Any]
    as_bytes: bool = False

    def told(self) -> tuple[dict[str, Any], bytes]:
        """Return what stands in the JSON, and what comes behind it."""
        said: dict[str, Any] = {"name": self.name, "datatype": self.datatype, "shape": list(self.shape)}
        if not self.as_bytes:
            return {**said, "data": list(self.values)}, b""
        data = self._packed()
        return {**said, "parameters": {"binary_data_size": len(data)}}, data

    def _packed(self) -> bytes:
        if self.datatype == BYTES:
            texts = [str(value).encode() for value in self.values]
            return b"".join(chain.from_iterable((_LENGTH.pack(len(text)), text) for text in texts))
        packed: bytes = np.asarray(self.values, "<f4" if self.datatype == FP32 else "?").tobytes()
        return packed
