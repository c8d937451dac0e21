"""What a process may use, set by itself for good: a decoder that runs wild fails alone, and leaves no picture behind.

Linux keeps all three; macOS does not enforce the one on memory, and Windows has none of them: there nothing is limited.
"""

from __future__ import annotations

from types import ModuleType

MB = 2**20


def limit_this_process(*, memory_mb: int | None = None, n_files: int | None = None) -> None:
    """Hold this process, and those it starts, to limits; made for a server, before it takes its first photo.

    It never writes its memory to disk when it crashes (a core file would hold photos and tokens).

    Args:
        memory_mb: private memory in MB (2²⁰ bytes); past it, whoever asks for more gets a ``MemoryError``. ``None``
            leaves it as it is.
        n_files: files and connections open at once; ``None`` leaves it as it is.

    Raises:
        ValueError: a limit below 1.
    """
    for limit in (memory_mb, n_files):
        if limit is not None and limit < 1:
            raise ValueError(f"a limit of {limit} leaves nothing to work with")
    resource = _resource()
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if n_files is not None:
        _lower(resource, resource.RLIMIT_NOFILE, n_files)
    if memory_mb is not None:
        _lower(resource, resource.RLIMIT_DATA, memory_mb * MB)


def limit_memory(memory_mb: int | None) -> None:
    """Let this process have ``memory_mb`` MB (2²⁰ bytes) of private memory, or as much as there is.

    Private memory is what Linux counts as data (RLIMIT_DATA): heap and private mappings, not files. Unlike
    ``limit_this_process`` it can be called again with more: a worker gets a new limit with every job.
    """
    resource = _resource()
    if resource is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = hard if memory_mb is None else memory_mb * MB
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, hard))


def _lower(resource: ModuleType, which: int, wanted: int) -> None:
    """Set a limit for good: the hard one goes down too, and neither ever goes up."""
    _, hard = resource.getrlimit(which)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(which, (allowed, allowed))


def _resource() -> ModuleType | None:
    try:
        import resource
    except ImportError:
        return None
    return resource
