"""Tables of ``path,label[,split]``: CSV, TSV or Parquet, with a first line that names the columns.

What the labels are decides the task. Several in one cell (``red|round``; ``|`` alone where none applies) make it
multi-label. If every label is a number and at least one is not whole (``3.5``), or the column is called ``value``, it
is regression; other whole numbers (``0`` to ``9``) are classes. A column ``task_type`` says it outright.

A path counts from the table's own folder and must stay inside it; an absolute path is taken only if it
leads there too. So a table that came from somebody else cannot name files it has no business with.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from apprenti.domain.dataset import SetAside, Target, TaskType
from apprenti.domain.errors import DataError
from apprenti.domain.sentence import Sentence
from apprenti.stages.ingest.listing import Listed, Listing, aside, clean_label, split_named
from apprenti.stages.ingest.tree import shown
from apprenti.store import read_parquet

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".parquet", ".pq"})
PATH_COLUMNS = (
    "path", "image", "file", "filename", "file_name", "filepath", "file_path", "image_path", "image_file",
    "img", "photo", "chemin", "fichier",
)  # fmt: skip
LABEL_COLUMNS = (
    "label", "labels", "class", "target", "category", "tags", "classe", "étiquette", "etiquette",
)  # fmt: skip
VALUE_COLUMNS = ("value", "count", "quantity", "valeur", "quantité", "quantite")
"""Columns of numbers that are to be told, whole or not."""
USUAL_DIGITS = 10
"""So many classes of whole numbers surprise nobody: they are digits."""
SPLIT_COLUMNS = ("split", "subset", "partition", "set")
TASK_TYPE_COLUMNS = ("task_type",)
DELIMITERS = ",;\t"
_WITHOUT_TARGET = {
    TaskType.MULTI_CLASS: "no_label",
    TaskType.MULTI_LABEL: "no_labels",
    TaskType.REGRESSION: "no_number",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table, its cells as written."""

    path: str
    label: str
    split: str = ""
    is_value: bool = False
    task_type: str = ""


def is_table(path: Path) -> bool:
    """Return whether the file name says it is a table this module reads."""
    return path.suffix.lower() in TABLE_SUFFIXES


def list_table(table: Path, locate: Callable[[str], Path | None], *, name: str | None = None) -> Listing:
    """Return the items a table names.

    Args:
        table: the CSV, TSV or Parquet file.
        locate: gives the file behind a path that is known to stay inside, or ``None``.
        name: what the table is called, for messages; its file name otherwise.

    Raises:
        DataError: the table cannot be read, or lacks the columns.
    """
    name = name or table.name
    rows = list(_parquet_rows(table, name) if _is_parquet(table) else _csv_rows(table, name))
    said, labels = _said_type(rows), [row.label for row in rows]
    task_type = said or _task_type(labels, are_values=any(row.is_value for row in rows))
    if said is None and task_type is TaskType.MULTI_CLASS:
        _refuse_semicolons(labels, name)
    items: list[Listed] = []
    set_aside: list[SetAside] = []
    for row in rows:
        found = _listed(row, task_type, locate, table.parent)
        (items if isinstance(found, Listed) else set_aside).append(found)  # type: ignore[arg-type]
    return Listing(
        items=tuple(items),
        task_type=task_type,
        set_aside=tuple(set_aside),
        notices=_many_numbers(items, task_type),
    )


def _listed(
    row: Row, task_type: TaskType, locate: Callable[[str], Path | None], folder: Path
) -> Listed | SetAside:
    target = _target(row.label, task_type)
    split = split_named(row.split)
    inside = _inside(row.path, folder)
    if inside is None:
        return aside(shown(row.path), "outside_table_folder")
    name = shown(inside)
    if target is None:
        return aside(name, _WITHOUT_TARGET[task_type])
    if row.split.strip() and split is None:
        return aside(name, "unknown_split", split=row.split.strip())
    path = locate(inside)
    if path is None:
        return aside(name, "missing_file")
    return Listed(name=name, path=path, target=target, split=split)


def _inside(path: str, folder: Path) -> str | None:
    """Return a path relative to the table's folder, or ``None`` if it leads, or may lead, out of it."""
    path = path.strip()
    if not path or "\0" in path:
        return None
    if Path(path).is_absolute():
        if not Path(path).is_relative_to(folder.absolute()):
            return None
        path = str(Path(path).relative_to(folder.absolute()))
    windows = PureWindowsPath(path)  # knows both kinds of separators, drives and shares
    if windows.anchor or ".." in windows.parts:
        return None
    return str(PurePosixPath(*windows.parts)) if "\\" in path else str(PurePosixPath(path))


def _said_type(rows: Sequence[Row]) -> TaskType | None:
    """Return the task that every row names; ``None`` where they do not agree on one."""
    said = {row.task_type.strip() for row in rows}
    return TaskType(said.pop()) if len(said) == 1 and said <= set(TaskType) else None


