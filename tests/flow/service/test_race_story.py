"""The story of a race."""

from __future__ import annotations

from dataclasses import replace

from apprenti.domain.recipe import Canvas, Interval, Pick, Recipe, Trial, TrialStatus
from apprenti.domain.sentence import Sentence
from apprenti.flow.service.race_story import RaceStory

RECIPE = Recipe(backbones=("tiny",), canvas=Canvas(size_px=16), transform="none.v1", head="ridge.v1")


def a_pick(number: int) -> Pick:
    recipe = replace(RECIPE, parameters={"alpha": float(number)})
    reason = Sentence(key="select.network_own_tuned", values={})
    return Pick(
        recipe=recipe, reason=reason, predicted_seconds=2.04, predicted_score=Interval(low=0.7, high=0.9)
    )


def an_epoch(number: float, score: float | None = 70.0) -> Sentence:
    values = {"epoch": number, "epochs": 8, "loss": 1.5 / number, "pace": 50}
    return Sentence(
        key="progress.epoch_classes", values=values if score is None else {**values, "score": score}
    )


def test_a_pick_is_planned_then_racing_then_has_a_score() -> None:
    story, pick = RaceStory({}), a_pick(1)
    story.planned([pick, a_pick(2)])
    assert [one["seconds"] for one in story.told["picks"]] == [2.0, 2.0]
    assert story.told["picks"][0]["reason"]["key"] == "select.network_own_tuned"
    story.begun(pick, list)
    assert story.told["racing"] == [pick.recipe.name]
    story.tried(
        Trial(
            recipe=pick.recipe,
            status=TrialStatus.FINISHED,
            score=0.8,
            interval=Interval(low=0.7, high=0.85),
        )
    )
    assert "racing" not in story.told
    assert story.told["candidates"] == [
        {"recipe": pick.recipe.name, "score": 0.8, "low": 0.7, "high": 0.85, "is_share": True}
    ]


def test_a_pick_nobody_expected_means_that_the_plan_has_changed() -> None:
    story = RaceStory({})
    story.planned([a_pick(1), a_pick(2)])
    story.begun(a_pick(3), lambda: [a_pick(1), a_pick(3)])
    assert len(story.told["picks"]) == 2
    assert "alpha=3" in story.told["picks"][1]["recipe"]


def test_one_that_ran_out_of_time_is_told_as_such() -> None:
    story = RaceStory({})
    story.begun(a_pick(1), lambda: [a_pick(1)])
    story.tried(Trial(recipe=a_pick(1).recipe, status=TrialStatus.OUT_OF_TIME))
    assert story.told["failed"][0]["status"] == "out_of_time"
    assert "candidates" not in story.told


def test_epochs_make_a_curve_and_a_resumed_network_goes_on_with_it() -> None:
    story = RaceStory({})
    story.begun(a_pick(1), lambda: [a_pick(1)])
    story.step("networks")
    for epoch in (1.0, 2.0, 3.0):
        story.news(an_epoch(epoch))
    after = RaceStory(story.told)
    after.news(Sentence(key="progress.resumed", values={"epoch": 2.0, "epochs": 8}))
    after.news(an_epoch(3.0, None))
    (curve,) = after.told["curves"]
    assert [point["epoch"] for point in curve["points"]] == [1.0, 2.0, 3.0]
    assert (curve["points"][0]["score"], curve["points"][-1]["score"], curve["epochs"]) == (0.7, None, 8)


def test_what_an_attempt_before_told_is_not_lost() -> None:
    before = RaceStory({})
    before.planned([a_pick(1)])
    assert RaceStory({**before.told, "step": "candidates", "racing": ["x"]}).told == before.told
