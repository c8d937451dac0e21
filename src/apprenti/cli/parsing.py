"""How a command line is read: argparse with its own words replaced by ours, in both languages."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import NoReturn

from apprenti.domain.errors import OptionError
from apprenti.languages import lang_of
from apprenti.texts import LANGS, Lang, say

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


class ShowVersion(argparse.Action):
    """Looks the version up only when it is asked for: reading package metadata takes a while."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        """Print the version and leave."""
        from importlib.metadata import version

        print(f"apprenti {version('apprenti')}")
        parser.exit()


def add_command(commands: argparse._SubParsersAction[Parser], name: str, about: str, lang: Lang) -> Parser:
    """Return the parser of a new command; ``about`` is a sentence without its capital and its full stop."""
    return commands.add_parser(name, lang=lang, help=about, description=about[0].upper() + about[1:] + ".")


def add_shared(command: Parser, *, as_json: bool = True) -> None:
    """Add what every command has; they may stand before or after the command's name."""
    add = command.options.add_argument
    if as_json:
        add("--json", action="store_true", default=argparse.SUPPRESS, help=command.word("json"))
    add("--lang", type=spoken, default=argparse.SUPPRESS, metavar="en|fr", help=command.word("lang"))
    add("-q", "--quiet", action="store_true", default=argparse.SUPPRESS, help=command.word("quiet"))
    add("--debug", action="store_true", default=argparse.SUPPRESS, help=command.word("debug"))


def spoken(word: str) -> Lang:
    """Return the language that ``--lang`` names.

    Raises:
        OptionError: we do not speak it.
    """
    lang = lang_of(word)
    if lang is None:
        raise OptionError("bad_choice", name="--lang", value=repr(word), choices=", ".join(LANGS))
    return lang


def whole(name: str, least: int, most: int) -> Callable[[str], int]:
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
