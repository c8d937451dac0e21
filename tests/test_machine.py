"""Processors and memory, as control groups of both versions grant them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from apprenti.machine import memory_bytes, n_processors
from apprenti.settings import read_settings

MANY = set(range(8))
GB = 2**30


@pytest.fixture(autouse=True)
def large_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: MANY, raising=False)
    monkeypatch.setattr(
        os, "sysconf", lambda name: {"SC_PHYS_PAGES": 64 * GB // 4096, "SC_PAGE_SIZE": 4096}[name]
    )


def machine(root: Path, groups: str, **files: str) -> Path:
    for name, text in {"proc/self/cgroup": groups, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    return root


def test_a_machine_without_groups_has_what_it_has(tmp_path: Path) -> None:
    assert n_processors(tmp_path) == 8
    assert memory_bytes(tmp_path) == 64 * GB


@pytest.mark.parametrize(
    ("cpu", "n"), [("max 100000", 8), ("150000 100000", 2), ("50000 100000", 1), ("3200000 100000", 8)]
)
def test_a_container_has_its_share_of_time(tmp_path: Path, cpu: str, n: int) -> None:
    root = machine(tmp_path, "0::/", **{"sys/fs/cgroup/cpu.max": cpu, "sys/fs/cgroup/memory.max": "max"})
    assert n_processors(root) == n
    assert memory_bytes(root) == 64 * GB


def test_a_group_above_counts_as_well(tmp_path: Path) -> None:
    here = "sys/fs/cgroup/system.slice"
    root = machine(
        tmp_path,
        "0::/system.slice/apprenti.service",
        **{
            f"{here}/cpu.max": "200000 100000",
            f"{here}/apprenti.service/cpu.max": "max 100000",
            f"{here}/memory.max": str(3 * GB),
            f"{here}/apprenti.service/memory.high": str(2 * GB),
        },
    )
    assert n_processors(root) == 2
    assert memory_bytes(root) == 2 * GB


def test_groups_of_the_first_version_say_it_in_their_words(tmp_path: Path) -> None:
    here = "sys/fs/cgroup"
    root = machine(
        tmp_path,
        "4:memory:/box\n2:cpu,cpuacct:/box\n1:name=systemd:/\n0::/",
        **{
            f"{here}/cpu,cpuacct/box/cpu.cfs_quota_us": "300000",
            f"{here}/cpu,cpuacct/box/cpu.cfs_period_us": "100000",
            f"{here}/cpu,cpuacct/cpu.cfs_quota_us": "-1",
            f"{here}/memory/box/memory.limit_in_bytes": str(GB),
            f"{here}/memory/memory.limit_in_bytes": "9223372036854771712",
        },
    )
    assert n_processors(root) == 3
    assert memory_bytes(root) == GB


def test_a_group_this_container_does_not_see_is_looked_for_at_its_root(tmp_path: Path) -> None:
    root = machine(tmp_path, "0::/../../other", **{"sys/fs/cgroup/cpu.max": "100000 100000"})
    assert n_processors(root) == 1


def test_processors_that_may_not_be_run_on_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    assert n_processors(tmp_path) == 1


@pytest.mark.parametrize(
    ("total_gb", "n_workers", "memory_mb"),
    [(64, 8, 4096), (6, 6, 2048), (3, 3, 1024), (1.5, 1, 1024), (1, 1, 682)],
)
def test_no_more_is_done_side_by_side_than_memory_is_there_for(
    monkeypatch: pytest.MonkeyPatch, total_gb: float, n_workers: int, memory_mb: int
) -> None:
    monkeypatch.setattr("apprenti.settings.n_processors", lambda: 8)
    monkeypatch.setattr("apprenti.settings.memory_bytes", lambda: int(total_gb * GB))
    settings = read_settings({})
    assert (settings.n_workers, settings.memory_mb) == (n_workers, memory_mb)
    assert read_settings({"APPRENTI_WORKERS": "5"}).n_workers == 5
