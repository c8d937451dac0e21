"""The commands and their options, as ``parsing`` reads them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from apprenti import settings
from apprenti.cli.learn_parser import add_learn
from apprenti.cli.parsing import Parser, ShowVersion, add_command, add_shared, whole
from apprenti.cli.service_parser import (
    add_address,
    add_doctor,
    add_service,
    add_token,
    add_work,
    add_workspace,
)
from apprenti.domain.hub import backbone_choice
from apprenti.texts import Lang, say

MOST_PICKS = 100
SHORTEST_BENCH_BUDGET_SECONDS = 0.1


def build_parser(lang: Lang) -> Parser:
    """Return the parser of the whole command line, in one language."""
    parser = Parser(
        lang=lang, prog="apprenti", description=say("cli.about", lang), epilog=say("cli.first_steps", lang)
    )
    parser.options.add_argument(
        "--version", action=ShowVersion, nargs=0, default=argparse.SUPPRESS, help=parser.word("version")
    )
    add_shared(parser, as_json=False)
    commands = parser.add_subparsers(
        dest="command", metavar=parser.word("command"), title=parser.word("commands"), parser_class=Parser
    )
    for name, add in _COMMANDS.items():
        add(add_command(commands, name, parser.word(f"about_{name}"), lang))
    return parser


def _add_inspect(command: Parser) -> None:
    _add_data(command)
    _add_backbone(command)
    add_shared(command)


def _add_train(command: Parser) -> None:
    _add_data(command)
    add = command.options.add_argument
    add("--out", type=Path, metavar=command.word("model_name"), help=command.word("out"))
    add(
        "--budget",
        type=settings.seconds_of,
        default=settings.seconds_of(settings.DEFAULT_BUDGET),
        metavar="2m",
        help=command.word("budget"),
    )
    _add_backbone(command)
    add("--recipes", choices=("all", "frozen", "deep"), default="all", help=command.word("recipes"))
    add("--seed", type=whole("--seed", 0, 2**32 - 1), default=0, metavar="N", help=command.word("seed"))
    add_shared(command)


def _add_predict(command: Parser) -> None:
    _add_model(command)
    command.given.add_argument(
        "items", nargs="+", metavar=command.word("item_name"), help=command.word("items")
    )
    command.options.add_argument(
        "--top", type=whole("--top", 1, 1000), default=3, metavar="K", help=command.word("top")
    )
    command.options.add_argument("--csv", action="store_true", help=command.word("csv"))
    add_shared(command)


def _add_evaluate(command: Parser) -> None:
    _add_model(command)
    _add_data(command)
    add_shared(command)


def _add_report(command: Parser) -> None:
    _add_model(command)
    command.options.add_argument(
        "--out", type=Path, metavar=command.word("page_name"), help=command.word("page_out")
    )
    add_shared(command)


def _add_export(command: Parser) -> None:
    _add_model(command)
    add = command.options.add_argument
    for name in ("onnx", "int8", "labels"):
        add(f"--{name}", action="store_true", help=command.word(f"export_{name}"))
    add("--out", type=Path, metavar=command.word("export_name"), help=command.word("export_out"))
    add("--photos", type=Path, metavar=command.word("data_name"), help=command.word("export_photos"))
    add("--overwrite", action="store_true", help=command.word("overwrite"))
    add("--force", action="store_true", help=command.word("export_force"))
    add_shared(command)


def _add_serve(command: Parser) -> None:
    _add_model(command, nargs="*")
    add_address(command)
    add_service(command)
    add_shared(command, as_json=False)


def _add_samples(command: Parser) -> None:
    command.given.add_argument("name", choices=("digits",), help=command.word("sample"))
    command.given.add_argument(
        "folder", type=Path, metavar=command.word("folder_name"), help=command.word("sample_folder")
    )
    add_shared(command)


def _add_knowledge(command: Parser) -> None:
    actions = command.add_subparsers(
        dest="action",
        required=True,
        metavar=command.word("action"),
        title=command.word("actions"),
        help=command.word("actions_help"),
        parser_class=Parser,
    )
    for name in ("show", "export", "merge", "forget"):
        action = add_command(actions, name, command.word(f"about_knowledge_{name}"), command.lang)
        if name in ("export", "merge"):
            metavar, what = action.word("knowledge_name"), action.word(f"knowledge_{name}_file")
            action.given.add_argument("file", type=Path, metavar=metavar, help=what)
        if name == "forget":
            action.options.add_argument("--yes", action="store_true", help=action.word("yes"))
            action.options.add_argument("--foreign", action="store_true", help=action.word("foreign"))
        add_shared(action)
    add_shared(command)


def _add_bench(command: Parser) -> None:
    command.given.add_argument("what", choices=("selector",), help=command.word("bench_what"))
    for name in ("perf", "meta", "cost"):
        _add_table(command, name, required=name != "cost")
    add = command.options.add_argument
    add("--k", type=whole("--k", 1, MOST_PICKS), default=5, metavar="K", help=command.word("bench_k"))
    add("--budget", type=_bench_budget, metavar="S", help=command.word("bench_budget"))
    add("--groups", metavar=command.word("column_name"), help=command.word("bench_groups"))
    add("--seed", type=whole("--seed", 0, 2**32 - 1), default=0, metavar="N", help=command.word("seed"))
    add_shared(command)


def _add_table(command: Parser, name: str, *, required: bool) -> None:
    place = command.given if required else command.options
    place.add_argument(
        f"--{name}",
        type=Path,
        required=required,
        metavar=command.word("table_name"),
        help=command.word(f"bench_{name}"),
    )


def _bench_budget(word: str) -> float:
    return settings.seconds_of(word, shortest_seconds=SHORTEST_BENCH_BUDGET_SECONDS)


def _add_data(command: Parser) -> None:
    command.given.add_argument(
        "data", type=Path, metavar=command.word("data_name"), help=command.word("data")
    )


def _add_model(command: Parser, nargs: str | None = None) -> None:
    name = "model" if nargs is None else "models"
    command.given.add_argument(
        name, type=Path, nargs=nargs, metavar=command.word("model_file"), help=command.word(name)
    )


def _add_backbone(command: Parser) -> None:
    command.options.add_argument(
        "--backbone",
        type=backbone_choice,
        action="append",
        default=[],
        dest="backbones",
        metavar=command.word("backbone_name"),
        help=command.word("backbone"),
    )


_COMMANDS: dict[str, Callable[[Parser], None]] = {
    "inspect": _add_inspect,
    "train": _add_train,
    "predict": _add_predict,
    "evaluate": _add_evaluate,
    "report": _add_report,
    "export": _add_export,
    "serve": _add_serve,
    "learn": add_learn,
    "samples": _add_samples,
    "knowledge": _add_knowledge,
    "bench": _add_bench,
    "work": add_work,
    "workspace": add_workspace,
    "token": add_token,
    "doctor": add_doctor,
}
