"""What only an engine of processes must survive: time, memory, death, Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine import pieces

from apprenti.domain.errors import InterruptedWorkError, OutOfMemoryError, OutOfTimeError, WorkError
from apprenti.domain.seams import Limits
from apprenti.engine import ProcessEngine

ROOT = Path(__file__).parents[2]
ENOUGH = Limits(seconds=60)


@pytest.fixture(scope="module")
def engine() -> Iterator[ProcessEngine]:
    with ProcessEngine(2) as engine:
        yield engine


def is_running(pid: int) -> bool:
    """Whether the process is there and not a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def children_of(pid: int) -> list[int]:
    """Return all children, zombies too."""
    return [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/stat")
        if stat_of(path)[1:2] == [str(pid)]
    ]


def stat_of(path: Path) -> list[str]:
    try:
        return path.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def wait_for(path: Path, seconds: float = 20) -> str:
    """Return what ``path`` says once it is there."""
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} never came"
        time.sleep(0.01)
    return path.read_text()


def wait_until_gone(pids: list[int], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < end, f"{pids} still run"
        time.sleep(0.01)


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc (Linux)")


def test_workers_are_reused_from_one_map_to_the_next(engine: ProcessEngine) -> None:
    first = set(engine.map(pieces.process_id, range(20)))
    second = set(engine.map(pieces.process_id, range(20)))
    assert os.getpid() not in first
    assert len(first | second) <= 2


def test_a_worker_loads_nothing_heavy_by_itself(engine: ProcessEngine) -> None:
    with ProcessEngine(1) as fresh:
        (loaded,) = fresh.map(pieces.loaded_modules, [0])
    assert not {"numpy", "sklearn", "PIL", "apprenti.domain.seams", "multiprocessing"} & set(loaded)


def test_items_may_be_of_classes_that_only_our_search_path_leads_to() -> None:
    with ProcessEngine(1) as fresh:
        assert list(fresh.map(pieces.content, [pieces.Parcel("a book")])) == ["a book"]


def test_a_worker_uses_one_thread(engine: ProcessEngine) -> None:
    (threads,) = engine.map(pieces.blas_threads, [0])
    assert threads
    assert set(threads) == {1}


def test_what_a_function_prints_does_not_get_between_the_results(
    engine: ProcessEngine, capfd: pytest.CaptureFixture[str]
) -> None:
    with ProcessEngine(1) as fresh:
        assert list(fresh.map(pieces.chatter, ["one", "two"])) == ["one", "two"]
    said = capfd.readouterr()
    assert said.out == ""
    assert "one" in said.err


def test_a_function_no_worker_could_import_is_refused_at_once(engine: ProcessEngine) -> None:
    with pytest.raises(TypeError, match="importable"):
        engine.map(lambda number: number, [1])


def test_a_result_that_cannot_be_sent_is_an_error_not_a_hang(engine: ProcessEngine) -> None:
    with pytest.raises(WorkError, match="pickle"):
        list(engine.map(pieces.unpicklable, ["photo.png"]))


def test_an_error_keeps_the_workers_traceback_for_the_developer(engine: ProcessEngine) -> None:
    with pytest.raises(WorkError) as caught:
        list(engine.map(pieces.divide_by_zero, [1]))
    assert "in divide_by_zero" in "".join(caught.value.__notes__)


def test_an_item_is_tried_again_after_its_worker_was_killed(engine: ProcessEngine, tmp_path: Path) -> None:
    assert list(engine.map(pieces.die_once, [str(tmp_path / "died")])) == ["worked"]


def test_an_item_that_ends_two_workers_is_an_error_that_names_it(engine: ProcessEngine) -> None:
    with pytest.raises(WorkError, match=r"exit 3") as caught:
        list(engine.map(pieces.exit_at_once, [3]))
    assert caught.value.key == "work_died"
    assert list(engine.map(pieces.square, [2])) == [4]


def test_leaving_the_program_inside_a_worker_is_an_error(engine: ProcessEngine) -> None:
    with pytest.raises(WorkError, match="SystemExit: 3"):
        engine.run(pieces.leave_the_program, 0, limits=ENOUGH)


def test_work_whose_process_dies_says_how(engine: ProcessEngine) -> None:
    with pytest.raises(WorkError, match="exit 3"):
        engine.run(pieces.exit_at_once, 3, limits=ENOUGH)


def test_work_that_takes_all_memory_fails_alone(engine: ProcessEngine) -> None:
    neighbour = engine.start(pieces.slow_square, 4, limits=ENOUGH)
    with pytest.raises(OutOfMemoryError, match="300 MB"):
        engine.run(pieces.take_memory, 1000, limits=Limits(seconds=60, memory_mb=300))
    assert neighbour.result() == 16
    assert engine.run(pieces.take_memory, 100, limits=Limits(seconds=60, memory_mb=300)) == 100 * 2**20


def test_a_memory_limit_does_not_outlive_its_work() -> None:
    with ProcessEngine(1) as engine:
        pid = engine.run(pieces.process_id, 0, limits=Limits(seconds=60, memory_mb=200))
        assert list(engine.map(pieces.take_memory, [400])) == [400 * 2**20]
        assert list(engine.map(pieces.process_id, [0])) == [pid]


def test_a_worker_killed_by_the_system_is_taken_for_lack_of_memory(
    engine: ProcessEngine, tmp_path: Path
) -> None:
    task = engine.start(pieces.say_process_id_and_loop, str(tmp_path / "pid"), limits=ENOUGH)
    os.kill(int(wait_for(tmp_path / "pid")), signal.SIGKILL)
    with pytest.raises(OutOfMemoryError):
        task.result()


def test_work_that_never_ends_is_stopped_promptly(engine: ProcessEngine) -> None:
    begun = time.monotonic()
    with pytest.raises(OutOfTimeError):
        engine.run(pieces.loop_forever, 0, limits=Limits(seconds=0.3))
    assert time.monotonic() - begun < 1.5
    assert engine.run(pieces.square, 3, limits=ENOUGH) == 9


def test_work_with_no_time_left_is_out_of_time(engine: ProcessEngine) -> None:
    with pytest.raises(OutOfTimeError):
        engine.run(pieces.sleep, 5.0, limits=Limits(seconds=0))


@needs_proc
def test_a_killed_task_leaves_nothing_running_not_even_what_it_started(
    engine: ProcessEngine, tmp_path: Path
) -> None:
    task = engine.start(pieces.start_a_program_and_loop, str(tmp_path / "pids"), limits=ENOUGH)
    pids = [int(pid) for pid in wait_for(tmp_path / "pids").split()]
    assert all(is_running(pid) for pid in pids)
    assert not task.poll()
    task.kill()
    with pytest.raises(InterruptedWorkError):
        task.result()
    wait_until_gone(pids)


def test_work_may_be_run_from_several_threads(engine: ProcessEngine) -> None:
    results: dict[int, int] = {}
    threads = [
        threading.Thread(
            target=lambda n=number: results.update({n: engine.run(pieces.square, n, limits=ENOUGH)})
        )
        for number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {0: 0, 1: 1, 2: 4, 3: 9}


@needs_proc
def test_closing_an_engine_ends_everything_under_way(tmp_path: Path) -> None:
    before = set(children_of(os.getpid()))
    with ProcessEngine(2) as engine:
        results = engine.map(pieces.sleep, [0.0, 600.0, 600.0, 600.0])
        assert next(results) == 0.0
        task = engine.start(pieces.say_process_id_and_loop, str(tmp_path / "pid"), limits=ENOUGH)
        wait_for(tmp_path / "pid")
    assert task.poll()
    assert set(children_of(os.getpid())) <= before
    with pytest.raises(RuntimeError, match="closed"):
        engine.map(pieces.square, [1])


@needs_proc
def test_closing_an_iterator_stops_the_items_under_way(engine: ProcessEngine) -> None:
    results = engine.map(pieces.sleep, [0.0, 600.0])
    assert next(results) == 0.0
    begun = time.monotonic()
    results.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < 2
    assert list(engine.map(pieces.square, [2])) == [4]


SCRIPT = """
import sys
from pathlib import Path
from apprenti.engine import ProcessEngine
from apprenti.domain.seams import Limits
from tests.engine import pieces

# no "if __name__ == '__main__'": nothing here may run twice
print("begun", flush=True)
engine = ProcessEngine(2)
{what}
"""


def script(what: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SCRIPT.format(what=what), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_a_script_without_a_main_guard_works_and_runs_once() -> None:
    done = script("with engine: print(list(engine.map(pieces.square, range(5))))")
    said, complaints = done.communicate(timeout=30)
    assert (said, complaints) == ("begun\n[0, 1, 4, 9, 16]\n", "")


def test_an_engine_never_closed_lets_the_program_end() -> None:
    done = script("print(list(engine.map(pieces.square, range(5))))")
    said, _ = done.communicate(timeout=30)
    assert said == "begun\n[0, 1, 4, 9, 16]\n"
    assert done.returncode == 0


@needs_proc
def test_ctrl_c_reaches_the_caller_and_leaves_no_process(tmp_path: Path) -> None:
    what = """
task = engine.start(pieces.square, 5, limits=Limits(seconds=60))
task.result()
try:
    with engine: list(engine.map(pieces.say_process_id_and_loop, sys.argv[1:]))
except KeyboardInterrupt:
    print("stopped", task.result())
"""
    running = script(what, str(tmp_path / "a"), str(tmp_path / "b"))
    pids = [int(wait_for(tmp_path / name)) for name in "ab"]
    os.killpg(running.pid, signal.SIGINT)  # what a terminal does: the whole foreground group
    said, complaints = running.communicate(timeout=10)
    assert (said, complaints) == ("begun\nstopped 25\n", "")
    wait_until_gone(pids)


@needs_proc
def test_workers_end_when_the_program_is_killed(tmp_path: Path) -> None:
    running = script("list(engine.map(pieces.say_process_id_and_loop, sys.argv[1:]))", str(tmp_path / "pid"))
    pid = int(wait_for(tmp_path / "pid"))
    running.kill()
    running.communicate(timeout=10)
    wait_until_gone([pid])
