"""What the doors hand out as JSON: one shape for the command line and the API.

Recipes appear by name and sentences in the reader's language, so that a reader needs none of our types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from apprenti.domain.dataset import TaskType
from apprenti.domain.json_form import to_json
from apprenti.domain.label_scores import LabelScores
from apprenti.domain.number_scores import NumberScores
from apprenti.domain.report import Report
from apprenti.domain.scores import Scores

if TYPE_CHECKING:
    from apprenti.domain.dataset import DuplicateGroup, SetAside
    from apprenti.domain.errors import ApprentiError
    from apprenti.domain.label_scores import LabelMiss
    from apprenti.domain.outlook import Hindsight, Outlook
    from apprenti.domain.prediction import Prediction
    from apprenti.domain.recipe import Interval, Pick, Trial
    from apprenti.domain.report import AnyScores
    from apprenti.domain.sentence import Sentence
    from apprenti.flow.bench_selector import SelectorBench
    from apprenti.flow.eight_bits import Cost
    from apprenti.flow.export import ModelExport
    from apprenti.flow.inspect import Inspection
    from apprenti.flow.train import Training
    from apprenti.stages.predict import Predictor
    from apprenti.stages.select import Standing
    from apprenti.texts import Lang


def prediction_data(prediction: Prediction, lang: Lang) -> dict[str, Any]:
    """Return one answer; where the item could not be read, ``problem`` says why and the rest is null."""
    answer = _ANSWER_DATA[prediction.task_type](prediction)
    data = {
        "item": prediction.item,
        **answer,
        "familiar": prediction.familiar,
        "distance": _rounded(prediction.distance),
    }
    if prediction.problem is not None:
        unread = dict.fromkeys(name for name in data if name != "item")
        return {"item": prediction.item, **unread, "problem": prediction.problem.said(lang)}
    return {**data, "problem": None}


def _class_data(prediction: Prediction) -> dict[str, Any]:
    return {
        "label": prediction.label,
        "probability": _rounded(prediction.probability),
        "top": _probabilities(prediction.top),
    }


def _labels_data(prediction: Prediction) -> dict[str, Any]:
    return {"labels": _probabilities(prediction.labels), "top": _probabilities(prediction.top)}


def _value_data(prediction: Prediction) -> dict[str, Any]:
    interval = prediction.interval
    return {
        "value": None if prediction.value is None else _rounded(prediction.value),
        "interval": _ends(interval),
        "level": None if interval is None else interval.level,
    }


_ANSWER_DATA: Mapping[TaskType, Callable[[Prediction], dict[str, Any]]] = {
    TaskType.MULTI_CLASS: _class_data,
    TaskType.MULTI_LABEL: _labels_data,
    TaskType.REGRESSION: _value_data,
}


def _probabilities(labels: Iterable[tuple[str, float]]) -> list[dict[str, Any]]:
    return [{"label": label, "probability": _rounded(p)} for label, p in labels]


def model_data(name: str, model: Predictor) -> dict[str, Any]:
    """Return what there is to know of a model before asking it, with its scores where any were measured."""
    facts: dict[str, Any] = {"name": name, "labels": list(model.labels)}
    try:
        report = Report.from_json(model.report)
    except ValueError:
        return facts
    facts |= {"recipe": report.kept.name, "task_type": report.task_type.value}
    if report.data.numbers is not None:
        facts["numbers"] = to_json(report.data.numbers)
    return facts | _model_scores(report.scores)


def _model_scores(scores: AnyScores | None) -> dict[str, Any]:
    if scores is None:
        return {}
    facts: dict[str, Any] = {"n_test": scores.n}
    if isinstance(scores, Scores):
        return facts | {
            "accuracy": _rounded(scores.accuracy),
            "accuracy_interval": _ends(scores.accuracy_interval),
        }
    named = ("mean_average_precision", "micro_f1", "mean_absolute_error", "r2")
    measured = to_json(scores.flat())
    of_task = {name: measured[name] for name in named if name in measured}
    return facts | of_task | {f"{name}_interval": measured[f"{name}_interval"] for name in of_task}


def error_data(code: str, message: str) -> dict[str, Any]:
    """Return the one shape of every error, at the command line and in the API."""
    return {"error": {"code": code, "message": message}}


def said_error(error: ApprentiError, lang: Lang) -> dict[str, Any]:
    """Return an error of ours in the reader's language."""
    return error_data(error.key, error.said(lang))