def _task_type(labels: Sequence[str], *, are_values: bool) -> TaskType:
    """Return what the labels ask to be told."""
    if are_values:
        return TaskType.REGRESSION
    labels = [label.strip() for label in labels if label.strip()]
    if any("|" in label for label in labels):
        return TaskType.MULTI_LABEL
    numbers = [_number(label) for label in labels]
    if all(number is not None for number in numbers) and any(
        number is not None and not number.is_integer() for number in numbers
    ):
        return TaskType.REGRESSION
    return TaskType.MULTI_CLASS


def _refuse_semicolons(labels: Sequence[str], source: str) -> None:
    """Refuse ``red;round`` beside ``red;square``: parts that come back are labels, and ``;`` does not part them.

    Raises:
        DataError: says what does.
    """
    split = {label: {part.strip() for part in label.split(";")} for label in set(labels) if ";" in label}
    counts = Counter(part for parts in split.values() for part in parts)
    for label in sorted(split):
        if len(split[label] - {""}) > 1 and any(counts[part] > 1 for part in split[label] - {""}):
            instead = "|".join(part.strip() for part in label.split(";"))
            raise DataError(
                "semicolons_between_labels", source=source, example=label.strip(), instead=instead
            )


def _many_numbers(items: Sequence[Listed], task_type: TaskType) -> tuple[Sentence, ...]:
    """Return a notice where so many classes are whole numbers that perhaps they are meant as numbers."""
    labels = {item.target for item in items}
    if task_type is not TaskType.MULTI_CLASS or len(labels) <= USUAL_DIGITS:
        return ()
    if any(not str(label).isdecimal() for label in labels):
        return ()
    return (Sentence(key="ingest.numbers_as_classes", values={"n": len(labels)}),)


def _target(label: str, task_type: TaskType) -> Target | None:
    """Return the label in the form its task needs, or ``None`` if there is none."""
    match task_type:
        case TaskType.REGRESSION:
            return _number(label)
        case TaskType.MULTI_LABEL:
            if not label.strip():
                return None
            return tuple(sorted({clean_label(part) for part in label.split("|")} - {""}))
        case TaskType.MULTI_CLASS:
            return clean_label(label) or None


def _number(text: str) -> float | None:
    """Return the number that is written, with a point or a French comma; ``None`` for anything else."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _csv_rows(table: Path, name: str) -> Iterator[Row]:
    text = _text(table, name)
    first, _, _ = text.partition("\n")
    delimiter = max(DELIMITERS, key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        columns = _columns(next(lines, []), name)
        for cells in lines:
            if any(cell.strip() for cell in cells):
                yield _row({key: cells[at] if at < len(cells) else "" for key, at in columns.items()})
    except csv.Error as error:
        raise DataError("damaged_table", source=name, line=lines.line_num) from error


def _text(table: Path, name: str) -> str:
    """Return the text of a table; Excel puts a mark before it, or writes its own code page."""
    try:
        data = table.read_bytes()
    except OSError as error:
        raise DataError("unreadable_source", source=name) from error
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _is_parquet(table: Path) -> bool:
    with table.open("rb") as file:
        return file.read(4) == b"PAR1"


def _parquet_rows(table: Path, name: str) -> Iterator[Row]:
    names: dict[str, str] = {}

    def choose(present: list[str]) -> list[str]:
        names.update({key: present[at] for key, at in _columns(present, name).items()})
        return list(dict.fromkeys(names.values()))

    frame = read_parquet(table, name=name, choose=choose)
    for cells in zip(*(frame[column].tolist() for column in names.values()), strict=True):
        yield _row(dict(zip(names, map(_cell, cells), strict=True)))


def _cell(value: object) -> str:
    """Return a Parquet value as it would stand in a CSV; whole floats (integers with gaps) as integers."""
    if value is None or value != value:  # not a number: a gap
        return ""
    if isinstance(value, list | tuple):
        return "|".join(map(str, value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _row(cells: Mapping[str, str]) -> Row:
    label = cells.get("value", cells.get("label", ""))
    return Row(
        path=cells["path"],
        label=label,
        split=cells.get("split", ""),
        is_value="value" in cells,
        task_type=cells.get("task_type", ""),
    )


def _columns(header: list[str], name: str) -> dict[str, int]:
    """Return where the columns ``path``, ``label`` or else ``value``, and perhaps ``split`` stand.

    Raises:
        DataError: path, or label and value, are missing.
    """
    written = [clean_label(str(cell)).casefold().replace(" ", "_") for cell in header]
    wanted = {
        "path": PATH_COLUMNS,
        "label": LABEL_COLUMNS,
        "value": VALUE_COLUMNS,
        "split": SPLIT_COLUMNS,
        "task_type": TASK_TYPE_COLUMNS,
    }
    columns = {
        key: written.index(next(synonym for synonym in synonyms if synonym in written))
        for key, synonyms in wanted.items()
        if any(synonym in written for synonym in synonyms)
    }
    if "label" in columns:
        columns.pop("value", None)
    if "path" not in columns or not {"label", "value"} & columns.keys():
        raise DataError("table_without_columns", source=name)
    return columns
