"""JSON form of the nouns: any frozen dataclass to plain JSON data and back, by its type hints.

Floats keep six significant digits, so that the same result is the same bytes, unless they are asked for as they are;
``bytes`` travel as base64, times as RFC 3339.
No class is ever named in the data: what comes back is decided by the type asked for, never by the file.
"""

from __future__ import annotations

import base64
import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Noun = TypeVar("Noun")


def to_json(value: object, *, exact: bool = False) -> Any:
    """Return ``value`` as JSON data: dictionaries, lists, strings, numbers, booleans and ``None``.

    Args:
        value: frozen dataclasses and plain data.
        exact: keeps floats as they are, for what this program alone reads again.

    Raises:
        ValueError: a float that JSON has no word for (NaN or infinity), unless ``exact``: Python reads its own.
        TypeError: something that is neither a dataclass nor plain data.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name), exact=exact) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return float(value) if exact else _six_digits(value)
    if isinstance(value, date):  # a day, or a moment of one
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Mapping):
        return {str(key): to_json(item, exact=exact) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_json(item, exact=exact) for item in value]
    raise TypeError(f"no JSON form for {type(value).__name__}")


def from_json(kind: type[Noun], data: Any) -> Noun:
    """Return the ``kind`` that ``to_json`` made ``data`` from.

    Unknown entries are left out and missing ones take their default, so that older and newer versions can
    read each other.

    Raises:
        ValueError: ``data`` is not of that shape; the message names the entry.
    """
    noun: Noun = _read(kind, data, kind.__name__)
    return noun


def _six_digits(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{value} has no JSON form")
    return float(f"{value:.6g}")


def _read(kind: Any, data: Any, where: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), data, where)
    if is_dataclass(kind):
        return _read_dataclass(kind, data, where)
    if origin is tuple:
        return _read_tuple(get_args(kind), data, where)
    if origin is Mapping:
        (_, of) = get_args(kind)
        entries = _expect(dict, data, where)
        return {str(key): _read(of, item, f"{where}.{key}") for key, item in entries.items()}
    return _read_plain(kind, data, where)


def _read_dataclass(kind: Any, data: Any, where: str) -> Any:
    entries = _expect(dict, data, where)
    hints = _hints(kind)
    values = {}
    for field in fields(kind):
        if field.name in entries:
            values[field.name] = _read(hints[field.name], entries[field.name], f"{where}.{field.name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise ValueError(f"{where}.{field.name} is missing")
    return kind(**values)


@cache  # working them out anew for every cell takes nine tenths of the time
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _read_tuple(of: tuple[Any, ...], data: Any, where: str) -> tuple[Any, ...]:
    items = _expect(list, data, where)
    if len(of) == 2 and of[1] is Ellipsis:
        return tuple(_read(of[0], item, f"{where}[{i}]") for i, item in enumerate(items))
    if len(of) != len(items):
        raise ValueError(f"{where} has {len(items)} entries, expected {len(of)}")
    return tuple(
        _read(kind, item, f"{where}[{i}]") for i, (kind, item) in enumerate(zip(of, items, strict=True))
    )


def _read_union(kinds: tuple[Any, ...], data: Any, where: str) -> Any:
    """Return ``None``, or ``data`` read as the first kind it fits; ``int`` is tried before ``float``."""
    if data is None and type(None) in kinds:
        return None
    present = [kind for kind in kinds if kind is not type(None)]
    exact = [kind for kind in present if isinstance(kind, type) and type(data) is kind]
    for kind in [*exact, *present]:
        try:
            return _read(kind, data, where)
        except ValueError:
            continue
    raise ValueError(f"{where} is {type(data).__name__}, expected one of {present}")


def _read_plain(kind: Any, data: Any, where: str) -> Any:
    if kind is Any:
        return data
    if kind is float:
        return float(_expect((int, float), data, where))
    if kind is datetime:
        return _read_moment(_expect(str, data, where), where)
    if kind is date:
        return _read_day(_expect(str, data, where), where)
    if kind is bytes:
        return _read_base64(_expect(str, data, where), where)
    if get_origin(kind) is not None:  # Literal["squash", ...]
        if data not in get_args(kind):
            raise ValueError(f"{where} is {data!r}, expected one of {get_args(kind)}")
        return data
    if issubclass(kind, Enum):
        return _read_member(kind, data, where)
    return _expect(kind, data, where)


def _read_moment(data: str, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(data)
    except ValueError as error:
        raise ValueError(f"{where} is no time") from error
    if moment.tzinfo is None:
        raise ValueError(f"{where} does not say its time zone")
    return moment


def _read_day(data: str, where: str) -> date:
    try:
        return date.fromisoformat(data)
    except ValueError as error:
        raise ValueError(f"{where} is no day") from error


def _read_base64(data: str, where: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except ValueError as error:
        raise ValueError(f"{where} is not base64") from error


def _read_member(kind: type[Enum], data: Any, where: str) -> Enum:
    try:
        return kind(data)
    except ValueError as error:
        raise ValueError(f"{where} is {data!r}, expected one of {[one.value for one in kind]}") from error


def _expect(kind: Any, data: Any, where: str) -> Any:
    is_stray_bool = isinstance(data, bool) and kind is not bool
    if is_stray_bool or not isinstance(data, kind):
        raise ValueError(f"{where} is {type(data).__name__}, expected {kind}")
    return data
