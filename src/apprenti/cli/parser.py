"""The commands and their options; argparse with its own words replaced by ours, in both languages."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from apprenti import settings
from apprenti.domain.errors import OptionError
from apprenti.domain.hub import backbone_choice
from apprenti.languages import lang_of
from apprenti.texts import LANGS, Lang, say

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
MOST_PICKS = 100
SHORTEST_BENCH_BUDGET_SECONDS = 0.1

# argparse says these in English only and has no hook to say them otherwise; an unknown one passes as it is
_COMPLAINTS = (
    (re.compile(r"the following arguments are required: (?P<names>.+)"), "argument_missing"),
    (re.compile(r"unrecognized arguments: (?P<names>.+)"), "argument_unknown"),
    (re.compile(r"argument (?P<name>\S+): expected (?:one|at least one) argument"), "value_missing"),
    (
        re.compile(r"argument (?P<name>.+?): invalid choice: (?P<value>.+?) \(choose from (?P<choices>.+)\)"),
        "bad_choice",
    ),
    (re.compile(r"argument (?P<name>\S+): ignored explicit argument (?P<value>.+)"), "value_unwanted"),
)


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks two languages and raises ``OptionError`` where argparse would exit."""

    def __init__(self, *, lang: Lang = "en", **options: object) -> None:
        def formatter(prog: str) -> argparse.HelpFormatter:
            return _Formatter(prog, lang)

        super().__init__(
            add_help=False,
            allow_abbrev=False,
            formatter_class=formatter,
            **options,  # type: ignore[arg-type]
        )
        self.lang: Lang = lang
        self.given = self.add_argument_group(self.word("arguments"))
        self.options = self.add_argument_group(self.word("options"))
        self.options.add_argument("-h", "--help", action="help", help=self.word("help"))

    def word(self, key: str, **values: object) -> str:
        """Return a sentence of ``texts/*/cli.toml``."""
        return say(f"cli.{key}", self.lang, **values)

    def error(self, message: str) -> NoReturn:
        """Raise what argparse complains of as an error of ours."""
        for pattern, key in _COMPLAINTS:
            if match := pattern.fullmatch(message):
                raise OptionError(key, **match.groupdict())
        raise OptionError("bad_command_line", detail=message)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help with our word for "usage" and room for the names of options."""

    def __init__(self, prog: str, lang: Lang) -> None:
        super().__init__(prog, max_help_position=30, width=100)
        self._usage_word = say("cli.usage", lang)
        self._before_colon = "\u00a0" if lang == "fr" else ""

    def start_section(self, heading: str | None) -> None:
        """Begin a section; argparse puts the colon after its heading."""
        super().start_section(heading and heading + self._before_colon)

    def add_usage(self, usage, actions, groups, prefix=None):  # type: ignore[no-untyped-def]
        """Write the usage line after our own word."""
        super().add_usage(usage, actions, groups, self._usage_word + " " if prefix is None else prefix)


class _ShowVersion(argparse.Action):
    """Looks the version up only when it is asked for: reading package metadata takes a while."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        """Print the version and leave."""
        from importlib.metadata import version

        print(f"apprenti {version('apprenti')}")
        parser.exit()


def build_parser(lang: Lang) -> Parser:
    """Return the parser of the whole command line, in one language."""
    parser = Parser(
        lang=lang, prog="apprenti", description=say("cli.about", lang), epilog=say("cli.first_steps", lang)
    )
    parser.options.add_argument(
        "--version", action=_ShowVersion, nargs=0, default=argparse.SUPPRESS, help=parser.word("version")
    )
    _add_shared(parser, as_json=False)
    commands = parser.add_subparsers(
        dest="command", metavar=parser.word("command"), title=parser.word("commands"), parser_class=Parser
    )
    for name, add in _COMMANDS.items():
        add(_add_command(commands, name, parser.word(f"about_{name}"), lang))
    return parser


def _add_command(commands: argparse._SubParsersAction[Parser], name: str, about: str, lang: Lang) -> Parser:
    """Return the parser of a new command; ``about`` is a sentence without its capital and its full stop."""
    return commands.add_parser(name, lang=lang, help=about, description=about[0].upper() + about[1:] + ".")


def _add_inspect(command: Parser) -> None:
    _add_data(command)
    _add_backbone(command)
    _add_shared(command)


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
    add("--seed", type=_whole("--seed", 0, 2**32 - 1), default=0, metavar="N", help=command.word("seed"))
    _add_shared(command)


def _add_predict(command: Parser) -> None:
    _add_model(command)
    command.given.add_argument(
        "items", nargs="+", metavar=command.word("item_name"), help=command.word("items")
    )
    command.options.add_argument(
        "--top", type=_whole("--top", 1, 1000), default=3, metavar="K", help=command.word("top")
    )
    command.options.add_argument("--csv", action="store_true", help=command.word("csv"))
    _add_shared(command)


def _add_evaluate(command: Parser) -> None:
    _add_model(command)
    _add_data(command)
    _add_shared(command)


def _add_report(command: Parser) -> None:
    _add_model(command)
    command.options.add_argument(
        "--out", type=Path, metavar=command.word("page_name"), help=command.word("page_out")
    )
    _add_shared(command)


def _add_export(command: Parser) -> None:
    _add_model(command)
    add = command.options.add_argument
    for name in ("onnx", "int8", "labels"):
        add(f"--{name}", action="store_true", help=command.word(f"export_{name}"))
    add("--out", type=Path, metavar=command.word("export_name"), help=command.word("export_out"))
    add("--photos", type=Path, metavar=command.word("data_name"), help=command.word("export_photos"))
    add("--overwrite", action="store_true", help=command.word("overwrite"))
    add("--force", action="store_true", help=command.word("export_force"))
    _add_shared(command)


def _add_serve(command: Parser) -> None:
    _add_model(command, nargs="*")
    add = command.options.add_argument
    add("--host", default=DEFAULT_HOST, metavar="HOST", help=command.word("host"))
    port = _whole("--port", 0, 65535)
    add("--port", type=port, default=DEFAULT_PORT, metavar="PORT", help=command.word("port"))
    _add_service(command)
    _add_shared(command, as_json=False)


def _add_service(command: Parser) -> None:
    """Add the options of ``serve`` that only mean something without models."""
    add = command.options.add_argument
    for name in ("data", "tls-cert", "tls-key"):
        metavar = command.word("folder_name" if name == "data" else "file_name")
        add(f"--{name}", type=Path, metavar=metavar, help=command.word(f"service_{name.replace('-', '_')}"))
    for name, metavar in (("database", "URL"), ("blobs", "URL")):
        add(f"--{name}", metavar=metavar, help=command.word(f"service_{name}"))
    add("--name", action="append", dest="names", metavar="HOST", help=command.word("service_name"))
    for name, most in (("workers", 64), ("rate", 1_000_000)):
        add(f"--{name}", type=_whole(f"--{name}", 0, most), metavar="N", help=command.word(f"service_{name}"))
    for name in ("insecure-http", "new-token"):
        add(f"--{name}", action="store_true", help=command.word(f"service_{name.replace('-', '_')}"))


def _add_samples(command: Parser) -> None:
    command.given.add_argument("name", choices=("digits",), help=command.word("sample"))
    command.given.add_argument(
        "folder", type=Path, metavar=command.word("folder_name"), help=command.word("sample_folder")
    )
    _add_shared(command)


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
        action = _add_command(actions, name, command.word(f"about_knowledge_{name}"), command.lang)
        if name in ("export", "merge"):
            metavar, what = action.word("knowledge_name"), action.word(f"knowledge_{name}_file")
            action.given.add_argument("file", type=Path, metavar=metavar, help=what)
        if name == "forget":
            action.options.add_argument("--yes", action="store_true", help=action.word("yes"))
            action.options.add_argument("--foreign", action="store_true", help=action.word("foreign"))
        _add_shared(action)
    _add_shared(command)


def _add_bench(command: Parser) -> None:
    command.given.add_argument("what", choices=("selector",), help=command.word("bench_what"))
    for name in ("perf", "meta", "cost"):
        _add_table(command, name, required=name != "cost")
    add = command.options.add_argument
    add("--k", type=_whole("--k", 1, MOST_PICKS), default=5, metavar="K", help=command.word("bench_k"))
    add("--budget", type=_bench_budget, metavar="S", help=command.word("bench_budget"))
    add("--groups", metavar=command.word("column_name"), help=command.word("bench_groups"))
    add("--seed", type=_whole("--seed", 0, 2**32 - 1), default=0, metavar="N", help=command.word("seed"))
    _add_shared(command)


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


def _add_shared(command: Parser, *, as_json: bool = True) -> None:
    """Add what every command has; they may stand before or after the command's name."""
    add = command.options.add_argument
    if as_json:
        add("--json", action="store_true", default=argparse.SUPPRESS, help=command.word("json"))
    add("--lang", type=_spoken, default=argparse.SUPPRESS, metavar="en|fr", help=command.word("lang"))
    add("-q", "--quiet", action="store_true", default=argparse.SUPPRESS, help=command.word("quiet"))
    add("--debug", action="store_true", default=argparse.SUPPRESS, help=command.word("debug"))


def _spoken(word: str) -> Lang:
    lang = lang_of(word)
    if lang is None:
        raise OptionError("bad_choice", name="--lang", value=repr(word), choices=", ".join(LANGS))
    return lang


def _whole(name: str, least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers that says which are accepted."""

    def read(word: str) -> int:
        try:
            value = int(word)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise OptionError("bad_number", name=name, value=word, least=str(least), most=str(most))
        return value

    return read


_COMMANDS: dict[str, Callable[[Parser], None]] = {
    "inspect": _add_inspect,
    "train": _add_train,
    "predict": _add_predict,
    "evaluate": _add_evaluate,
    "report": _add_report,
    "export": _add_export,
    "serve": _add_serve,
    "samples": _add_samples,
    "knowledge": _add_knowledge,
    "bench": _add_bench,
}