def inspection_data(inspection: Inspection, lang: Lang) -> dict[str, Any]:
    """Return what is in the data, what is wrong with it, and what would be tried."""
    dataset, more = inspection.dataset, inspection.more_photos
    groups = dataset.duplicates
    return {
        "name": dataset.name,
        "kind": dataset.kind.value,
        "task_type": dataset.task_type.value,
        "labels": list(dataset.labels),
        "fingerprint": dataset.fingerprint,
        "profile": to_json(inspection.profile),
        "set_aside": _set_aside(dataset.set_aside, lang),
        "duplicates": [_group(group) for group in groups if not group.conflicting],
        "conflicts": [_group(group) for group in groups if group.conflicting],
        "notices": _said(dataset.notices, lang),
        "picks": [_pick(pick, lang) for pick in inspection.picks],
        "predicted_seconds": _rounded(inspection.predicted_seconds),
        "outlook": outlook_data(inspection.outlook),  # null where nothing is known
        "more_photos": more and {**to_json(more), "said": list(more.said(lang))},
        "networks": inspection.networks and inspection.networks.flat(lang),
    }


def training_data(training: Training, lang: Lang) -> dict[str, Any]:
    """Return what was tried, what was kept, and how it did on photos it had never seen."""
    data = training.report.data
    return {
        "model": str(training.model_path),
        "report": str(training.report_path),
        "profile": to_json(training.profile),
        "picks": [_pick(pick, lang) for pick in training.picks],
        "trials": [_trial(trial, lang) for trial in training.trials],
        "kept": training.kept.name,
        "outlook": outlook_data(training.report.outlook),
        "hindsight": _hindsight(training.hindsight),
        "test": training.report.flat_scores(),
        "seconds": _rounded(training.seconds),
        "networks": [history.flat() for history in training.report.networks],
        "notices": _said((*training.report.notices, *training.advice), lang),
        "set_aside": _set_aside(data.set_aside, lang),
        "n_set_aside": data.n_set_aside,
    }


def outlook_data(outlook: Outlook | None) -> dict[str, Any] | None:
    """Return what was expected of the picks and what they rest on; ``None`` where a fixed order chose."""
    if outlook is None:
        return None
    return {
        "n_datasets": outlook.n_datasets,
        "n_families": outlook.n_families,
        "by_likeness": outlook.by_likeness,
        "best_score": _ends(outlook.best_score),
        "neighbours": [
            {
                "name": one.name,
                "n_related": one.n_related,
                "weight": _rounded(one.weight),
                "best": None if one.best is None else one.best.name,
                "best_score": to_json(one.best_score),
                "behind_points": to_json(one.behind_points),
                "gone": [recipe.name for recipe in one.gone],
                "instead": [recipe.name for recipe in one.instead],
            }
            for one in outlook.neighbours
        ],
    }


def _hindsight(hindsight: Hindsight | None) -> dict[str, Any] | None:
    if hindsight is None:
        return None
    return {
        "n_others": hindsight.n_others,
        "n_photos": hindsight.n_photos,
        "best": hindsight.best.name,
        "best_score": _rounded(hindsight.best_score),
        "kept_score": _rounded(hindsight.kept_score),
        "regret_points": _rounded(hindsight.regret_points),
    }


def evaluation_data(report: Report, lang: Lang) -> dict[str, Any]:
    """Return the scores on a labelled set, with what a person would look at next."""
    return {
        **report.flat_scores(),
        **_details(report.scores, report.labels),
        "labels": list(report.labels),
        "familiarity": to_json(report.familiarity),
        "set_aside": _set_aside(report.data.set_aside, lang),
        "n_set_aside": report.data.n_set_aside,
        "notices": _said(report.notices, lang),
    }


def model_export_data(export: ModelExport, lang: Lang) -> dict[str, Any]:
    """Return what was written of a model and, of 8 bits, what they cost."""
    return {
        "model": str(export.model),
        "files": {
            str(form): {"file": str(file.path), "n_bytes": file.n_bytes}
            for form, file in export.files.items()
        },
        "n_labels": export.n_labels,
        "golden": to_json(export.golden),
        "int8": None if export.cost is None else _cost(export.cost, lang),
    }


