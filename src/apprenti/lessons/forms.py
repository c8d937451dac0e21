"""The form of a check: native inputs that work without a script, and say what an answer is worth in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from apprenti.lessons.check import Check, Field, Verdict
from apprenti.lessons.filling import value_of
from apprenti.lessons.kit import Kit
from apprenti.lessons.lesson import Lesson
from apprenti.lessons.markup import Drawing
from apprenti.texts import Lang, say


def check_form(
    lesson: Lesson,
    name: str,
    shown: Any,
    kit: Kit,
    written: Mapping[str, str],
    verdict: Verdict | None,
    *,
    keep: Mapping[str, str],
) -> Markup:
    """Return the form of a check, with what was written in it and the verdict where there is one."""
    check = lesson.checks[name]
    said = Markup("")
    if verdict is not None:
        said = Markup(feedback(lesson, name, verdict, shown, kit.lang))  # noqa: S704
    return Markup(
        '<form class="check" id="{id}" method="get" action="#{id}" data-check="{name}"{guess}>'
        '<input type="hidden" name="check" value="{name}">{keep}<p class="ask">{ask}</p>{fields}'
        '<p class="row"><button class="primary">{button}</button></p>'
        '<p class="verdict{mark}" role="status">{said}</p></form>\n'
    ).format(
        id=f"check-{name}",
        name=name,
        guess=Markup(" data-guess") if check.is_guess else "",
        keep=Markup("").join(
            Markup('<input type="hidden" name="{}" value="{}">').format(*item) for item in keep.items()
        ),
        ask=kit.say(f"check.{name}.ask"),
        fields=Markup("").join(
            _field(check, one, shown, kit, written.get(one.name, "")) for one in check.fields
        ),
        button=kit.common("learn.commit" if check.is_guess else "learn.verify"),
        mark=_mark(check, verdict),
        said=said,
    )


def _mark(check: Check, verdict: Verdict | None) -> str:
    if verdict is None or check.is_guess:
        return ""
    return " right" if verdict.right else " wrong"


def _field(check: Check, field: Field, shown: Any, kit: Kit, value: str) -> Markup:
    draw = {"number": _number, "widget": _widget, "choice": _choice, "photos": _photos}[field.kind]
    return draw(check, field, shown, kit, value)


def _label(check: Check, field: Field, kit: Kit) -> str:
    return kit.say(f"check.{check.name}.fields.{field.name}")


def _number(check: Check, field: Field, shown: Any, kit: Kit, value: str) -> Markup:
    return Markup(
        '<p class="field"><label for="{id}">{label}</label>'
        '<input type="text" inputmode="decimal" autocomplete="off" id="{id}" name="{name}" value="{value}"></p>'
    ).format(
        id=f"answer-{check.name}-{field.name}", label=_label(check, field, kit), name=field.name, value=value
    )


def _widget(check: Check, field: Field, shown: Any, kit: Kit, value: str) -> Markup:
    """Return a field that the widget above fills in; it can be typed into all the same."""
    return Markup(
        '<p class="field from-widget"><label for="{id}">{label}</label>'
        '<input type="text" inputmode="decimal" autocomplete="off" data-from-widget '
        'id="{id}" name="{name}" value="{value}"></p>'
    ).format(
        id=f"answer-{check.name}-{field.name}", label=_label(check, field, kit), name=field.name, value=value
    )


def _choice(check: Check, field: Field, shown: Any, kit: Kit, value: str) -> Markup:
    options = [str(one) for one in field.options(shown)] if field.options else []
    named = kit.words["check"][check.name].get("options", {})
    choices = Markup("").join(
        Markup(
            '<label class="option"><input type="radio" name="{}" value="{}"{}> <span>{}</span></label>'
        ).format(
            field.name,
            one,
            Markup(" checked") if one == value else "",
            kit.say(f"check.{check.name}.options.{one}") if one in named else one,
        )
        for one in options
    )
    return Markup('<fieldset class="options"><legend>{}</legend>{}</fieldset>').format(
        _label(check, field, kit), choices
    )


def _photos(check: Check, field: Field, shown: Any, kit: Kit, value: str) -> Markup:
    rows = [int(one) for one in field.options(shown)] if field.options else []
    chosen = set(value.split(","))
    boxes = Markup("").join(
        Markup('<label class="pick"><input type="checkbox" name="{}" value="{}"{}>{}</label>').format(
            field.name,
            row,
            Markup(" checked") if str(row) in chosen else "",
            kit.photo(row, kit.common("learn.photo_number", number=place)),
        )
        for place, row in enumerate(rows, start=1)
    )
    return Markup('<fieldset class="picks"><legend>{}</legend>{}</fieldset>').format(
        _label(check, field, kit), boxes
    )


def feedback(lesson: Lesson, check: str, verdict: Verdict, shown: Any, lang: Lang) -> str:
    """Return the feedback on an answer as HTML."""
    if verdict.key == "blank":
        return str(escape(say("learn.blank", lang)))
    said = str(lesson.words[lang]["check"][check][verdict.key])
    drawing = Drawing(
        lang=lang,
        value=lambda name: verdict.values[name] if name in verdict.values else value_of(shown, name),
        place=lambda *_: "",
        link=lambda _: "#",
    )
    return drawing.inline(said)
