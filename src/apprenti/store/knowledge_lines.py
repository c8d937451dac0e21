"""One training as one line of JSON: the form it is kept, told apart, exported and merged in.

A record has exactly one such line (keys sorted, no spaces, six significant digits), and the SHA-256 of the line is
what it is known by. So equal records are one record, on whatever machine they meet.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any, NoReturn

from apprenti.domain.errors import ItemError
from apprenti.domain.json_form import from_json, to_json
from apprenti.domain.knowledge import FORMAT, TrainingRecord

MAX_LINE_BYTES = 2**20
"""A training on 50,000 classes, measured with hundreds of recipes, needs less."""
SHOWN_LETTERS = 80


def line_of(record: TrainingRecord) -> bytes:
    """Return the one line of ``record``, without its end; where the record came from is not in it.

    Raises:
        ValueError: a number in it is not finite.
    """
    # read back first: whole numbers where floats belong become floats, so that there is one line only
    content = to_json(from_json(TrainingRecord, to_json(record)))
    del content["origin"]
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest_of(line: bytes) -> str:
    """Return what a record is known by: the SHA-256 of its line, 64 hex digits."""
    return hashlib.sha256(line).hexdigest()


def record_of(line: bytes, *, origin: str = "") -> TrainingRecord:
    """Return the record that is written on ``line``.

    Nothing is passed over: every entry must be known, be there, stand once, and be of its kind. Whether the
    numbers make sense is not looked at.

    Args:
        line: one line, as untrusted as a stranger's.
        origin: the import it belongs to.

    Raises:
        ItemError: it is not such a line; the message names the entry.
    """
    if len(line) > MAX_LINE_BYTES:
        raise ItemError("record_too_long", limit=MAX_LINE_BYTES // 1024)
    data = _parsed(line)
    format_ = data.get("format")
    if format_ != FORMAT or isinstance(format_, (bool, float)):
        raise ItemError("record_format", format=shown(format_))
    try:
        record = from_json(TrainingRecord, {**data, "origin": origin})
        expected = to_json(record)
    except (ValueError, OverflowError) as error:  # not of that shape, or a whole number no float can hold
        entry = str(error).partition(" ")[0].removeprefix(f"{TrainingRecord.__name__}.")
        raise ItemError("record_malformed", entry=shown(entry)) from error
    del expected["origin"]
    if (stray := _first_difference(data, expected, "")) is not None:
        raise ItemError("record_stray", entry=shown(stray))
    return record


def shown(value: object) -> str:
    """Return something of a stranger's file as it may be shown: short, and in ASCII letters that can be printed."""
    # cut before it is escaped too: the value may be a megabyte
    text = str(value)[:SHOWN_LETTERS].encode("unicode_escape").decode("ascii")
    return text if len(text) <= SHOWN_LETTERS else text[: SHOWN_LETTERS - 3] + "..."


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        data = json.loads(
            line.decode("utf-8"),
            object_pairs_hook=_without_repeats,
            parse_constant=_refuse,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:  # broken, not UTF-8, endless digits, nested without end
        raise ItemError("record_not_json") from error
    if not isinstance(data, dict):
        raise ItemError("record_not_json")
    return data


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for name, value in pairs:
        if name in entries:
            raise ItemError("record_repeats", entry=shown(name))
        entries[name] = value
    return entries


def _finite(number: str) -> float:
    if not math.isfinite(value := float(number)):  # 1e999
        _refuse(number)
    return value


def _refuse(number: str) -> NoReturn:
    raise ItemError("record_not_finite", value=shown(number))


def _first_difference(found: Any, expected: Any, where: str) -> str | None:
    """Return the first place where two pieces of JSON data differ: an unknown or missing entry, another number."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for name in sorted(found.keys() ^ expected.keys()):
            return f"{where}{name}"
        pairs = [(found[name], expected[name], f"{where}{name}.") for name in sorted(expected)]
    elif isinstance(found, list) and isinstance(expected, list):
        pairs = [
            (one, other, f"{where.removesuffix('.')}[{number}].")
            for number, (one, other) in enumerate(zip(found, expected, strict=True))
        ]
    else:
        return None if found == expected else where.removesuffix(".")
    return next((place for pair in pairs if (place := _first_difference(*pair)) is not None), None)
