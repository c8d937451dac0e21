"""An export is a first line and a line for each training; whoever reads one never needs more than its limits."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.made_knowledge import a_record

from apprenti.domain.errors import KnowledgeFileError
from apprenti.store import exchange
from apprenti.store.exchange import export_content, read_export
from apprenti.store.knowledge_lines import MAX_LINE_BYTES, digest_of, line_of

LINES = {digest_of(line): line for line in (line_of(a_record(number)) for number in range(5))}
HEADER = b'{"apprenti":"knowledge","format":1}\n'


def written(folder: Path, content: bytes) -> Path:
    path = folder / "theirs.knowledge"
    path.write_bytes(content)
    return path


def refusal(path: Path) -> KnowledgeFileError:
    with pytest.raises(KnowledgeFileError) as caught:
        list(read_export(path))
    assert "{" not in caught.value.said("fr")
    return caught.value


def test_what_is_exported_is_read_again_with_the_numbers_of_its_lines(tmp_path: Path) -> None:
    content, n_left_over = export_content(LINES)
    assert n_left_over == 0
    found = list(read_export(written(tmp_path, content)))
    assert [number for number, _ in found] == [2, 3, 4, 5, 6]
    assert [line for _, line in found] == [LINES[digest] for digest in sorted(LINES)]


def test_the_same_knowledge_is_the_same_bytes_in_whatever_order_it_was_learnt() -> None:
    assert export_content(LINES) == export_content(dict(reversed(LINES.items())))


def test_line_ends_that_a_mail_program_changed_do_no_harm(tmp_path: Path) -> None:
    content = export_content(LINES)[0].replace(b"\n", b"\r\n") + b"\r\n"
    assert [line for _, line in read_export(written(tmp_path, content))] == [LINES[d] for d in sorted(LINES)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"PK\x03\x04 a zip bomb",
        b"\x1f\x8b\x08 gzip",
        b"[]\n",
        b"{}\n",
        b"[" * 300,
        b'{"apprenti":"x"}\n',
    ],
)
def test_another_file_is_refused_from_its_first_line(tmp_path: Path, content: bytes) -> None:
    assert refusal(written(tmp_path, content)).key == "knowledge_foreign"


def test_a_zip_is_never_unpacked(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../knowledge.json", b"0" * 10**7)
    assert refusal(path).key == "knowledge_foreign"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("header", [HEADER.replace(b"1", b"2"), HEADER.replace(b"}", b',"more":1}')])
def test_a_later_format_asks_for_a_later_version(tmp_path: Path, header: bytes) -> None:
    assert refusal(written(tmp_path, header)).key == "knowledge_too_new"


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path / name).key == "knowledge_unreadable"


def test_millions_of_lines_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + b"{}\n" * 2_000_000)
    assert refusal(path).key == "knowledge_too_many"


def test_a_file_past_its_size_is_refused_before_it_is_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MAX_FILE_BYTES", 4 * MAX_LINE_BYTES)
    sparse = written(tmp_path, HEADER)
    with sparse.open("r+b") as file:
        file.truncate(2**36)  # 64 GB of zeros that takes no room: one line without an end
    assert refusal(sparse).key == "knowledge_too_large"


def test_a_line_without_end_is_cut_and_the_next_one_is_read(tmp_path: Path) -> None:
    content = HEADER + b"x" * (3 * MAX_LINE_BYTES) + b"\n{}\n"
    (_, long), (number, short) = read_export(written(tmp_path, content))
    assert MAX_LINE_BYTES < len(long) <= MAX_LINE_BYTES + 2
    assert (number, short) == (3, b"{}")


def test_whatever_is_exported_can_be_merged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(exchange, "MAX_RECORDS", 3)
    content, n_left_over = export_content(LINES)
    assert n_left_over == 2
    first_three = sorted(list(LINES)[:3])
    assert [line for _, line in read_export(written(tmp_path, content))] == [LINES[d] for d in first_three]


def test_an_export_keeps_the_size_a_merge_allows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole, _ = export_content(LINES)
    monkeypatch.setattr(exchange, "MAX_FILE_BYTES", len(whole) - 1)
    content, n_left_over = export_content(LINES)
    assert n_left_over == 1
    assert len(list(read_export(written(tmp_path, content)))) == 4
