"""Below the doors nothing reads the environment, the clock or a global source of randomness."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "src" / "apprenti"
DOORS = {
    "cli",
    "client",
    "api",
    "web",
    "__init__.py",
    "__main__.py",
    "opening.py",
    "recogniser.py",
    "server_process.py",
    "settings.py",
    "workers.py",
}
# the engine stops work at a deadline, so it alone has to look at the clock
CLOCK_READERS = {"engine"}

CLOCK = {
    "time.time",
    "time.monotonic",
    "time.perf_counter",
    "time.process_time",
    "datetime.now",
    "datetime.utcnow",
}
ENVIRONMENT = {"os.environ", "os.getenv", "os.environb", "locale.getlocale", "getpass.getuser"}
UNSEEDED = {
    "seed",
    "rand",
    "randn",
    "randint",
    "random",
    "choice",
    "shuffle",
    "permutation",
    "normal",
    "uniform",
}
PICKLES = {
    "pickle.load",
    "pickle.loads",
    "joblib.load",
    "yaml.load",
    "torch.load",
    "dill.loads",
    "marshal.loads",
}


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def attributes(*, skip: set[str]) -> Iterator[tuple[str, str]]:
    """Yield (place, dotted name) for everything written ``a.b`` or ``from a import b`` in the package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE)
        if relative.parts[0] in skip:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                yield f"{relative}:{node.lineno}", dotted(node)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield f"{relative}:{node.lineno}", f"{node.module}.{alias.name}"


def uses(names: set[str], *, skip: set[str]) -> list[str]:
    endings = tuple(f".{name}" for name in names)
    return [
        f"{place} {name}" for place, name in attributes(skip=skip) if name in names or name.endswith(endings)
    ]


def test_only_the_doors_read_the_environment() -> None:
    assert uses(ENVIRONMENT, skip=DOORS) == []


def test_only_the_doors_and_the_engine_read_the_clock() -> None:
    assert uses(CLOCK, skip=DOORS | CLOCK_READERS) == []


def test_randomness_is_an_argument() -> None:
    drawn = {f"{module}.{name}" for module in ("np.random", "numpy.random", "random") for name in UNSEEDED}
    found = [f"{place} {name}" for place, name in attributes(skip=set()) if name in drawn]
    assert found == []


def test_nothing_is_unpickled_but_what_the_engines_own_processes_say() -> None:
    assert uses(PICKLES, skip={"engine"}) == []
