"""What a learner has proved with code, kept in a file beside their exercises: theirs to look at and to take along."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apprenti.domain.errors import UserError

FILE = "progress.json"
CODE = "code"
"""The name of the check in code; those of the pages have names of their own, in the file a browser saves."""

Progress = Mapping[str, Mapping[str, Any]]
"""By number of the lesson: ``{"checks": {name: whether it was proved}}``, as a browser saves it."""


def read_progress(folder: Path) -> Progress:
    """Return what was proved; nothing where no exercise was tried yet.

    Raises:
        UserError: the file is something else.
    """
    path = folder / FILE
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UserError("progress_damaged", path=str(path)) from error
    if not isinstance(kept, dict) or not all(isinstance(one, dict) for one in kept.values()):
        raise UserError("progress_damaged", path=str(path))
    return kept


def remember(folder: Path, number: int, *, right: bool) -> None:
    """Note what came of an exercise; what was proved once stays proved.

    Raises:
        UserError: the file is something else.
    """
    from apprenti.store import write_atomically

    kept = dict(read_progress(folder))
    checks = dict(kept.get(str(number), {}).get("checks", {}))
    checks[CODE] = right or checks.get(CODE) is True
    kept[str(number)] = {**kept.get(str(number), {}), "checks": checks}
    write_atomically(folder / FILE, (json.dumps(kept, indent=2, sort_keys=True) + "\n").encode())


def is_proved(progress: Progress, number: int) -> bool:
    """Return whether the exercise of a lesson was solved."""
    checks = progress.get(str(number), {}).get("checks", {})
    return isinstance(checks, dict) and checks.get(CODE) is True
