"""Every file read once; what cannot be read costs only itself."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.stages.ingest.photos import Silence, png, write

from apprenti.domain.errors import InterruptedWorkError, WorkError
from apprenti.engine import InlineEngine, ProcessEngine
from apprenti.stages.ingest import looking
from apprenti.stages.ingest.listing import Listed
from apprenti.stages.ingest.looking import look_at, look_at_all


def items(folder: Path, n: int) -> list[Listed]:
    return [Listed(name=f"{i}.png", path=write(folder / f"{i}.png", png(i)), target="cat") for i in range(n)]


def looked(listed: list[Listed], engine: Any, **options: Any) -> Any:
    return look_at_all(listed, engine=engine, progress=Silence(), deadline=None, **options)


class Breaking(InlineEngine):
    """An engine whose worker dies on one file."""

    def __init__(self, deadly: str, error: type[WorkError] = WorkError) -> None:
        super().__init__()
        self.deadly = deadly
        self.error = error

    def map(
        self, function: Callable[[Any], Any], items: Iterable[Any], *, deadline: float | None = None
    ) -> Iterator[Any]:
        for chunk in items:
            if any(name == self.deadly for name, _ in chunk):
                raise self.error("work_failed", item=self.deadly, cause="killed")
            yield function(chunk)


class Slow(InlineEngine):
    """An engine whose deadline passes after two chunks."""

    def map(
        self, function: Callable[[Any], Any], items: Iterable[Any], *, deadline: float | None = None
    ) -> Iterator[Any]:
        for chunk in list(items)[:2]:
            yield function(chunk)


def test_a_look_gives_the_hash_of_the_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.png", png(1))
    (found,) = look_at([("a.png", str(path))])
    assert isinstance(found, looking.Looked)
    assert found.content_hash == hashlib.sha256(png(1)).hexdigest()
    assert (found.facts.width_px, found.facts.height_px) == (48, 36)


@pytest.mark.parametrize("engine", [InlineEngine, lambda: ProcessEngine(2)])
def test_workers_and_this_process_see_the_same(tmp_path: Path, engine: Callable[[], Any]) -> None:
    listed = items(tmp_path, 70)
    running = engine()
    seen, set_aside, n_unread = looked(listed, running)
    if isinstance(running, ProcessEngine):
        running.close()
    assert (len(seen), set_aside, n_unread) == (70, [], 0)
    for one in seen:
        assert one.looked.content_hash == hashlib.sha256(one.item.path.read_bytes()).hexdigest()


def test_broken_files_are_set_aside_each_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MAX_FILE_BYTES", 10_000)
    os.mkfifo(tmp_path / "pipe.png")
    files = {
        "empty.png": b"", "cut.png": png(1)[:100], "page.html": b"<html>", "huge.png": png(2) + bytes(10_000),
    }  # fmt: skip
    paths = [str(write(tmp_path / name, data)) for name, data in files.items()]
    paths += [str(tmp_path / "pipe.png"), str(tmp_path / "lost.png"), str(tmp_path / "cut.png/inside.png")]
    found = look_at([(Path(path).name, path) for path in paths])
    assert [one.reason.key for one in found if not isinstance(one, looking.Looked)] == [
        "errors.empty_file",
        "errors.damaged_image",
        "errors.not_an_image",
        "ingest.too_large",
        "ingest.not_a_regular_file",
        "ingest.missing_file",
        "ingest.missing_file",
    ]
    assert all(Path(path).name in one.reason.said("fr") for path, one in zip(paths, found, strict=True))  # type: ignore[union-attr]


def test_a_file_that_kills_its_worker_is_set_aside_alone(tmp_path: Path) -> None:
    seen, set_aside, n_unread = looked(items(tmp_path, 70), Breaking("33.png"))
    assert len(seen) == 69
    assert [(one.name, one.reason.key) for one in set_aside] == [("33.png", "ingest.stopped_the_decoder")]
    assert n_unread == 0


def test_ctrl_c_is_not_taken_for_a_bad_file(tmp_path: Path) -> None:
    with pytest.raises(InterruptedWorkError):
        looked(items(tmp_path, 3), Breaking("1.png", InterruptedWorkError))


def test_a_deadline_leaves_a_fair_part_unread_and_counts_it(tmp_path: Path) -> None:
    listed = items(tmp_path, 100)
    seen, _, n_unread = looked(listed, Slow())
    assert n_unread == 100 - 2 * looking.CHUNK_ITEMS
    read = sorted(int(one.item.path.stem) for one in seen)
    assert read != list(range(len(read)))
    again, _, _ = looked(list(reversed(listed)), Slow())
    assert {one.item.name for one in again} == {one.item.name for one in seen}


def test_a_deadline_that_has_passed_reads_nothing(tmp_path: Path) -> None:
    seen, _, n_unread = look_at_all(
        items(tmp_path, 40), engine=InlineEngine(), progress=Silence(), deadline=time.monotonic() - 1
    )
    assert (seen, n_unread) == ([], 40)


def test_progress_counts_every_file(tmp_path: Path) -> None:
    progress = Silence()
    look_at_all(items(tmp_path, 40), engine=InlineEngine(), progress=progress, deadline=None)
    assert (progress.steps, progress.n_done, progress.n_ended) == ([("reading", 40)], 40, 1)
