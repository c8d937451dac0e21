"""One lesson on one run, drawn: whatever door serves it puts the same HTML into its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from apprenti.domain import json_form
from apprenti.domain.lesson_context import LessonContext
from apprenti.lessons.check import Verdict
from apprenti.lessons.filling import filled, value_of
from apprenti.lessons.forms import check_form
from apprenti.lessons.kit import Kit
from apprenti.lessons.lesson import Lesson
from apprenti.lessons.markup import Drawing
from apprenti.lessons.text import Block
from apprenti.texts import Lang

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A lesson's figures of one run, and which run they are of.

    Args:
        context: the run that is shown.
        shown: what the lesson computed from it.
        guarded: why the learner's own run is not shown, as its figures; ``None`` where it is.
    """

    context: LessonContext
    shown: Any
    guarded: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where things are in the page's door.

    Args:
        lesson: address of a lesson by number, for this run.
        term: address of a term by id.
        photo: address of a kept photo by row, of the run that is shown.
        keep: what a form sends along so that its answer comes to the same page.
    """

    lesson: Callable[[int], str]
    term: Callable[[str], str]
    photo: Callable[[int], str]
    keep: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnBlock:
    """A block as HTML."""

    id: str
    beat: str
    title: Markup
    body: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLesson:
    """A lesson as HTML.

    Args:
        lead: what it is about.
        blocks: those that are shown, in order.
        guard: why the reference set is shown; empty where it is not, or where it is all there is.
        data: what the modules work with: figures, words.
    """

    lead: Markup
    blocks: tuple[DrawnBlock, ...]
    guard: str
    data: Mapping[str, Any]


def see(lesson: Lesson, own: LessonContext | None, reference: Callable[[], LessonContext]) -> Seen:
    """Return what a lesson shows: the learner's run where the effect is in it, else the reference set.

    Args:
        lesson: which.
        own: the learner's run; ``None`` where there is none.
        reference: gives the set that comes along.
    """
    if own is None:
        context = reference()
        return Seen(context=context, shown=lesson.compute(context))
    shown = lesson.compute(own)
    if lesson.plan.guard is None or lesson.plan.guard.holds(shown):
        return Seen(context=own, shown=shown)
    context = reference()
    return Seen(context=context, shown=lesson.compute(context), guarded=shown)


def draw(
    lesson: Lesson,
    seen: Seen,
    lang: Lang,
    links: Links,
    *,
    verdicts: Mapping[str, tuple[Mapping[str, str], Verdict]] | None = None,
) -> DrawnLesson:
    """Return a lesson as HTML.

    Args:
        lesson: which.
        seen: its figures.
        lang: language.
        links: where things are.
        verdicts: on checks answered without a script: what was written, and what it is worth.
    """
    from markupsafe import Markup

    words = lesson.words[lang]

    def kit(name: str) -> Kit:
        return Kit(lang=lang, words=words, shown=seen.shown, photo_url=links.photo, name=name)

    def place(kind: str, name: str, caption: str) -> str:
        if kind == "check":
            written, verdict = (verdicts or {}).get(name, ({}, None))
            return check_form(lesson, name, seen.shown, kit(name), written, verdict, keep=links.keep)
        module = f' data-module="{lesson.folder}-{name}.js"' if name in lesson.modules else ""
        body = lesson.widgets[name](seen.shown, kit(name))
        said = f"<figcaption>{caption}</figcaption>" if caption else ""
        return (
            f'<figure class="widget" id="widget-{name}" data-widget="{name}"{module}>{body}{said}</figure>\n'
        )

    def link(target: str) -> str:
        kind, _, name = target.partition(":")
        return links.term(name) if kind == "term" else links.lesson(int(kind))

    drawing = Drawing(
        lang=lang,
        value=lambda name: value_of(seen.shown, name),
        place=place,
        link=link,
        evidence={name: id_ for id_, name in lesson.plan.evidence.items()},
    )
    text = lesson.texts[lang]
    blocks = tuple(
        DrawnBlock(
            id=block.id,
            beat=block.beat,
            title=Markup(drawing.inline(block.title)),  # noqa: S704  escaped by the reader of our Markdown
            body=Markup(drawing.html(block.source)),  # noqa: S704
        )
        for block in text.blocks
        if is_shown(block, seen.shown)
    )
    return DrawnLesson(
        lead=Markup(drawing.html(text.lead)),  # noqa: S704
        blocks=blocks,
        guard=guard_said(lesson, seen, lang),
        data={"shown": json_form.to_json(seen.shown, exact=True), "words": words, "lesson": lesson.number},
    )


def is_shown(block: Block, shown: Any) -> bool:
    """Return whether a block is for this run."""
    if block.shown_if and not value_of(shown, block.shown_if):
        return False
    return not (block.hidden_if and value_of(shown, block.hidden_if))


def guard_said(lesson: Lesson, seen: Seen, lang: Lang) -> str:
    """Return why the reference set is shown instead of the learner's run; empty where it is not."""
    if seen.guarded is None:
        return ""
    return filled(str(lesson.words[lang]["guard"]), lambda name: value_of(seen.guarded, name), lang)
