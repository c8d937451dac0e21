"""``apprenti knowledge``: show, export, merge and forget what trainings taught about recipes."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from apprenti import plain_knowledge as plain
from apprenti.cli import show_knowledge
from apprenti.domain.errors import OptionError

if TYPE_CHECKING:
    from pathlib import Path

    from apprenti.cli.desk import Desk
    from apprenti.cli.flows import Flows

YES = frozenset({"y", "yes", "o", "oui"})
"""Answers that mean yes, in either language."""
NOTHING_MERGED = 4
"""Exit code of a merge whose every line is wrong: that of items that cannot be used, see ``error_table``."""


def knowledge(options: Namespace, desk: Desk, flows: Flows) -> int:
    """``apprenti knowledge show | export FILE | merge FILE | forget``."""
    action = {"show": _show, "export": _export, "merge": _merge, "forget": _forget}[options.action]
    return action(options, flows.knowledge_folder(desk.environment), desk, flows)


def _show(options: Namespace, folder: Path, desk: Desk, flows: Flows) -> int:
    summary = flows.show_knowledge(folder)
    if desk.as_json:
        desk.write_json(plain.knowledge_data(summary))
    else:
        desk.write(show_knowledge.summary_text(summary, desk.lang))
    return 0


def _export(options: Namespace, folder: Path, desk: Desk, flows: Flows) -> int:
    export = flows.export_knowledge(folder, options.file)
    if desk.as_json:
        desk.write_json(plain.export_data(export, desk.lang))
    else:
        desk.write(show_knowledge.export_text(export, desk.lang))
    return 0


def _merge(options: Namespace, folder: Path, desk: Desk, flows: Flows) -> int:
    merge = flows.merge_knowledge(folder, options.file)
    if desk.as_json:
        desk.write_json(plain.merge_data(merge, desk.lang))
    else:
        desk.write(show_knowledge.merge_text(merge, desk.lang))
    return NOTHING_MERGED if merge.refused and not merge.amount.n_trainings else 0


def _forget(options: Namespace, folder: Path, desk: Desk, flows: Flows) -> int:
    summary = None if options.yes else flows.show_knowledge(folder)
    if summary is not None and summary.n_bytes:
        question = show_knowledge.question_text(summary, imports_only=options.foreign, lang=desk.lang)
        if not _agreed(question, desk):
            desk.tell(show_knowledge.kept_text(desk.lang))
            return 0
    there_was = flows.forget_knowledge(folder, imports_only=options.foreign)
    if desk.as_json:
        desk.write_json(plain.forgotten_data(there_was, imports_only=options.foreign))
    else:
        desk.write(show_knowledge.forgotten_text(there_was, imports_only=options.foreign, lang=desk.lang))
    return 0


def _agreed(question: str, desk: Desk) -> bool:
    """Ask the person; a program, which cannot be asked, has to say ``--yes``.

    Raises:
        OptionError: nobody is there to answer.
    """
    if desk.as_json or not desk.stdin.isatty():
        raise OptionError("knowledge_unconfirmed")
    print(question, end=" ", file=desk.stderr, flush=True)
    return desk.stdin.readline().strip().lower() in YES
