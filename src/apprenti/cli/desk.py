"""Where a command reads and writes: streams, language, and whether a program or a person reads."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TextIO

from apprenti.languages import lang_from_environment, lang_of
from apprenti.texts import Lang, say

if TYPE_CHECKING:
    from apprenti.domain.seams import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One call of the command line.

    Args:
        stdin: lists of items, for ``-``.
        stdout: the answer, and nothing but the answer.
        stderr: progress, warnings, errors.
        environment: of the process.
        lang: what the person reads.
        as_json: the answer is one JSON object.
        quiet: no progress.
        debug: unexpected errors show where they came from.
    """

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    environment: Mapping[str, str] = field(default_factory=dict)
    lang: Lang = "en"
    as_json: bool = False
    quiet: bool = False
    debug: bool = False

    @classmethod
    def of_process(cls, arguments: list[str]) -> Desk:
        """Return the desk of this process; options that errors depend on are read before the real parsing."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):  # a name that the terminal has no letters for must not stop us
                stream.reconfigure(errors="backslashreplace")
        return cls(
            stdin=sys.stdin,
            stdout=sys.stdout,
            stderr=sys.stderr,
            environment=os.environ,
            lang=asked_lang(arguments) or lang_from_environment(os.environ),
            as_json="--json" in arguments,
            quiet="--quiet" in arguments or "-q" in arguments,
            debug="--debug" in arguments,
        )

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of ``texts/*/cli.toml`` in the person's language."""
        return say(f"cli.{key}", self.lang, **values)

    def write(self, text: str) -> None:
        """Write one line (or several) of the answer."""
        print(text, file=self.stdout)

    def write_json(self, data: Mapping[str, Any]) -> None:
        """Write the answer as one JSON object."""
        print(as_json(data, indent=2), file=self.stdout)

    def tell(self, text: str) -> None:
        """Write one line beside the answer."""
        print(text, file=self.stderr, flush=True)

    def progress(self) -> Progress:
        """Return who is to be told how far the work is: a bar, lines, or nobody."""
        from apprenti.cli.progress_bar import BarProgress, LineProgress, NoProgress

        if self.quiet:
            return NoProgress()
        if self.stderr.isatty():
            return BarProgress(self.stderr, self.lang)
        return LineProgress(self.stderr, self.lang)


def as_json(data: object, *, indent: int | None = None) -> str:
    """Return JSON text with letters as they are; NaN is refused, it is not JSON."""
    return json.dumps(data, ensure_ascii=False, indent=indent, allow_nan=False)


def asked_lang(arguments: Iterable[str]) -> Lang | None:
    """Return the language of ``--lang fr`` or ``--lang=fr``, found before the help can be put into words."""
    for word, following in pairwise([*arguments, ""]):
        if word == "--lang":
            return lang_of(following)
        if word.startswith("--lang="):
            return lang_of(word.removeprefix("--lang="))
    return None
