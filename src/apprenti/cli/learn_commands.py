"""``apprenti learn``: the lessons in a browser, their list, their code exercises, their notebooks."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from apprenti.domain.errors import NotFoundError, OptionError
from apprenti.texts import say

if TYPE_CHECKING:
    from apprenti.cli.desk import Desk
    from apprenti.cli.flows import Flows
    from apprenti.lessons.lesson import Lesson

NOT_RIGHT_YET = 1
"""Exit code of an exercise that is not solved."""


def learn(options: Namespace, desk: Desk, flows: Flows) -> int:
    """``apprenti learn``, and ``learn`` with one of its actions."""
    actions = {None: _serve, "list": _list, "check": _check, "progress": _progress, "export": _export}
    return actions[options.action](options, desk, flows)


def _serve(options: Namespace, desk: Desk, flows: Flows) -> int:
    if desk.as_json:
        raise OptionError("learn_json")
    with flows.tools(desk.environment, desk.progress()) as tools:
        own = flows.open_run(options.run, options.data, lang=desk.lang, tell=desk.tell, tools=tools)
    flows.serve_lessons(own, port=options.port, lang=desk.lang, tell=desk.tell)
    return 0


def _list(options: Namespace, desk: Desk, flows: Flows) -> int:
    from apprenti.lessons.catalogue import all_lessons

    if desk.as_json:
        desk.write_json({"lessons": [_data(lesson, desk) for lesson in all_lessons()]})
        return 0
    for lesson in all_lessons():
        minutes = say("learn.minutes", desk.lang, n=lesson.plan.minutes)
        desk.write(f"{lesson.number:>3}  {lesson.title(desk.lang)}  ({minutes})")
    return 0


def _data(lesson: Lesson, desk: Desk) -> dict[str, object]:
    return {
        "number": lesson.number,
        "title": lesson.title(desk.lang),
        "minutes": lesson.plan.minutes,
        "objectives": list(lesson.plan.objectives[desk.lang]),
        "has_exercise": lesson.exercise is not None,
    }


def _check(options: Namespace, desk: Desk, flows: Flows) -> int:
    from apprenti.cli.exercises import begin, result_of
    from apprenti.cli.learn_progress import remember

    lesson = _lesson(options.number)
    if lesson.exercise is None:
        raise OptionError("no_exercise", number=lesson.number)
    path = begin(lesson, options.exercises, desk.lang)
    result = result_of(lesson, path, desk.lang)
    remember(options.exercises, lesson.number, right=result.right)
    if desk.as_json:
        desk.write_json(
            {"lesson": lesson.number, "file": str(path), "right": result.right, "feedback": result.said}
        )
    else:
        desk.tell(desk.say("exercise_at", path=str(path)))
        desk.write(result.said)
    return 0 if result.right else NOT_RIGHT_YET


def _progress(options: Namespace, desk: Desk, flows: Flows) -> int:
    from apprenti.cli.learn_progress import is_proved, read_progress
    from apprenti.lessons.catalogue import all_lessons

    progress = read_progress(options.exercises)
    if desk.as_json:
        desk.write_json({"progress": progress})
        return 0
    for lesson in all_lessons():
        if lesson.exercise is not None:
            state = desk.say("proved" if is_proved(progress, lesson.number) else "not_proved")
            desk.write(f"{lesson.number:>3}  {lesson.title(desk.lang)}: {state}")
    return 0


def _export(options: Namespace, desk: Desk, flows: Flows) -> int:
    lesson = _lesson(options.number)
    path = flows.export_notebook(lesson, options.run, lang=desk.lang, out=options.out)
    if desk.as_json:
        desk.write_json({"lesson": lesson.number, "notebook": str(path)})
    else:
        desk.write(str(path))
    return 0


def _lesson(number: int) -> Lesson:
    from apprenti.lessons.catalogue import lesson_numbered

    lesson = lesson_numbered(number)
    if lesson is None:
        raise NotFoundError("lesson_unknown", number=number)
    return lesson
