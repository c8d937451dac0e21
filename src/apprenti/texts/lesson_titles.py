"""What the lessons there are are called: read from their folders as data, so that a report can name one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from apprenti.texts import Lang

PLAN = "lesson.toml"


@cache
def lesson_titles(lang: Lang) -> Mapping[int, str]:
    """Return the title of every lesson by its number; lessons that are not written yet have none.

    Example:
        >>> lesson_titles("fr")[3]
        'Un neurone'
    """
    titles = {}
    for folder in files("apprenti").joinpath("lessons").iterdir():
        plan = folder.joinpath(PLAN)
        if plan.is_file():
            said = tomllib.loads(plan.read_text(encoding="utf-8"))
            titles[int(said["number"])] = str(said["title"][lang])
    return dict(sorted(titles.items()))
