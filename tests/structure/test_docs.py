"""The documents are true: links lead somewhere, commands parse, examples run, figures come from results."""

from __future__ import annotations

import ast
import doctest
import importlib
import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import apprenti
from apprenti.cli.parser import build_parser
from apprenti.domain.prediction import Prediction

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
LINK = re.compile(
    r"!?\[[^\]]*\]\((?!https?://|mailto:|(?:term|lesson):)(?P<target>[^)#\s]*)(?:#(?P<anchor>[^)\s]*))?\)"
)
FENCED = re.compile(r"```(?P<language>\w*)\n(?P<code>.*?)```", re.DOTALL)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(path: Path, language: str) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return [match["code"] for match in FENCED.finditer(text) if match["language"] == language]


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def commands() -> list[tuple[str, str]]:
    """Every ``apprenti ...`` line of a shell block, as (document, line)."""
    return [
        (named(path), line)
        for path in DOCUMENTS
        for code in blocks(path, "sh")
        for line in code.splitlines()
        if re.match(r"(?:\S*/)?apprenti\s", line)
    ]


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    broken = []
    for match in LINK.finditer(path.read_text(encoding="utf-8")):
        target = (path.parent / match["target"]).resolve() if match["target"] else path
        there = target.exists()
        if not there or (match["anchor"] and match["anchor"] not in anchors(target)):
            broken.append(match.group())
    assert broken == []


@pytest.mark.parametrize(("document", "line"), commands())
def test_every_command_shown_can_be_typed(document: str, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    options = build_parser("en").parse_args(words)
    assert options.command == words[0], document


def test_the_readme_shows_every_command() -> None:
    shown = {shlex.split(line, comments=True)[1] for document, line in commands() if document == "README.md"}
    assert {"inspect", "train", "predict", "evaluate", "report", "serve"} <= shown


def test_the_python_example_uses_what_is_there() -> None:
    (example,) = blocks(ROOT / "README.md", "python")
    tree = ast.parse(example)
    used = {
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    meant = {"apprenti": apprenti, "model": apprenti.Recogniser, "answer": Prediction}
    assert {owner for owner, _ in used} == meant.keys()
    assert [(owner, name) for owner, name in used if not hasattr(meant[owner], name)] == []


def modules_with_examples() -> list[str]:
    source = ROOT / "src"
    return [
        ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted(source.rglob("*.py"))
        if ">>> " in path.read_text(encoding="utf-8")
    ]


@pytest.mark.parametrize("name", modules_with_examples())
def test_the_examples_in_docstrings_run(name: str) -> None:
    results = doctest.testmod(importlib.import_module(name), report=True)
    assert results.failed == 0


def test_every_dependency_has_its_reason_and_nothing_else_has() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    required = {
        re.split(r"[<>=!~\[; ]", line)[0]
        for line in (*project["dependencies"], *(line for extra in extras for line in extra))
    }
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([\w.-]+)` \|", text, re.MULTILINE))
    assert explained == required


def test_every_dependency_is_pinned_for_the_scripts() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    lines = [*project["dependencies"], *(line for extra in extras for line in extra)]
    pins = (ROOT / "requirements" / "constraints.txt").read_text(encoding="utf-8").lower()
    pinned = set(re.findall(r"^([\w.-]+)==", pins, re.MULTILINE))
    assert {re.split(r"[<>=!~\[; ]", line)[0].lower() for line in lines} <= pinned


def test_the_changelog_has_a_place_for_the_next_change() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[Unreleased\]$", text, re.MULTILINE)


def test_the_architecture_names_every_room_and_no_other() -> None:
    (tree,) = (code for code in blocks(ROOT / "ARCHITECTURE.md", "") if "src/apprenti/" in code)
    drawn = set(re.findall(r"\b(\w+)/(?=\s|$)", tree)) - {
        "benchmarks",
        "docs",
        "knowledge",
        "pretrain",
        "scripts",
        "tests",
        "apprenti",
    }
    package = ROOT / "src" / "apprenti"
    rooms = [*package.glob("*/__init__.py"), *package.glob("stages/*/__init__.py")]
    assert drawn == {path.parent.name for path in rooms}
    files = {path.name for path in (ROOT / "src" / "apprenti").glob("[a-z]*.py")}
    assert set(re.findall(r"\b(\w+\.py)\b", tree)) == files


def test_the_glossary_explains_every_term_once_in_both_languages() -> None:
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")][
        2:
    ]
    assert len(rows) >= 40
    assert all(len(row) == 4 and all(row) for row in rows)
    for column in (0, 2):
        terms = [row[column].lower() for row in rows]
        assert len(terms) == len(set(terms))
    assert all(row[1].endswith(".") and row[3].endswith(".") for row in rows)


def test_no_french_sentence_of_the_glossary_lets_a_mark_stand_alone_on_a_line() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert re.findall(r".{20} [;!?%»]", text) == []


def test_the_tables_are_what_the_results_say() -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "tables.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_figure_says_where_it_comes_from() -> None:
    for path in (ROOT / "benchmarks" / "results").glob("*.json"):
        for row in json.loads(path.read_text(encoding="utf-8")):
            assert row["command"].startswith("python benchmarks/"), path
            assert {"date", "machine", "versions"} <= row.keys(), path
