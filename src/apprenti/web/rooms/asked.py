"""The small question mark beside a number of a room: it opens the lesson that explains the number."""

from __future__ import annotations

from markupsafe import Markup

from apprenti.domain.evidence import EVIDENCE, lesson_link
from apprenti.texts import Lang, say
from apprenti.texts.lesson_titles import lesson_titles


def asked(lang: Lang, evidence_id: str, run: str) -> Markup:
    """Return the mark of a number; templates know this function by its name.

    Args:
        lang: language.
        evidence_id: of the number, in ``domain.evidence``.
        run: the id of the run; empty where the version kept none, and then nothing is shown.
    """
    number = EVIDENCE[evidence_id].lesson
    titles = lesson_titles(lang)
    if not run or number not in titles:
        return Markup()
    named = say(f"report.asked_{evidence_id.replace('-', '_')}", lang)
    return Markup('&nbsp;<a class="asked" href="{}" aria-label="{}" title="{}">?</a>').format(
        lesson_link(evidence_id, run),
        say("report.ask", lang, number=number, name=named),
        say("report.ask_title", lang, number=number, title=titles[number]),
    )
