"""A training is one line of JSON, the same wherever it is written, and a stranger's line is read strictly."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.made_knowledge import a_record

from apprenti.domain.errors import ItemError
from apprenti.store.knowledge_lines import MAX_LINE_BYTES, digest_of, line_of, record_of, shown

Data = dict[str, Any]


def refusal(line: bytes) -> ItemError:
    with pytest.raises(ItemError) as caught:
        record_of(line)
    assert "{" not in caught.value.said("fr")
    return caught.value


def changed(change: Callable[[Data], object]) -> bytes:
    data = json.loads(line_of(a_record()))
    change(data)
    return json.dumps(data).encode()


def test_a_line_is_read_back_whole() -> None:
    record = a_record(7)
    assert record_of(line_of(record)) == record
    assert b"\n" not in line_of(record)


def test_where_a_record_came_from_is_no_part_of_it() -> None:
    record = a_record(7)
    moved = replace(record, origin="0123456789ab")
    assert line_of(moved) == line_of(record)
    assert record_of(line_of(record), origin="0123456789ab") == moved
    assert moved.foreign
    assert not record.foreign


def test_a_whole_number_where_a_float_belongs_makes_no_other_record() -> None:
    record = a_record()
    whole = replace(record, profile=replace(record.profile, width_px=640))
    assert digest_of(line_of(whole)) == digest_of(line_of(record))


def test_spaces_and_the_order_of_entries_make_no_other_record() -> None:
    data = json.loads(line_of(a_record(3)))
    loose = json.dumps(dict(reversed(data.items())), indent=1).replace("\n", " ").encode()
    assert line_of(record_of(loose)) == line_of(a_record(3))


@pytest.mark.parametrize(
    ("change", "key", "names"),
    [
        (lambda d: d.update(owner="martha"), "record_stray", "owner"),
        (lambda d: d.update(origin="0123456789ab"), "record_stray", "origin"),
        (lambda d: d["profile"].update(path="x"), "record_stray", "profile.path"),
        (lambda d: d["cells"][1].update(note=1), "record_stray", "cells[1].note"),
        (lambda d: d["profile"].pop("landmarks"), "record_stray", "profile.landmarks"),
        (lambda d: d["cells"][0].update(score=0.87512345678), "record_stray", "cells[0].score"),
        (lambda d: d["cells"][0].pop("score"), "record_malformed", "cells[0].score"),
        (lambda d: d["cells"][0].update(score="0.9"), "record_malformed", "cells[0].score"),
        (lambda d: d["cells"][0].update(score=True), "record_malformed", "cells[0].score"),
        (lambda d: d["cells"][0].update(score=10**400), "record_malformed", ""),
        (lambda d: d["profile"].update(n_train=20.5), "record_malformed", "profile.n_train"),
        (lambda d: d["profile"].update(n_per_label=[1, 2]), "record_malformed", "profile.n_per_label"),
        (lambda d: d.update(cells={}), "record_malformed", "cells"),
        (lambda d: d.update(format=2), "record_format", "2"),
        (lambda d: d.update(format=True), "record_format", "True"),
        (lambda d: d.pop("format"), "record_format", "None"),
    ],
)
def test_an_entry_that_is_unknown_missing_or_of_another_kind_is_named(
    change: Callable[[Data], object], key: str, names: str
) -> None:
    error = refusal(changed(change))
    assert (error.key, names in error.said()) == (key, True), error.said()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_a_number_that_is_not_finite_is_refused(number: str) -> None:
    line = line_of(a_record()).replace(b"0.875", number.encode(), 1)
    assert refusal(line).key == "record_not_finite"


def test_an_entry_that_stands_twice_is_refused() -> None:
    line = line_of(a_record()).replace(b'"score":0.875', b'"score":0.875,"score":0.9', 1)
    error = refusal(line)
    assert (error.key, error.values) == ("record_repeats", {"entry": "score"})


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"7",
        b'"text"',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"9" * 5000,
    ],
    ids=[
        "empty",
        "cut",
        "not text",
        "null",
        "list",
        "number",
        "string",
        "deep lists",
        "deep objects",
        "digits",
    ],
)
def test_what_is_not_an_object_is_refused(line: bytes) -> None:
    assert refusal(line).key == "record_not_json"


def test_a_hundred_thousand_entries_are_refused_at_once() -> None:
    line = b"{" + b",".join(b'"%d":1' % n for n in range(80_000)) + b"}"
    assert refusal(line).key == "record_format"


def test_a_line_longer_than_any_training_is_not_even_parsed() -> None:
    assert refusal(b"{" + b" " * MAX_LINE_BYTES + b"}").key == "record_too_long"


def test_what_is_shown_of_a_strangers_text_is_short_and_harmless() -> None:
    assert shown("a\x1b[2J\u202e\ud800") == "a\\x1b[2J\\u202e\\ud800"
    assert len(shown("x" * 10**6)) <= 80
