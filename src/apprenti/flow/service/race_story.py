"""The story of a race as people follow it: what is planned and why, what runs, what came of it, curves of networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apprenti.domain.json_form import to_json
from apprenti.domain.recipe import Interval, Pick, Trial
from apprenti.domain.sentence import Sentence

KEPT = ("picks", "candidates", "failed", "curves")
"""What the next attempt of a training goes on with."""
EPOCH = "progress.epoch"
RESUMED = "progress.resumed"
NETWORKS = "networks"
MOST_POINTS = 400


class RaceStory:
    """What has been told of a race, as JSON.

    Args:
        before: what an attempt that ended told.
    """

    def __init__(self, before: Mapping[str, Any]) -> None:
        self._told: dict[str, Any] = {name: before[name] for name in KEPT if name in before}
        self._racing: list[str] = []

    @property
    def told(self) -> dict[str, Any]:
        """All of it; nothing of what has not happened."""
        return {**self._told, **({"racing": list(self._racing)} if self._racing else {})}

    def planned(self, picks: Sequence[Pick]) -> None:
        """Tell what will be tried."""
        self._told["picks"] = [pick_data(pick) for pick in picks]

    def begun(self, pick: Pick, planned: Callable[[], Sequence[Pick]]) -> None:
        """Tell that a pick begins; where nobody expected it, the plan has changed."""
        if pick.recipe.name not in {one["recipe"] for one in self._told.get("picks", ())}:
            self.planned(planned())
        if pick.recipe.name not in self._racing:
            self._racing.append(pick.recipe.name)

    def tried(self, trial: Trial) -> None:
        """Tell what a candidate came to."""
        name = trial.recipe.name
        self._racing = [one for one in self._racing if one != name]
        if trial.score is None:
            failed = {"recipe": name, "status": trial.status.value}
            self._told["failed"] = [*self._others("failed", name), failed]
            return
        low, high = _ends(trial.interval)
        candidate = {
            "recipe": name,
            "score": trial.score,
            "low": low,
            "high": high,
            "is_share": trial.metric.is_share,
        }
        self._told["candidates"] = [*self._others("candidates", name), candidate]

    def step(self, step: str) -> None:
        """Tell that a step begins; the training of a network begins a curve."""
        if step == NETWORKS and self._racing:
            curve = {"recipe": self._racing[-1], "points": []}
            self._told["curves"] = [*self._others("curves", self._racing[-1]), curve]

    def news(self, news: Sentence) -> None:
        """Tell how a network does: each epoch is a point of its curve."""
        curves = self._told.get("curves")
        if not curves:
            return
        points = curves[-1]["points"]
        if news.key == RESUMED:
            at = float(news.values["epoch"])
            curves[-1]["points"] = [point for point in points if point["epoch"] <= at]
        elif news.key.startswith(EPOCH) and len(points) < MOST_POINTS:
            points.append(point_of(news))
            curves[-1]["epochs"] = news.values["epochs"]

    def _others(self, kind: str, name: str) -> list[dict[str, Any]]:
        return [one for one in self._told.get(kind, ()) if one["recipe"] != name]


def point_of(news: Sentence) -> dict[str, float | None]:
    """Return the point of a curve that the news of an epoch tells; shares in 0..1.

    Example:
        >>> values = {"epoch": 2.0, "epochs": 16, "loss": 0.81, "pace": 90, "score": 71.5}
        >>> point_of(Sentence(key="progress.epoch_classes", values=values))
        {'epoch': 2.0, 'loss': 0.81, 'score': 0.715}
    """
    score = news.values.get("score")
    is_share = not news.key.endswith("_number")
    return {
        "epoch": float(news.values["epoch"]),
        "loss": float(news.values["loss"]),
        "score": None if score is None else round(float(score) / (100 if is_share else 1), 4),
    }


def pick_data(pick: Pick) -> dict[str, Any]:
    """Return the JSON form of a pick."""
    low, high = _ends(pick.predicted_score)
    return {
        "recipe": pick.recipe.name,
        "reason": to_json(pick.reason),
        "seconds": round(pick.predicted_seconds, 1),
        "low": low,
        "high": high,
    }


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (interval.low, interval.high)
