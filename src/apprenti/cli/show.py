"""Results as a person reads them on a terminal: plain text, aligned, nothing that needs colour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from apprenti.cli.complaints import printable
from apprenti.cli.short_names import cut, recipe_text
from apprenti.cli.show_outlook import outlook_lines
from apprenti.cli.show_scores import aligned, headline, name_width, score_lines, target_lines
from apprenti.domain import figures
from apprenti.domain.dataset import TaskType
from apprenti.domain.figures import duration, percent
from apprenti.domain.recipe import TrialStatus
from apprenti.texts import Lang, say, written

if TYPE_CHECKING:
    from apprenti.domain.dataset import DuplicateGroup, SetAside
    from apprenti.domain.profile import Profile
    from apprenti.domain.recipe import Trial
    from apprenti.domain.report import Report
    from apprenti.domain.sentence import Sentence
    from apprenti.flow.inspect import Inspection
    from apprenti.flow.train import Training

MOST_ROWS = 12
"""Longer lists are cut here; ``--json`` and the report have them whole."""
BAR_WIDTH = 24


def inspection_text(inspection: Inspection, lang: Lang) -> str:
    """Return what is in the data, what is wrong with it, and what would be tried."""
    word = _words(lang)
    dataset, profile = inspection.dataset, inspection.profile
    groups = dataset.duplicates
    lines = [word("data_title", name=printable(dataset.name), n=len(dataset.examples))]
    lines += [*_facts(profile, lang), *target_lines(dataset, lang)]
    if profile.n_per_label:
        lines += ["", *_class_bars(profile.n_per_label, lang)]
    lines += _set_aside(dataset.set_aside, len(dataset.set_aside), lang)
    lines += _groups("conflicts", [group for group in groups if group.conflicting], lang)
    lines += _groups("duplicates", [group for group in groups if not group.conflicting], lang)
    lines += _notices(dataset.notices, lang)
    if inspection.more_photos is not None:
        lines += ["", say("more_photos.title", lang)]
        lines += [f"  {printable(sentence)}" for sentence in inspection.more_photos.said(lang)]
    lines += outlook_lines(inspection, lang)
    return "\n".join(lines)


def training_text(training: Training, lang: Lang) -> str:
    """Return what was tried, what was kept, how good it is, and what to do next."""
    word = _words(lang)
    n_tried, time = len(training.trials), duration(training.seconds, lang)
    data = training.report.data
    lines = ["", word("data_title", name=printable(data.name), n=training.profile.n_examples)]
    lines += ["", word("tried", n=n_tried, time=time)]
    width = max((len(recipe_text(trial.recipe, lang)) for trial in training.trials), default=0)
    for trial in training.trials:
        lines.append(_trial_line(trial, width, kept=trial.recipe.name == training.kept.name, lang=lang))
    lines += ["", *_headline(training.report, lang)]
    lines += _set_aside(data.set_aside, data.n_set_aside, lang)
    lines += _notices((*training.report.notices, *training.advice), lang)
    if not training.n_cells and training.report.task_type is TaskType.MULTI_CLASS:
        lines += ["", word("nothing_kept")]
    model = str(training.model_path)
    ways = [
        (word("model_at"), model),
        (word("report_at"), str(training.report_path)),
        (word("try_it"), f"apprenti predict {_quoted(model)} {word('item_name')}"),
        (word("serve_it"), f"apprenti serve {_quoted(model)}"),
    ]
    if training.report.task_type is TaskType.MULTI_CLASS:  # of others nothing is kept for lessons
        ways.append((word("explain_it"), f"apprenti learn --run {_quoted(model)}"))
    lines += ["", *aligned(ways)]
    return "\n".join(lines)


def evaluation_text(report: Report, lang: Lang) -> str:
    """Return the scores on a labelled set, class by class."""
    lines = [*_headline(report, lang), *score_lines(report.scores, lang)]
    lines += _set_aside(report.data.set_aside, report.data.n_set_aside, lang)
    lines += _notices(report.notices, lang)
    return "\n".join(lines)


def _headline(report: Report, lang: Lang) -> list[str]:
    """Return how good it is, with an interval, and what that compares with."""
    return [_words(lang)("no_test_photos")] if report.scores is None else headline(report.scores, lang)


def _facts(profile: Profile, lang: Lang) -> list[str]:
    word = _words(lang)
    counts = {"train": profile.n_train, "validation": profile.n_validation, "test": profile.n_test}
    size = f"{round(profile.width_px)} × {round(profile.height_px)} px"
    colour = word("grey" if profile.grey_share > 0.5 else "colour")
    lines = ["  " + word("splits", **counts), "  " + word("typical_size", size=size, colour=colour)]
    if profile.landmarks:
        best = max(profile.landmarks.values())
        lines.append("  " + word("first_look", share=percent(best, lang)))
    return lines


def _class_bars(counts: Mapping[str, int], lang: Lang) -> list[str]:
    ordered = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    most = ordered[0][1] if ordered else 1
    width = name_width(label for label, _ in ordered[:MOST_ROWS])
    lines = [
        f"  {cut(label):<{width}}  {written(n, lang):>7}  {'█' * round(BAR_WIDTH * n / most)}".rstrip()
        for label, n in ordered[:MOST_ROWS]
    ]
    return lines + more(len(ordered), lang)


def _trial_line(trial: Trial, width: int, *, kept: bool, lang: Lang) -> str:
    name = f"  {recipe_text(trial.recipe, lang):<{width}}"
    if trial.status is not TrialStatus.FINISHED or trial.score is None or trial.interval is None:
        return f"{name}  {say(f'cli.status_{trial.status.value}', lang)}"
    share = figures.score(trial.score, trial.metric, lang, 1)  # close scores need a decimal
    score = f"{share:>7}  ({figures.score_range(trial.interval, trial.metric, lang)})"
    mark = f"  ← {say('cli.kept', lang)}" if kept else ""
    return f"{name}  {score}  {duration(trial.seconds, lang):>7}{mark}"


def _set_aside(files: Iterable[SetAside], n: int, lang: Lang) -> list[str]:
    """Return how many files were not used, and the first of them with their reasons."""
    if not n:
        return []
    reasons = [f"  {printable(file.reason.said(lang))}" for file in list(files)[:MOST_ROWS]]
    return ["", say("cli.set_aside", lang, n=n), *reasons, *more(n, lang)]


def _groups(key: str, groups: list[DuplicateGroup], lang: Lang) -> list[str]:
    if not groups:
        return []
    lines = ["", say(f"cli.{key}", lang, n=len(groups))]
    lines += [f"  {printable(' = '.join(group.names[:3]))}" for group in groups[:MOST_ROWS]]
    return lines + more(len(groups), lang)


def _notices(notices: Iterable[Sentence], lang: Lang) -> list[str]:
    said = [f"  · {printable(notice.said(lang))}" for notice in notices]
    return ["", say("cli.notices", lang), *said] if said else []


def more(n: int, lang: Lang) -> list[str]:
    """Return the line that says how many rows were cut after ``MOST_ROWS``, where any were."""
    return [f"  {say('cli.more', lang, n=n - MOST_ROWS)}"] if n > MOST_ROWS else []


def _quoted(path: str) -> str:
    """Return a path as it can be pasted into a shell."""
    import shlex

    return shlex.quote(path)


def _words(lang: Lang) -> Callable[..., str]:
    def word(key: str, **values: object) -> str:
        return say(f"cli.{key}", lang, **values)

    return word
