"""The flows of ``apprenti learn``, each imported only when it is called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apprenti.domain.lesson_context import LessonContext
    from apprenti.flow.tools import Tools
    from apprenti.lessons.lesson import Lesson
    from apprenti.texts import Lang


class LearnFlows:
    """What a learner can ask for."""

    def open_run(
        self, run: Path | None, data: Path | None, *, lang: Lang, tell: Callable[[str], None], tools: Tools
    ) -> LessonContext | None:
        """Return the run to learn on; ``None`` for the reference set."""
        from apprenti.flow.learning import open_or_make_run
        from apprenti.settings import default_model_path
        from apprenti.texts import say

        if data is not None and run is None:
            run = default_model_path(data)
            if not run.exists():
                tell(say("cli.learn_trains", lang, data=str(data)))
        return open_or_make_run(run, data, lang=lang, tools=tools)

    def serve_lessons(
        self, own: LessonContext | None, *, port: int, lang: Lang, tell: Callable[[str], None]
    ) -> None:
        """Show the lessons until stopped."""
        from apprenti.learn_server import serve_lessons

        serve_lessons(own, port=port, lang=lang, tell=tell)

    def export_notebook(self, lesson: Lesson, run: Path | None, *, lang: Lang, out: Path | None) -> Path:
        """Write a lesson as a notebook and return where it is."""
        from apprenti.flow.run_keeping import open_run
        from apprenti.flow.small_run import reference_context
        from apprenti.lessons.notebook import notebook_of
        from apprenti.store import write_atomically

        own = None if run is None else open_run(run)
        path = out or Path(f"{lesson.folder}.ipynb")
        write_atomically(path, notebook_of(lesson, own, reference_context, lang, run=run).encode())
        return path