def selector_bench_data(bench: SelectorBench) -> dict[str, Any]:
    """Return how each way of choosing recipes did, ours first, and the seconds it took to find out."""
    ours_first = sorted(bench.standings, key=lambda name: name != "ours")
    return {name: _standing(bench.standings[name]) for name in ours_first} | {
        "seconds": _rounded(bench.seconds)
    }


def _standing(standing: Standing) -> dict[str, Any]:
    interval = standing.gain_interval
    return {
        "mean_regret_points": _rounded(standing.mean_regret_points),
        "median_regret_points": _rounded(standing.median_regret_points),
        "hit_rate": _rounded(standing.hit_rate),
        "gain_points": _rounded(standing.gain_points),
        "gain_interval": [_rounded(interval.low), _rounded(interval.high)],
    }


def _cost(cost: Cost, lang: Lang) -> dict[str, Any]:
    accuracy = cost.accuracy
    return {
        "n_bytes_before": cost.n_bytes_before,
        "n_bytes": cost.n_bytes,
        "ms_before": _rounded(cost.ms_before),
        "ms": _rounded(cost.ms),
        "golden": to_json(cost.golden),
        "pictures": to_json(cost.pictures),
        "accuracy": None
        if accuracy is None
        else {
            "n": accuracy.n,
            "before": _rounded(accuracy.before),
            "after": _rounded(accuracy.after),
            "difference": _rounded(accuracy.difference),
            "difference_interval": [
                _rounded(accuracy.difference_interval.low),
                _rounded(accuracy.difference_interval.high),
            ],
            "n_changed": accuracy.n_changed,
        },
        "objections": [said_error(one, lang)["error"] for one in cost.objections],
        "notices": _said(cost.notices, lang),
    }


def _details(scores: AnyScores | None, labels: Sequence[str]) -> dict[str, Any]:
    if isinstance(scores, LabelScores):
        return {"misses": [_label_miss(miss) for miss in scores.misses], "n_misses": scores.n_misses}
    if isinstance(scores, NumberScores):
        return {
            "misses": [
                {"item": m.name, "expected": _rounded(m.expected), "answered": _rounded(m.answered)}
                for m in scores.misses
            ]
        }
    if scores is None:
        return {}
    return {
        "confusion": [
            {"true": labels[true], "predicted": labels[predicted], "n": n}
            for true, predicted, n in scores.confusion
        ],
        "operating_points": to_json(scores.operating_points),
        "mistakes": [
            {"item": m.name, "true": m.true, "predicted": m.predicted, "probability": _rounded(m.probability)}
            for m in scores.mistakes
        ],
        "n_mistakes": scores.n_mistakes,
    }


def _label_miss(miss: LabelMiss) -> dict[str, Any]:
    return {
        "item": miss.name,
        "label": miss.label,
        "stands_there": miss.stands_there,
        "probability": _rounded(miss.given_probability),
    }


def _pick(pick: Pick, lang: Lang) -> dict[str, Any]:
    return {
        "recipe": pick.recipe.name,
        "reason": pick.reason.said(lang),
        "predicted_seconds": _rounded(pick.predicted_seconds),
        "predicted_score": _ends(pick.predicted_score),
    }


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [_rounded(interval.low), _rounded(interval.high)]


def _trial(trial: Trial, lang: Lang) -> dict[str, Any]:
    return {
        "recipe": trial.recipe.name,
        "status": trial.status.value,
        "metric": trial.metric.value,
        "score": to_json(trial.score),
        "interval": _ends(trial.interval),
        "balanced_accuracy": to_json(trial.balanced_accuracy),
        "log_loss": to_json(trial.log_loss),
        "n_validation": trial.n_validation,
        "scheme": trial.scheme,
        "seconds": _rounded(trial.seconds),
        "detail": None if trial.detail is None else trial.detail.said(lang),
    }


def _group(group: DuplicateGroup) -> dict[str, Any]:
    return {"names": list(group.names), "labels": list(group.labels), "exact": group.exact}


def _set_aside(files: Iterable[SetAside], lang: Lang) -> list[dict[str, str]]:
    return [{"name": file.name, "reason": file.reason.said(lang)} for file in files]


def _said(sentences: Iterable[Sentence], lang: Lang) -> list[str]:
    return [sentence.said(lang) for sentence in sentences]


def _rounded(value: float) -> float:
    """Return ``value`` to six digits, from NumPy's floats too."""
    return float(f"{float(value):.6g}")
