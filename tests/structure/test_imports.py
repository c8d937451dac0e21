"""Starting up stays light, and predicting needs three packages only."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "PIL", "cleanlab", "fastapi", "fastparquet", "huggingface_hub", "jinja2", "numpy", "obstore", "onnx", "onnxruntime",
    "pandas", "psycopg", "pydantic", "scipy", "sklearn", "starlette", "torch", "transformers", "uvicorn",
}  # fmt: skip
ONLY_FOR_TRAINING = {
    "cleanlab", "fastapi", "fastparquet", "huggingface_hub", "jinja2", "multipart", "onnx", "pandas",
    "platformdirs", "python_multipart", "scipy", "skimage", "sklearn", "starlette", "torch", "tqdm", "transformers",
    "uvicorn",
}  # fmt: skip

LOADED = "import sys; print(*sorted({{name.partition('.')[0] for name in sys.modules}} & {names!r}))"
HELP = """
import contextlib, io
from apprenti.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main({arguments!r})
"""
REFUSE = """
import sys
class Refusal:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in {names!r}:
            raise ModuleNotFoundError(f'{{name}} is not installed')
sys.meta_path.insert(0, Refusal())
"""


def python(code: str) -> str:
    """Return what ``code`` prints in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert python("import apprenti\n" + LOADED.format(names=HEAVY)) == ""


@pytest.mark.parametrize(
    "command",
    [
        "",
        "inspect",
        "train",
        "predict",
        "evaluate",
        "report",
        "export",
        "serve",
        "samples",
        "knowledge",
        "knowledge merge",
        "bench",
        "workspace export",
        "token create",
        "doctor",
    ],
)
def test_asking_for_help_loads_nothing_heavy(command: str) -> None:
    code = HELP.format(arguments=[*command.split(), "--help"]) + LOADED.format(names=HEAVY)
    assert python(code) == ""


def test_predicting_can_be_imported_where_only_three_packages_are_installed() -> None:
    python(REFUSE.format(names=ONLY_FOR_TRAINING) + "import apprenti.stages.predict")


def test_the_refusal_used_above_really_refuses() -> None:
    code = REFUSE.format(names=ONLY_FOR_TRAINING) + "import sklearn"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "sklearn is not installed" in done.stderr
