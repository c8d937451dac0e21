"""Results as a person reads them on a terminal: plain text, aligned, nothing that needs colour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from apprenti.cli.complaints import printable
from apprenti.cli.short_names import cut, recipe_text
from apprenti.cli.show_outlook import outlook_lines
from apprenti.domain.figures import decimal, duration, percent, percent_range, percent_sign
from apprenti.domain.recipe import TrialStatus
from apprenti.texts import Lang, say, written

if TYPE_CHECKING:
    from apprenti.domain.dataset import DuplicateGroup, SetAside
    from apprenti.domain.profile import Profile
    from apprenti.domain.recipe import Trial
    from apprenti.domain.report import Report
    from apprenti.domain.scores import ClassScores, Scores
    from apprenti.domain.sentence import Sentence
    from apprenti.flow.inspect import Inspection
    from apprenti.flow.train import Training

MOST_ROWS = 12
"""Longer lists are cut here; ``--json`` and the report have them whole."""
BAR_WIDTH = 24

MISSED_BY_FAR = 0.1


def inspection_text(inspection: Inspection, lang: Lang) -> str:
    """Return what is in the data, what is wrong with it, and what would be tried."""
    word = _words(lang)
    dataset, profile = inspection.dataset, inspection.profile
    groups = dataset.duplicates
    lines = [word("data_title", name=printable(dataset.name), n=len(dataset.examples))]
    if profile is not None:
        lines += [*_facts(profile, lang), "", *_class_bars(profile.n_per_label, lang)]
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
    lines += _notices(training.report.notices, lang)
    if not training.n_cells:
        lines += ["", word("nothing_kept")]
    model = str(training.model_path)
    lines += [
        "",
        *_aligned(
            [
                (word("model_at"), model),
                (word("report_at"), str(training.report_path)),
                (word("try_it"), f"apprenti predict {_quoted(model)} {word('item_name')}"),
                (word("serve_it"), f"apprenti serve {_quoted(model)}"),
            ]
        ),
    ]
    return "\n".join(lines)


def evaluation_text(report: Report, lang: Lang) -> str:
    """Return the scores on a labelled set, class by class."""
    word = _words(lang)
    lines = _headline(report, lang)
    if report.scores is not None:
        lines += ["", *_class_table(report.scores.per_class, lang)]
        lines += ["", word("calibration", ece=percent(report.scores.ece, lang))]
    lines += _set_aside(report.data.set_aside, report.data.n_set_aside, lang)
    lines += _notices(report.notices, lang)
    return "\n".join(lines)


def _headline(report: Report, lang: Lang) -> list[str]:
    """Return accuracy with its interval, what it compares with, and how much can be answered alone."""
    word, scores = _words(lang), report.scores
    if scores is None:
        return [word("no_test_photos")]
    right, span = percent(scores.accuracy, lang), percent_range(scores.accuracy_interval, lang)
    lines = [word("accuracy", n=scores.n, share=right, interval=span)]
    rows = [
        (word("balanced_accuracy"), percent(scores.balanced_accuracy, lang)),
        (word("macro_f1"), decimal(scores.macro_f1, lang, 3)),
        (word("majority", label=printable(scores.majority_label)),
         percent(scores.majority_n_right / scores.n, lang)),
    ]  # fmt: skip
    return lines + _aligned(rows) + _alone(scores, lang)


def _alone(scores: Scores, lang: Lang) -> list[str]:
    """Return the operating point the report tells of too; nothing where it misses what it was set for by far."""
    point = scores.alone
    if point is None or point.accuracy is None or point.accuracy < point.target_accuracy - MISSED_BY_FAR:
        return []
    if point.threshold <= 0:  # every answer is good enough: there is no threshold to tell of
        return []
    share, right = percent(point.coverage, lang), percent(point.accuracy, lang)
    threshold = percent(point.threshold, lang)
    return ["  " + say("cli.alone", lang, share=share, right=right, threshold=threshold)]


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
    width = _name_width(label for label, _ in ordered[:MOST_ROWS])
    lines = [
        f"  {cut(label):<{width}}  {written(n, lang):>7}  {'█' * round(BAR_WIDTH * n / most)}".rstrip()
        for label, n in ordered[:MOST_ROWS]
    ]
    return lines + more(len(ordered), lang)


def _class_table(rows: Iterable[ClassScores], lang: Lang) -> list[str]:
    """Return one line for each class, the worst recognised first."""
    word = _words(lang)
    ordered = sorted(rows, key=lambda row: (row.recall is None, row.recall or 0.0, row.label))
    width = _name_width([word("class"), *(row.label for row in ordered)])
    lines = [f"  {word('class'):<{width}}  {word('n'):>7}  {word('recall'):>9}  {word('precision'):>9}"]
    for row in ordered:
        recall, precision = (
            "–" if share is None else percent(share, lang) for share in (row.recall, row.precision)
        )
        lines.append(f"  {cut(row.label):<{width}}  {written(row.n, lang):>7}  {recall:>9}  {precision:>9}")
    return lines


def _trial_line(trial: Trial, width: int, *, kept: bool, lang: Lang) -> str:
    name = f"  {recipe_text(trial.recipe, lang):<{width}}"
    if trial.status is not TrialStatus.FINISHED or trial.score is None or trial.interval is None:
        return f"{name}  {say(f'cli.status_{trial.status.value}', lang)}"
    share = decimal(100 * trial.score, lang, 1) + percent_sign(lang)  # close scores need a decimal
    score = f"{share:>7}  ({percent_range(trial.interval, lang)})"
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


def _aligned(rows: list[tuple[str, str]]) -> list[str]:
    width = max(len(name) for name, _ in rows)
    return [f"  {name:<{width}}  {value}" for name, value in rows]


def _name_width(names: Iterable[str]) -> int:
    return max((len(cut(name)) for name in names), default=0)


def _quoted(path: str) -> str:
    """Return a path as it can be pasted into a shell."""
    import shlex

    return shlex.quote(path)


def _words(lang: Lang) -> Callable[..., str]:
    def word(key: str, **values: object) -> str:
        return say(f"cli.{key}", lang, **values)

    return word
