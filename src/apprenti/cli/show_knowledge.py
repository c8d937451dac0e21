"""The knowledge as a person reads it on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from apprenti.cli.complaints import printable
from apprenti.cli.show import MOST_ROWS, more
from apprenti.domain.figures import file_size
from apprenti.texts import Lang, say

if TYPE_CHECKING:
    from apprenti.flow.knowledge import Amount, Export, KnowledgeSummary, Merge, Refusal


def summary_text(summary: KnowledgeSummary, lang: Lang) -> str:
    """Return what there is, of what, since when, and where."""
    if not summary.n_bytes:
        return _say("nothing", lang, folder=printable(str(summary.folder)))
    own = _amount(summary.own, lang)
    if summary.since is not None:
        own = _say("since", lang, amount=own, day=summary.since.isoformat())
    lines = [_say("own", lang, amount=own)]
    if summary.origins:
        lines.append(_say("imported", lang, n=len(summary.origins), amount=_amount(summary.imported, lang)))
        rows = [f"  {name}  {_amount(amount, lang)}" for name, amount in summary.origins.items()]
        lines += [*rows[:MOST_ROWS], *more(len(rows), lang)]
    lines += ["", _say("recipes", lang, n=summary.n_recipes)]
    rows = [f"  {printable(name)}  {_say('trainings', lang, n=n)}" for name, n in summary.backbones.items()]
    lines += [*rows[:MOST_ROWS], *more(len(rows), lang)]
    if summary.n_damaged:
        lines += ["", _say("damaged", lang, n=summary.n_damaged)]
    return "\n".join(
        [
            *lines,
            "",
            _say("place", lang, folder=printable(str(summary.folder)), size=file_size(summary.n_bytes, lang)),
        ]
    )


def export_text(export: Export, lang: Lang) -> str:
    """Return what was written and what was not."""
    path, amount = printable(str(export.path)), _amount(export.amount, lang)
    lines = [_say("exported", lang, amount=amount, path=path), *_refused("held_back", export.refused, lang)]
    if export.n_left_over:
        lines.append(_say("left_over", lang, n=export.n_left_over))
    return "\n".join(lines)


def merge_text(merge: Merge, lang: Lang) -> str:
    """Return what was new and what was wrong."""
    amount = _amount(merge.amount, lang)
    lines = [_say("merged", lang, n=merge.n_new, amount=amount), *_refused("set_aside", merge.refused, lang)]
    return "\n".join(lines)


def question_text(summary: KnowledgeSummary, *, imports_only: bool, lang: Lang) -> str:
    """Return what a person is asked before anything is deleted."""
    key = "forget_imports" if imports_only else "forget_all"
    return _say(key, lang, own=_amount(summary.own, lang), imported=_amount(summary.imported, lang))


def kept_text(lang: Lang) -> str:
    """Return what is said to a person who thought better of it."""
    return _say("kept", lang)


def forgotten_text(there_was: KnowledgeSummary, *, imports_only: bool, lang: Lang) -> str:
    """Return what is gone."""
    key = "forgot_imports" if imports_only else "forgot_all"
    return _say(key, lang, own=_amount(there_was.own, lang), imported=_amount(there_was.imported, lang))


def _refused(key: str, refused: tuple[Refusal, ...], lang: Lang) -> list[str]:
    if not refused:
        return []
    return [_say(key, lang, n=len(refused)), *_reasons(refused, lang), *more(len(refused), lang)]


def _reasons(refused: Iterable[Refusal], lang: Lang) -> list[str]:
    return [f"  {one.place}  {printable(one.reason.said(lang))}" for one in list(refused)[:MOST_ROWS]]


def _amount(amount: Amount, lang: Lang) -> str:
    trainings = _say("trainings", lang, n=amount.n_trainings)
    return _say("amount", lang, trainings=trainings, cells=_say("cells", lang, n=amount.n_cells))


def _say(key: str, lang: Lang, **values: object) -> str:
    return say(f"knowledge.{key}", lang, **values)
