"""What the command line hands out as JSON of the knowledge: beside ``plain``, in the same shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apprenti.domain.json_form import to_json

if TYPE_CHECKING:
    from apprenti.flow.knowledge import Export, KnowledgeSummary, Merge
    from apprenti.texts import Lang


def knowledge_data(summary: KnowledgeSummary) -> dict[str, Any]:
    """Return what earlier trainings taught, in numbers."""
    return {
        "folder": str(summary.folder),
        "own": to_json(summary.own),
        "imported": to_json(summary.imported),
        "origins": [{"origin": name, **to_json(amount)} for name, amount in summary.origins.items()],
        "n_recipes": summary.n_recipes,
        "backbones": dict(summary.backbones),
        "since": None if summary.since is None else summary.since.isoformat(),
        "n_bytes": summary.n_bytes,
        "n_damaged": summary.n_damaged,
    }


def export_data(export: Export, lang: Lang) -> dict[str, Any]:
    """Return what was exported and what stayed."""
    refused = [
        {"training": one.place, "code": one.reason.key.partition(".")[2], "reason": one.reason.said(lang)}
        for one in export.refused
    ]
    counts = to_json(export.amount)
    return {"file": str(export.path), **counts, "refused": refused, "n_left_over": export.n_left_over}


def merge_data(merge: Merge, lang: Lang) -> dict[str, Any]:
    """Return what was merged and what was wrong."""
    refused = [
        {"line": int(one.place), "code": one.reason.key.partition(".")[2], "reason": one.reason.said(lang)}
        for one in merge.refused
    ]
    return {**to_json(merge.amount), "n_new": merge.n_new, "refused": refused}


def forgotten_data(there_was: KnowledgeSummary, *, imports_only: bool) -> dict[str, Any]:
    """Return how much was forgotten."""
    own = {"n_trainings": 0, "n_cells": 0} if imports_only else to_json(there_was.own)
    return {"own": own, "imported": to_json(there_was.imported)}
