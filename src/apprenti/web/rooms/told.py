"""What is stored, said for people: versions, verdicts, durations, moments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from apprenti.blocks.artifact import unpack
from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ApprentiError
from apprenti.domain.figures import NO_BREAK_SPACE, amount, decimal, file_size, percent
from apprenti.domain.report import Report
from apprenti.flow.service import runs, versions
from apprenti.texts import Lang, say

if TYPE_CHECKING:
    from apprenti.domain.service import Task, Version
    from apprenti.web.rooms.visits import Visit

MAIN_SCORE = {
    TaskType.MULTI_CLASS: "accuracy",
    TaskType.MULTI_LABEL: "mean_average_precision",
    TaskType.REGRESSION: "mean_absolute_error",
}
SHARES = ("accuracy", "balanced_accuracy", "exact_match")


def version_row(visit: Visit, task_id: str, number: int) -> dict[str, Any]:
    """Return what is shown of one version."""
    return version_said(visit, visit.task(task_id), versions.get_version(*visit.who, task_id, number))


def version_said(visit: Visit, task: Task, version: Version) -> dict[str, Any]:
    """Return what is shown of a version already read."""
    lang, name = visit.look.lang, MAIN_SCORE[task.task_type]
    value = version.scores.get(name)
    n_test = int(version.verdict.get("n") or 0)
    return {
        "version": version,
        "run": runs.run_id_of(version),
        "answers": task.production_version == version.number,
        "score": None if value is None else score(name, value, lang),
        "score_name": say(f"models_room.score_{name}", lang),
        "score_why": say(f"models_room.why_{name}", lang),
        "share": value if name in SHARES or name == "mean_average_precision" else None,
        "others": [
            {
                "name": say(f"models_room.score_{other}", lang),
                "why": say(f"models_room.why_{other}", lang),
                "value": score(other, number, lang),
            }
            for other, number in version.scores.items()
            if other != name
        ],
        "n_test": n_test,
        "verdict": sentence(version.verdict.get("reason") or {}, lang),
        "when": moment(version.created_us),
        "size": file_size(version.n_bytes, lang),
    }


def report_of(visit: Visit, task_id: str, number: int) -> Report | None:
    """Return the report of a version; ``None`` where it has none, or one of another version of the package."""
    try:
        data = unpack(versions.model_file(*visit.who, task_id, number)).report
        return Report.from_json(data) if data else None
    except (ApprentiError, ValueError):
        return None


def score(name: str, value: float, lang: Lang) -> str:
    """Return a score as its kind is read."""
    if name in SHARES:
        return percent(value, lang)
    return amount(value, lang, precision=value) if name.endswith("error") else decimal(value, lang, 2)


def sentence(data: Mapping[str, Any], lang: Lang) -> str:
    """Return a sentence that was kept; nothing where none was, or where another version knew others."""
    if not data:
        return ""
    try:
        return say(str(data["key"]), lang, **data.get("values", {}))
    except (KeyError, FileNotFoundError):
        return ""


def duration(seconds: float, lang: Lang) -> str:
    """Return a time as a person plans it.

    Example:
        >>> duration(90, "en").replace(NO_BREAK_SPACE, " "), duration(7200, "fr").replace(NO_BREAK_SPACE, " ")
        ('1 min 30 s', '2 h')
    """
    whole = max(1, round(seconds))
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    parts = [(hours, "h"), (minutes, "min"), (rest if not hours else 0, "s")]
    return NO_BREAK_SPACE.join(f"{n}{NO_BREAK_SPACE}{unit}" for n, unit in parts if n)


def moment(us: int) -> str:
    """Return a moment as machines read it; the page's script says it in the reader's time zone."""
    return datetime.fromtimestamp(us / 1e6, tz=UTC).isoformat(timespec="seconds")
