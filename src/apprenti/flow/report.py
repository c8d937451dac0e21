"""Report: the page of a model file, written again in either language."""

from __future__ import annotations

from pathlib import Path

from apprenti.domain.report import Report
from apprenti.flow.predict import open_model
from apprenti.flow.run_keeping import run_path_of
from apprenti.stages.report import LessonsAt, render
from apprenti.store import write_atomically
from apprenti.texts import Lang


def write_report(model: Path, *, lang: Lang = "en", out: Path | None = None) -> Path:
    """Write the self-contained HTML report of a model and return where it is.

    Args:
        model: an ``.apprenti`` file.
        lang: language of the page.
        out: the page to write; beside the model under its name when left out.

    Raises:
        ModelFileError: the file is not a whole model.
    """
    report = Report.from_json(open_model(model).report).named(model.stem)
    path = out or report_path_of(model)
    lessons = LessonsAt(model=model.name) if run_path_of(model).exists() else None
    write_atomically(path, render(report, lang=lang, lessons=lessons).encode())
    return path


def report_path_of(model: Path) -> Path:
    """Return where the page of a model goes: beside it, under its name."""
    path = model.with_suffix(".html")
    return path if path != model else model.with_name(f"{model.name}.html")
