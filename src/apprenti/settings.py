"""One table of settings, read from the environment by the doors only, and the tools made from it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from apprenti.domain.errors import OptionError
from apprenti.machine import memory_bytes, n_processors

if TYPE_CHECKING:
    from apprenti.domain.seams import Progress, Shelf
    from apprenti.flow.tools import Tools
    from apprenti.hub import HubAccess

APP = "apprenti"
DEFAULT_BUDGET = "2m"
SHORTEST_BUDGET_SECONDS = 15.0
DATA_ENDINGS = (".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".tar", ".zip", ".csv", ".tsv", ".parquet")
CACHE_MAX_BYTES = 4 * 2**30
CANDIDATE_MEMORY_MB = (1024, 4096)

_TRUE = ("1", "ON", "YES", "TRUE")
_PORTS = {"http": 80, "https": 443, "socks5": 1080}
_BUDGET = re.compile(r"(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m)?(?:(?P<s>\d+(?:\.\d+)?)s?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the machine and the person's environment decide.

    Args:
        cache_folder: computed features (``APPRENTI_CACHE``); may be deleted at any time.
        data_folder: knowledge gathered by trainings (``APPRENTI_DATA``).
        n_workers: processes that work side by side (``APPRENTI_WORKERS``); by default one for each
            processor this one may use, and no more than there are GB of memory for it.
        memory_mb: what one candidate may use: a third of that memory, within 1..4 GB.
        hub: where networks given as ``hf:...`` come from (``HF_ENDPOINT``, ``HF_HOME``, ``HF_HUB_CACHE``,
            ``HF_HUB_OFFLINE``, ``HF_TOKEN``, as all programs of that hub read them).
    """

    cache_folder: Path
    data_folder: Path
    n_workers: int
    memory_mb: int
    hub: HubAccess

    @property
    def knowledge_folder(self) -> Path:
        """Where trainings leave what they learnt about recipes."""
        return self.data_folder / "knowledge"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings, from ``environment`` where a variable is set.

    Raises:
        OptionError: a variable has a value that cannot be used.
    """
    from platformdirs import PlatformDirs

    usual = PlatformDirs(APP, appauthor=False)
    cache_folder = Path(environment.get("APPRENTI_CACHE") or usual.user_cache_path)
    return Settings(
        cache_folder=cache_folder,
        data_folder=Path(environment.get("APPRENTI_DATA") or usual.user_data_path),
        n_workers=_n_workers(environment.get("APPRENTI_WORKERS", "")),
        memory_mb=_candidate_memory_mb(),
        hub=_hub(environment, cache_folder),
    )


@contextmanager
def open_tools(settings: Settings, progress: Progress) -> Iterator[Tools]:
    """Open what the flows work with: processes, the shelf of features, the clock; and close it again."""
    from apprenti.engine import ProcessEngine
    from apprenti.flow.tools import Tools

    with ProcessEngine(settings.n_workers) as engine:
        yield Tools(
            engine=engine,
            shelf=_open_shelf(settings),
            progress=progress,
            clock=time.monotonic,
            knowledge_folder=settings.knowledge_folder,
            memory_mb=settings.memory_mb,
            unfinished_folder=settings.cache_folder / "unfinished",
            hub=settings.hub,
        )


def seconds_of(budget: str | float, *, shortest_seconds: float = SHORTEST_BUDGET_SECONDS) -> float:
    """Return the seconds that ``90``, ``90s``, ``2m``, ``1m30``, ``1h`` or ``1h30`` stand for.

    Args:
        budget: as it was written.
        shortest_seconds: what it must be at least.

    Raises:
        OptionError: not a duration, or less than ``shortest_seconds``.

    Example:
        >>> seconds_of("1m30")
        90.0
    """
    text = str(budget).strip().lower().replace(" ", "")
    match = _BUDGET.fullmatch(text)
    if match is None or not any(match.groups()):
        raise OptionError("bad_budget", budget=str(budget))
    hours, minutes, seconds = (float(part or 0) for part in match.group("h", "m", "s"))
    if match["h"] and not match["m"] and match["s"] and not text.endswith("s"):
        minutes, seconds = seconds, 0.0  # 1h30 is an hour and a half
    total = hours * 3600 + minutes * 60 + seconds
    if total < shortest_seconds:
        raise OptionError("short_budget", budget=str(budget), shortest=f"{shortest_seconds:g}")
    return total


def default_model_path(source: Path) -> Path:
    """Return where the model of ``source`` goes when no place is given: here, named after the data.

    Example:
        >>> default_model_path(Path("photos/holiday.tar.gz")).name
        'holiday.apprenti'
    """
    name = source.resolve().name
    for ending in DATA_ENDINGS:
        if name.lower().endswith(ending):
            name = name[: -len(ending)]
            break
    return Path(f"{name or 'model'}.apprenti")


def _open_shelf(settings: Settings) -> Shelf:
    """Return the shelf on disk, or one in memory where the disk may not be written."""
    from apprenti.store import FeatureShelf, MemoryShelf

    try:
        return FeatureShelf(settings.cache_folder / "features", max_bytes=CACHE_MAX_BYTES)
    except OSError:
        return MemoryShelf()


def _hub(environment: Mapping[str, str], cache_folder: Path) -> HubAccess:
    """Return how the hub is reached; a token that some other program left on the disk is not used."""
    from apprenti.hub import DEFAULT_ENDPOINT, HubAccess

    own = cache_folder / "hub"
    home = environment.get("HF_HOME")
    endpoint = (environment.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/")
    return HubAccess(
        endpoint=endpoint,
        gateway=_gateway(endpoint, environment),
        cache_folder=Path(environment.get("HF_HUB_CACHE") or (Path(home) / "hub" if home else own / "files")),
        own_folder=own,
        token=environment.get("HF_TOKEN") or None,
        offline=environment.get("HF_HUB_OFFLINE", "").upper() in _TRUE,
    )


def _gateway(endpoint: str, environment: Mapping[str, str]) -> tuple[str, int]:
    """Return host and port the first connection to ``endpoint`` goes to: a proxy's where one stands before it."""
    there = urlsplit(endpoint)
    names = [name for each in (f"{there.scheme}_proxy", "all_proxy") for name in (each, each.upper())]
    proxy = next((environment[name] for name in names if environment.get(name)), "")
    spared = (environment.get("no_proxy") or environment.get("NO_PROXY") or "").split(",")
    host = f".{there.hostname}"
    if proxy and not any(one.strip() == "*" or host.endswith(f".{one.strip(' .')}") for one in spared):
        there = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    try:
        return there.hostname or "", there.port or _PORTS.get(there.scheme, 443)
    except ValueError as error:
        raise OptionError("bad_hub", value=there.geturl()) from error


def _n_workers(wanted: str) -> int:
    if not wanted:
        memory = _memory_mb()
        return (
            n_processors()
            if memory is None
            else max(1, min(n_processors(), memory // CANDIDATE_MEMORY_MB[0]))
        )
    if not wanted.isdecimal() or int(wanted) < 1:
        raise OptionError("bad_workers", value=wanted)
    return int(wanted)


def _candidate_memory_mb() -> int:
    least, most = CANDIDATE_MEMORY_MB
    memory = _memory_mb()
    if memory is None:
        return most
    # where there is less than a candidate takes, it fails by itself and not with everything beside it
    return max(min(least, memory * 2 // 3), min(most, memory // 3))


def _memory_mb() -> int | None:
    memory = memory_bytes()
    return None if memory is None else memory // 2**20
