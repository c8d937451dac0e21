"""The small question mark beside a number: which lesson explains it, and how that lesson opens.

Where lessons are served beside the page it is a link to that very number. A page that stands alone has no server to
link to: there it leads to the end of the page, where the command stands that opens the lesson.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apprenti.domain.dataset import TaskType
from apprenti.domain.evidence import EVIDENCE, lesson_link
from apprenti.domain.report import Report
from apprenti.stages.report.words import Words
from apprenti.texts.lesson_titles import lesson_titles

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonsAt:
    """Where the lessons on a report open; one of the two.

    Args:
        run: the id of the run, where lessons are served beside the page.
        model: the name of the model file beside the page, where they are not.
    """

    run: str = ""
    model: str = ""

    @property
    def command(self) -> str:
        """What opens the lessons from a terminal in the folder of the model file."""
        return f"apprenti learn --run {shlex.quote(self.model)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Puts question marks; templates know it as ``ask``.

    Args:
        report: of the page; only of one that tells classes apart there are lessons.
        words: of the page.
        at: where lessons open; ``None`` where nothing was kept for them.
    """

    report: Report
    words: Words
    at: LessonsAt | None

    def __call__(self, evidence_id: str) -> Markup:
        """Return the question mark of a number; nothing where no lesson explains it, or the report has none."""
        from markupsafe import Markup

        if not self._is_explained(evidence_id) or self.at is None:
            return Markup()
        number = EVIDENCE[evidence_id].lesson
        name = self.words("ask", number=number, name=self.words(f"asked_{evidence_id.replace('-', '_')}"))
        title = self.words("ask_title", number=number, title=lesson_titles(self.words.lang)[number])
        if self.at.run:
            return Markup(
                '&nbsp;<a class="ask" href="{}" target="_blank" rel="noopener" aria-label="{}" title="{}">?</a>'
            ).format(lesson_link(evidence_id, self.at.run), name, title)
        return Markup('&nbsp;<a class="ask" href="#lesson-{}" aria-label="{}" title="{}">?</a>').format(
            number, name, f"{title}{self.words('colon')}{self.at.command}"
        )

    @property
    def lessons(self) -> tuple[tuple[int, str], ...]:
        """The lessons that the page must say how to open: number and title."""
        if self.at is None or self.at.run:
            return ()
        titles = lesson_titles(self.words.lang)
        numbers = {EVIDENCE[id_].lesson for id_ in EVIDENCE if self._is_explained(id_)}
        return tuple((number, titles[number]) for number in sorted(numbers))

    def _is_explained(self, evidence_id: str) -> bool:
        evidence = EVIDENCE[evidence_id]
        return (
            self.report.task_type is TaskType.MULTI_CLASS
            and evidence.lesson in lesson_titles(self.words.lang)
            and evidence.read(self.report) is not None
        )
