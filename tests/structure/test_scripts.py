"""The scripts are plain, careful shell that runs anywhere."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted([*(path for path in (ROOT / "scripts").iterdir() if path.is_file()), ROOT / ".ci" / "run"])


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_a_script_is_executable_shell_that_stops_at_the_first_failure(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text
    assert os.access(path, os.X_OK)
    subprocess.run(["bash", "-n", str(path)], check=True)


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_a_script_leaves_the_choice_of_registry_to_the_machine(path: Path) -> None:
    assert (
        re.findall(r"https?://(?!127\.0\.0\.1)|--index-url|--extra-index", path.read_text(encoding="utf-8"))
        == []
    )


def test_setup_does_nothing_the_second_time(tmp_path: Path) -> None:
    """A stub of Python and pip records what it is asked for, in a folder with a space in its name."""
    root = tmp_path / "a clone"
    (root / "scripts").mkdir(parents=True)
    (root / "requirements").mkdir()
    (root / "scripts" / "setup").write_bytes((ROOT / "scripts" / "setup").read_bytes())
    (root / "requirements" / "constraints.txt").touch()
    (root / "pyproject.toml").write_text("one", encoding="utf-8")
    stub = root / ".venv" / "bin" / "python"
    stub.parent.mkdir(parents=True)
    stub.write_text(
        f'#!/bin/sh\n[ "$1" = -m ] && echo "$@" >> "{tmp_path}/asked"\nexit 0\n', encoding="utf-8"
    )
    stub.chmod(0o755)

    def n_installs(*words: str) -> int:
        subprocess.run(["bash", str(root / "scripts" / "setup"), *words], check=True, capture_output=True)
        return len((tmp_path / "asked").read_text(encoding="utf-8").splitlines())

    assert n_installs() == 1
    assert n_installs() == 1
    assert n_installs("dev") == 4  # and PyTorch and transformers, where there are any
    assert n_installs() == 4
    assert n_installs("dev") == 4
    (root / "pyproject.toml").write_text("two", encoding="utf-8")
    assert n_installs("dev") == 7
