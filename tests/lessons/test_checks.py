"""Every check: the reference passes, a blank does not, each foreseen wrong answer has its own feedback."""

from __future__ import annotations

import pytest
from tests.lessons.seeing import RUNS, seen_on

from apprenti.lessons.catalogue import all_lessons
from apprenti.lessons.check import Check, as_written
from apprenti.lessons.forms import feedback
from apprenti.lessons.lesson import Lesson
from apprenti.texts import LANGS

CHECKS = [(lesson, check) for lesson in all_lessons() for check in lesson.checks.values()]
IDS = [f"{lesson.folder}-{check.name}" for lesson, check in CHECKS]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize(("lesson", "check"), CHECKS, ids=IDS)
def test_the_reference_answer_passes_on_every_run(lesson: Lesson, check: Check, run: str) -> None:
    shown = seen_on(lesson, run).shown
    assert check.judge(shown, as_written(check.reference(shown))).right


@pytest.mark.parametrize(("lesson", "check"), CHECKS, ids=IDS)
def test_a_blank_does_not_pass(lesson: Lesson, check: Check) -> None:
    verdict = check.judge(seen_on(lesson, "normal").shown, {})
    assert (verdict.right, verdict.key) == (False, "blank")


@pytest.mark.parametrize(("lesson", "check"), CHECKS, ids=IDS)
def test_every_foreseen_wrong_answer_has_its_own_feedback(lesson: Lesson, check: Check) -> None:
    shown = seen_on(lesson, "normal").shown
    assert check.wrong
    for key, answer in check.wrong.items():
        verdict = check.judge(shown, as_written(answer(shown)))
        assert (verdict.right, verdict.key) == (False, key)
        said = {lang: feedback(lesson, check.name, verdict, shown, lang) for lang in LANGS}
        assert said["en"] != said["fr"]
        assert all(len(one) > 15 and "{{" not in one for one in said.values())


@pytest.mark.parametrize(("lesson", "check"), CHECKS, ids=IDS)
def test_no_two_feedbacks_of_a_check_say_the_same(lesson: Lesson, check: Check) -> None:
    for lang in LANGS:
        words = lesson.words[lang]["check"][check.name]
        said = [words[key] for key in ("right", *check.wrong)]
        assert len(set(said)) == len(said)
        assert set(words) - {"ask", "fields", "options", "right"} == set(check.wrong), (
            "a feedback that nothing gets"
        )


EXERCISES = [lesson for lesson in all_lessons() if lesson.exercise]


def functions_of(source: str) -> dict[str, object]:
    space: dict[str, object] = {}
    exec(compile(source, "exercise", "exec"), space)
    return space


@pytest.mark.parametrize("lesson", EXERCISES, ids=lambda lesson: lesson.folder)
def test_an_exercise_in_code_is_solved_by_its_solution_alone(lesson: Lesson) -> None:
    exercise = lesson.exercise
    assert exercise is not None
    assert exercise.verify(functions_of(lesson.file("solution.py").decode())).right
    for key, source in exercise.wrong.items():
        verdict = exercise.verify(functions_of(source))
        assert (verdict.right, verdict.key) == (False, key)
    for lang in LANGS:
        assert set(lesson.words[lang]["exercise"]) == {"right", "blank", *exercise.wrong}
        begun = functions_of(lesson.file(f"exercise.{lang}.py").decode())
        assert set(exercise.functions) <= begun.keys()
        assert not exercise.verify(begun).right
