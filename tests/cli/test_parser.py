"""The command line speaks two languages, and says what it cannot understand."""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from apprenti.cli import main
from apprenti.cli.desk import asked_lang
from apprenti.cli.parser import build_parser
from apprenti.domain.errors import OptionError
from apprenti.domain.hub import HubAddress
from apprenti.texts import Lang

COMMANDS = (
    "inspect", "train", "predict", "evaluate", "report", "serve", "samples", "knowledge", "bench", "work", "workspace",
    "token", "doctor",
)  # fmt: skip
ENGLISH = re.compile(
    r"\b(usage|options:|show this|positional|default:|required|the following)\b", re.IGNORECASE
)


@pytest.mark.parametrize(
    "command", ["", *COMMANDS, "knowledge merge", "knowledge forget", "workspace import", "token create"]
)
def test_help_in_french_has_no_english_left(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--lang", "fr", "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Utilisation\u00a0: apprenti")
    assert ENGLISH.findall(text) == []
    assert re.findall(r"\w [:;!?%]", text) == []


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help", "--lang", "en"])
    text = capsys.readouterr().out
    assert all(re.search(rf"^    {command} ", text, re.MULTILINE) for command in COMMANDS)


def test_no_command_at_all_shows_the_help_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "apprenti" in captured.err


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("train", "argument_missing"),
        ("train a b", "argument_unknown"),
        ("train a --colour", "argument_unknown"),
        ("train a --out", "value_missing"),
        ("train a --bud 3m", "argument_unknown"),
        ("train a --json=yes", "value_unwanted"),
        ("train a --seed one", "bad_number"),
        ("train a --seed -1", "bad_number"),
        ("train a --budget soon", "bad_budget"),
        ("train a --budget 3s", "short_budget"),
        ("train a --lang de", "bad_choice"),
        ("predict m a --top 0", "bad_number"),
        ("serve m --port 70000", "bad_number"),
        ("samples letters d", "bad_choice"),
        ("dance", "bad_choice"),
        ("knowledge", "argument_missing"),
        ("knowledge dance", "bad_choice"),
        ("knowledge export", "argument_missing"),
        ("knowledge show --yes", "argument_unknown"),
        ("bench selector --perf p", "argument_missing"),
        ("bench speed --perf p --meta m", "bad_choice"),
        ("bench selector --perf p --meta m --budget 0", "short_budget"),
        ("bench selector --perf p --meta m --k 0", "bad_number"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_is_wrong_with_a_command_line_is_said(line: str, key: str, lang: Lang) -> None:
    with pytest.raises(OptionError) as caught:
        build_parser(lang).parse_args(line.split())
    assert caught.value.key == key
    assert "{" not in caught.value.said(lang)


def test_a_complaint_nobody_foresaw_passes_as_it_is() -> None:
    with pytest.raises(OptionError, match="odd news"):
        build_parser("en").error("odd news")


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        (["--lang", "fr"], "fr"),
        (["train", "--lang=fr"], "fr"),
        (["--lang", "xx"], None),
        (["x"], None),
        (["--lang"], None),
    ],
)
def test_the_language_is_found_before_anything_is_parsed(words: list[str], lang: Lang | None) -> None:
    assert asked_lang(words) == lang


def test_shared_options_may_stand_on_either_side_of_the_command() -> None:
    before = build_parser("en").parse_args(["--lang", "fr", "report", "m"])
    after = build_parser("en").parse_args(["report", "m", "--lang", "fr"])
    assert before.lang == after.lang == "fr"


def test_every_command_has_help_for_every_option() -> None:
    parser = build_parser("en")
    (commands,) = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    (actions,) = [
        a for a in commands.choices["knowledge"]._actions if isinstance(a, argparse._SubParsersAction)
    ]
    for name, command in (commands.choices | actions.choices).items():
        silent = [action.dest for action in command._actions if not action.help]
        assert silent == [], name


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert re.fullmatch(r"apprenti \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_help_comes_at_once() -> None:
    """In seconds of processor time, which other work on the machine does not stretch."""

    def spent() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    times = []
    for _ in range(3):
        before = spent()
        subprocess.run([sys.executable, "-m", "apprenti", "--help"], check=True, stdout=subprocess.DEVNULL)
        times.append(spent() - before)
    assert min(times) < 0.3


def test_a_backbone_is_a_file_or_an_address_of_a_hub() -> None:
    words = ["train", "photos", "--backbone", "nets/vit.onnx", "--backbone", "hf:someone/vit@v1"]
    assert build_parser("en").parse_args(words).backbones == [
        Path("nets/vit.onnx"),
        HubAddress(repo="someone/vit", revision="v1"),
    ]
    with pytest.raises(OptionError) as refusal:
        build_parser("fr").parse_args(["train", "photos", "--backbone", "hf:../../etc/passwd"])
    assert refusal.value.key == "hub_address"
