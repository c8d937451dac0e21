"""The disk is full: what cannot be kept is not acknowledged, what was is there, and with room it goes on by itself."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.faults.kills import first_half
from tests.faults.life import Life, photo
from tests.faults.running import Answered, Running
from tests.faults.test_kills import boundaries
from tests.faults.wholeness import problems_of

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(1800)]

DISK_MB = 24


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Give a small disk in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.getuid() != 0:
        pytest.skip("only root can mount a small disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path, *, leave_bytes: int = 0) -> Path:
    """Fill a disk to the last byte, or nearly; return the file to delete."""
    filler = disk / "filler"
    with filler.open("ab") as file:
        while (left := room(disk) - leave_bytes) > 0:
            try:
                file.write(bytes(min(left, 2**20)))
                file.flush()
            except OSError:
                break
    return filler


def room(disk: Path) -> int:
    """Return how many bytes are free."""
    there = os.statvfs(disk)
    return there.f_bavail * there.f_bsize


def n_complaints(server: Running) -> int:
    """Return how often a worker has said that the disk is full."""
    return server.log().count("the disk is full")


def upload(server: Running, number: int, *, side_px: int = 64) -> Answered:
    return server.ask("POST", "/images", photo(number, 0, side_px=side_px), content_type="image/png")


def test_on_a_full_disk_nothing_is_acknowledged_and_nothing_lost_and_with_room_it_goes_on(
    disk: Path, tmp_path: Path
) -> None:
    with Running(tmp_path / "server", data=disk / "service", options=["--workers", "0"]) as server:
        kept = {}
        for number in range(5):
            kept[upload(server, number).body["id"]] = number
        for round_, leave_bytes in enumerate((0, 8192, 40_000)):
            filler = fill(disk, leave_bytes=leave_bytes)
            for number in range(10 * round_ + 10, 10 * round_ + 16):
                answered = upload(server, number)
                if answered.ok:
                    kept[answered.body["id"]] = number
                else:
                    assert (answered.status, answered.code) in {
                        (503, "store_full"), (503, "store_unreadable"), (507, "store_full"),
                    }  # fmt: skip
            assert leave_bytes or not answered.ok
            for image_id, number in kept.items():  # people can still look
                assert server.ask("GET", f"/images/{image_id}/file").data == photo(number, 0)
            filler.unlink()
            last = upload(server, 10 * round_ + 19)
            assert last.status == 201
            kept[last.body["id"]] = 10 * round_ + 19
        assert server.done("GET", "/images/count")["n"] == len(kept)
        server.kill()
    assert not problems_of(server.data)
    assert not list((server.data / "blobs" / "incoming").glob("*.part"))


def test_a_training_waits_for_room_wherever_the_disk_fills_up_and_gives_the_same_model(
    undisturbed: str, disk: Path, tmp_path: Path
) -> None:
    with Running(tmp_path / "server", data=disk / "service") as server:
        moments: list[Callable[[set[str]], bool]] = [
            lambda there: "dictionary.step" in there,
            lambda there: "race-0004.step" in there,
            lambda there: (
                "model.step" in there or "model.apprenti" in there
            ),  # the last transaction comes next
        ]
        n_met = 0

        def fill_at_the_next_moment() -> None:
            nonlocal n_met
            if not moments or not (there := boundaries(server.data)):
                time.sleep(0.05)
                return
            while there and not moments[0](there):
                time.sleep(0.002)
                there = boundaries(server.data)
            moments.pop(0)
            filler, before, end = fill(disk), n_complaints(server), time.monotonic() + 60
            while boundaries(server.data) and n_complaints(server) == before and time.monotonic() < end:
                time.sleep(0.05)
            if n_complaints(server) > before:
                n_met += 1
                assert server.done("GET", "/trainings")["items"][0]["state"] in ("queued", "running")
            filler.unlink()

        life = Life(server=server, revive=_fail, between=fill_at_the_next_moment)
        task_id = first_half(life)
        assert n_met >= 2
        assert life.seen.versions[task_id, 1] == undisturbed
        life.seen.check(server)
        server.kill()
    assert not problems_of(server.data)


def _fail(_: object) -> None:
    raise AssertionError("the server went away")
