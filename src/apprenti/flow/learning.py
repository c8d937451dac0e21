"""The run to learn on: the one a training kept, or what can be made of a model and its photos."""

from __future__ import annotations

from pathlib import Path

from apprenti.domain.errors import ModelFileError
from apprenti.domain.lesson_context import LessonContext
from apprenti.flow.run_keeping import open_run, run_path_of
from apprenti.flow.run_rebuilding import rebuilt_run
from apprenti.flow.tools import Tools
from apprenti.flow.train import train
from apprenti.texts import Lang

BUDGET_SECONDS = 60.0


def open_or_make_run(
    run: Path | None, data: Path | None, *, lang: Lang = "en", tools: Tools
) -> LessonContext | None:
    """Return the run of a model; ``None`` where neither a model nor photos are named.

    Args:
        run: the model file, or the ``.run`` file beside it.
        data: its photos: where nothing was kept of the training, as much as can be is made again from them; where
            there is no model yet, one is trained.
        lang: of the report page, where one is written.
        tools: what to work with.

    Raises:
        ModelFileError: nothing was kept of that training, and no photos are named.
        DataError: the photos cannot be trained on.
    """
    if run is None:
        return None
    if data is not None and not run.exists() and not run_path_of(run).exists():
        train(data, out=run, budget_seconds=BUDGET_SECONDS, lang=lang, tools=tools)
    try:
        return open_run(run)
    except ModelFileError as error:
        if data is None or error.key != "run_file_missing":
            raise
    return rebuilt_run(run, data, tools=tools)
