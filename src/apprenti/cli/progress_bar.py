"""How far the work is, told on standard error."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TextIO

from apprenti.domain.figures import duration
from apprenti.texts import Lang, say, written

if TYPE_CHECKING:
    from apprenti.domain.sentence import Sentence


def step_name(step: str, lang: Lang) -> str:
    """Return the name of a step, an entry of ``texts/*/progress.toml``, given with or without the area."""
    return say(f"progress.{step.removeprefix('progress.')}", lang)


class NoProgress:
    """Tells nobody."""

    def begin(self, step: str, total: int | None = None) -> None:
        """Say nothing."""

    def advance(self, n: int = 1) -> None:
        """Say nothing."""

    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""


class LineProgress:
    """One line for each step and for each of its news, for a log."""

    def __init__(self, stream: TextIO, lang: Lang) -> None:
        self._stream, self._lang = stream, lang

    def begin(self, step: str, total: int | None = None) -> None:
        """Write the name of the step and how much there is to do."""
        name = step_name(step, self._lang)
        counts = total is not None and not name.endswith("(%)")  # hundredths are no amount
        amount = f" ({written(total, self._lang)})" if counts else ""
        print(f"{name}{amount}", file=self._stream, flush=True)

    def advance(self, n: int = 1) -> None:
        """Say nothing: a log wants no bar."""

    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None:
        """Write the news as a line of their own, with the time left."""
        left = ""
        if seconds_left is not None:
            left = f" · {say('progress.left', self._lang)} {duration(seconds_left, self._lang)}"
        print(f"  {news.said(self._lang)}{left}", file=self._stream, flush=True)

    def end(self) -> None:
        """Say nothing."""


class BarProgress:
    """A bar with the time left while a step runs, its news below it, then one quiet line of what it took."""

    def __init__(self, stream: TextIO, lang: Lang) -> None:
        self._stream, self._lang = stream, lang
        self._bar: Any = None
        self._below: Any = None
        self._name = ""
        self._began_at = 0.0

    def begin(self, step: str, total: int | None = None) -> None:
        """Draw an empty bar."""
        self.end()
        self._name = step_name(step, self._lang)
        self._began_at = time.monotonic()
        self._bar = _new_bar(self._stream, self._name, total, say("progress.left", self._lang))

    def advance(self, n: int = 1) -> None:
        """Fill the bar a little."""
        if self._bar is not None:
            self._bar.update(n)

    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None:
        """Write the news below the bar; of the time left the bar itself tells, and goes on telling."""
        if self._bar is None:
            return
        if self._below is None:
            self._below = _new_line_below(self._stream)
        self._below.set_description_str(f"  {news.said(self._lang)}")

    def end(self) -> None:
        """Replace the bar by a line."""
        if self._bar is None:
            return
        if self._below is not None:
            self._below.close()  # before the bar, whose place it is counted from
            self._below = None
        self._bar.close()
        self._bar = None
        seconds = duration(time.monotonic() - self._began_at, self._lang)
        print(f"  {self._name:<34}{seconds:>12}", file=self._stream, flush=True)


def _new_bar(stream: TextIO, name: str, total: int | None, left: str) -> Any:
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # its watching thread has no place in a program that starts processes
    known = f"  {{desc:<34}}{{bar:24}} {{percentage:3.0f}} %  {left} {{remaining}}"
    unknown = "  {desc:<34}{n_fmt}  {elapsed}"
    return tqdm(
        total=total,
        desc=name,
        file=stream,
        leave=False,
        dynamic_ncols=True,
        bar_format=known if total else unknown,
    )


def _new_line_below(stream: TextIO) -> Any:
    from tqdm import tqdm

    return tqdm(total=0, file=stream, position=1, leave=False, dynamic_ncols=True, bar_format="{desc}")
