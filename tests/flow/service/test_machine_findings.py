"""Facts of a machine, judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apprenti.domain.health import Level
from apprenti.flow.service.machine_findings import (
    FolderFacts,
    judge_disk,
    judge_folder,
    judge_packages,
    judge_sqlite,
)

WELL = FolderFacts(mode=0o40700, is_ours=True, is_writable=True, n_bytes_free=10**11, n_bytes=2 * 10**11)
REQUIREMENTS = ["numpy>=2.0", "pillow>=13.0", 'torch>=2.8; extra == "deep"', "psycopg[binary]>=3.2"]


@pytest.mark.parametrize(
    ("installed", "key"),
    [
        ({"numpy": "2.10.1", "pillow": "13.0", "psycopg": "3.2.1"}, "doctor.packages_there"),
        ({"numpy": "2.10.1", "pillow": None, "psycopg": "3.2.1"}, "doctor.packages_absent"),
        ({"numpy": "2.10.1", "pillow": "12.9.9", "psycopg": "3.2.1"}, "doctor.packages_old"),
    ],
)
def test_packages_are_held_against_what_is_needed_and_not_against_extras(
    installed: dict[str, str | None], key: str
) -> None:
    assert judge_packages(REQUIREMENTS, installed).found.key == key


@pytest.mark.parametrize(
    ("free", "total", "level"),
    [
        (10**11, 10**12, Level.OK),
        (4 * 10**9, 10**10, Level.WARNING),
        (4 * 10**10, 10**12, Level.WARNING),  # a share of a large disk that goes fast
        (10**8, 10**10, Level.PROBLEM),
    ],
)
def test_a_disk_is_judged_by_what_is_free_and_by_its_share(free: int, total: int, level: Level) -> None:
    assert judge_disk(replace(WELL, n_bytes_free=free, n_bytes=total), "FOLDER").level is level


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        (WELL, "doctor.folder_private"),
        (replace(WELL, mode=0o40750), "doctor.folder_open"),
        (replace(WELL, is_ours=False), "doctor.folder_foreign"),
        (replace(WELL, is_writable=False), "doctor.folder_closed"),
    ],
)
def test_a_folder_is_for_the_service_and_nobody_else(facts: FolderFacts, key: str) -> None:
    assert judge_folder(facts, "FOLDER").found.key == key


def test_an_sqlite_with_the_wal_bug_is_told_with_what_to_do() -> None:
    assert judge_sqlite("3.51.3", is_safe=True).level is Level.OK
    unsafe = judge_sqlite("3.40.1", is_safe=False)
    assert unsafe.level is Level.OK
    assert unsafe.advice is not None
