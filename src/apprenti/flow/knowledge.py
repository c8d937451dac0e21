"""Show, export, merge and forget what trainings taught about recipes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from apprenti.domain.errors import ItemError
from apprenti.domain.knowledge import TrainingRecord
from apprenti.domain.sentence import Sentence
from apprenti.flow.knowledge_gate import check_record
from apprenti.store import (
    add_import,
    check_writable,
    digest_of,
    export_content,
    line_of,
    own_records,
    read_cells,
    read_export,
    record_of,
    records_by_digest,
    storage_facts,
    write_atomically,
)
from apprenti.store import forget as forget_files
from apprenti.store.cells import make_folder

SHORT_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """How much a part of the knowledge holds."""

    n_trainings: int
    n_cells: int

    @classmethod
    def of(cls, records: Iterable[TrainingRecord]) -> Amount:
        """Return how much ``records`` hold."""
        sizes = [len(record.cells) for record in records]
        return cls(n_trainings=len(sizes), n_cells=sum(sizes))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeSummary:
    """What there is.

    Args:
        folder: where it lies.
        own: learnt on this installation.
        imported: merged from others.
        origins: the same for each import, by 12 digits of its name.
        n_recipes: different recipes with a cell.
        backbones: trainings that used each backbone, by name, the most used first.
        since: day (UTC) the oldest own training was written, told by the disk alone.
        n_bytes: on the disk.
        n_damaged: files that are passed over.
    """

    folder: Path
    own: Amount
    imported: Amount
    origins: Mapping[str, Amount]
    n_recipes: int
    backbones: Mapping[str, int]
    since: date | None
    n_bytes: int
    n_damaged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A record that was not exported or not merged.

    Args:
        place: line of the file, or the first digits of what the record is known by.
        reason: what is wrong with it.
    """

    place: str
    reason: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What an export holds.

    Args:
        path: the file.
        amount: what is in it.
        refused: records that stay here, with the reason.
        n_left_over: records that found no room: one file has its limits.
    """

    path: Path
    amount: Amount
    refused: tuple[Refusal, ...]
    n_left_over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """What a merge brought.

    Args:
        amount: what the file holds that can be used.
        n_new: trainings not known here before.
        refused: lines set aside, with the reason.
    """

    amount: Amount
    n_new: int
    refused: tuple[Refusal, ...]


def show_knowledge(folder: Path) -> KnowledgeSummary:
    """Return what there is in ``folder``; nothing at all where it is missing."""
    records, facts = read_cells(folder), storage_facts(folder)
    foreign = [record for record in records if record.foreign]
    origins = dict.fromkeys(sorted(record.origin for record in foreign))
    return KnowledgeSummary(
        folder=folder,
        own=Amount.of(record for record in records if not record.foreign),
        imported=Amount.of(foreign),
        origins={origin: Amount.of(r for r in foreign if r.origin == origin) for origin in origins},
        n_recipes=len({cell.recipe for record in records for cell in record.cells}),
        backbones=_backbones(records),
        since=facts.since,
        n_bytes=facts.n_bytes,
        n_damaged=facts.n_damaged,
    )


def export_knowledge(folder: Path, out: Path) -> Export:
    """Write all knowledge of ``folder``, own and merged, into one file that others can merge.

    It holds profiles and scores: no photo, label, name, path or date. A record with a recipe that is not made of
    this package's blocks stays here. The same knowledge gives the same bytes.

    Raises:
        UserError: ``out`` cannot be written.
    """
    check_writable(out)
    exported, refused = {}, []
    for digest, record in records_by_digest(folder).items():
        try:
            check_record(record)
        except ItemError as error:
            refused.append(_refusal(digest[:SHORT_DIGITS], error))
            continue
        exported[digest] = record
    content, n_left_over = export_content({digest: line_of(record) for digest, record in exported.items()})
    write_atomically(out, content)
    written = list(exported.values())[: len(exported) - n_left_over]
    return Export(path=out, amount=Amount.of(written), refused=tuple(refused), n_left_over=n_left_over)


def merge_knowledge(folder: Path, source: Path) -> Merge:
    """Add what others exported to the knowledge in ``folder``.

    The result is a union: merging again changes nothing, nor does the order of merges. A line that is wrong is set
    aside with its reason and the rest goes on. All that is good is kept in one step at the end, so that a merge that
    is stopped changes nothing.

    Args:
        folder: of the knowledge; made where it is missing.
        source: the file, as untrusted as a stranger's.

    Raises:
        KnowledgeFileError: the file as a whole cannot be merged; nothing is changed.
        UserError: the folder cannot be written; nothing is changed.
    """
    lines, sizes, refused = {}, {}, []
    for number, found in read_export(source):
        try:
            record = record_of(found)
            check_record(record)
        except ItemError as error:
            refused.append(_refusal(str(number), error))
            continue
        line = line_of(record)
        lines[digest_of(line)], sizes[digest_of(line)] = line, len(record.cells)
    amount = Amount(n_trainings=len(lines), n_cells=sum(sizes.values()))
    if not lines:
        return Merge(amount=amount, n_new=0, refused=tuple(refused))
    make_folder(folder)
    n_new = add_import(folder, lines, own=own_records(folder).keys())
    return Merge(amount=amount, n_new=n_new, refused=tuple(refused))


def forget_knowledge(folder: Path, *, imports_only: bool = False) -> KnowledgeSummary:
    """Delete the knowledge in ``folder``, and return what there was.

    Args:
        folder: of the knowledge.
        imports_only: keep what was learnt on this installation.

    Raises:
        UserError: a file cannot be deleted.
    """
    there_was = show_knowledge(folder)
    forget_files(folder, imports_only=imports_only)
    return there_was


def _refusal(place: str, error: ItemError) -> Refusal:
    return Refusal(place=place, reason=Sentence(key=f"errors.{error.key}", values=error.values))


def _backbones(records: Iterable[TrainingRecord]) -> dict[str, int]:
    used = Counter(name for record in records for name in _backbones_of(record))
    return dict(sorted(used.items(), key=lambda row: (-row[1], row[0])))


def _backbones_of(record: TrainingRecord) -> set[str]:
    return {name for cell in record.cells for name in cell.recipe.partition("@")[0].split("+")}
