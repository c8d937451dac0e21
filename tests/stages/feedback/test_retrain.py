from __future__ import annotations

import pytest

from apprenti.stages.feedback.retrain import Decision, Trigger, when_due


@pytest.mark.parametrize(
    ("asked_of", "trigger", "key"),
    [
        ({"n_corrections": 0, "n_learnt": 100}, None, None),
        ({"n_corrections": 7, "n_learnt": 100}, None, "wait_corrections"),
        ({"n_corrections": 20, "n_learnt": 100}, Trigger.CORRECTIONS, "due_corrections"),
        ({"n_corrections": 20, "n_learnt": 1000}, None, "wait_corrections"),
        (
            {"n_corrections": 5, "n_learnt": 1000, "after_corrections": 5},
            Trigger.CORRECTIONS,
            "due_corrections",
        ),
        ({"n_corrections": 0, "n_learnt": 1000, "drifted": True}, None, "wait_drift"),
        (
            {"n_corrections": 25, "n_learnt": 1000, "drifted": True, "n_since_drift": 22},
            Trigger.DRIFT,
            "due_drift",
        ),
        ({"n_corrections": 3, "n_learnt": 100, "asked": True}, Trigger.ASKED, "due_asked"),
        ({"n_corrections": 0, "n_learnt": 100, "asked": True}, Trigger.ASKED, "wait_nothing_new"),
        ({"n_corrections": 99, "n_learnt": 100, "under_way": True}, None, None),
        ({"n_corrections": 9, "n_learnt": 100, "under_way": True, "asked": True}, None, "wait_running"),
    ],
)
def test_a_challenger_is_due_when_there_is_something_to_learn(
    asked_of: dict[str, int], trigger: Trigger | None, key: str | None
) -> None:
    decision: Decision = when_due(**asked_of)  # type: ignore[arg-type]
    assert decision.trigger is trigger
    assert decision.due == (trigger is not None)
    assert (decision.say.key if decision.say else None) == (key and f"feedback.{key}")
    if decision.say:
        assert decision.say.said("en") != decision.say.said("fr")
