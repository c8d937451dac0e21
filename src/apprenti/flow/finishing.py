"""From a race that is over to a model file, its page, and cells for the knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from apprenti.blocks.artifact import unpack
from apprenti.blocks.run_file import read_run, write_run
from apprenti.domain.outlook import Hindsight
from apprenti.domain.recipe import Pick
from apprenti.domain.report import Report, Timing
from apprenti.flow.cells import CellsUnderWay, start_cells
from apprenti.flow.interruption import finishing_first
from apprenti.flow.networks import NetworkTrainer
from apprenti.flow.packing import Packed, pack_model
from apprenti.flow.preparing import Asked, Prepared
from apprenti.flow.race import Race
from apprenti.flow.run_keeping import run_path_of
from apprenti.flow.step_forms import MEASURED, MODEL, Measured
from apprenti.flow.steps import Steps
from apprenti.flow.tools import Tools
from apprenti.stages.report import LessonsAt, render
from apprenti.stages.select import Selector
from apprenti.store import write_atomically
from apprenti.texts import Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Where a training ends.

    Args:
        out: the model file.
        report_path: the page beside it.
        lang: of the page.
    """

    out: Path
    report_path: Path
    lang: Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What was written and learnt.

    Args:
        report: as in the model file.
        hindsight: how the kept recipe compares with others measured since; ``None`` where none were.
        n_cells: cells added to the knowledge.
    """

    report: Report
    hindsight: Hindsight | None
    n_cells: int


def finish_training(
    asked: Asked,
    ready: Prepared,
    race: Race,
    selector: Selector,
    trainer: NetworkTrainer,
    *,
    picks: Sequence[Pick],
    ending: Ending,
    steps: Steps,
    tools: Tools,
) -> Finished:
    """Write the model file and its page, and keep the cells that were measured meanwhile.

    Args:
        asked: what was to be trained.
        ready: what the race was run on, with all notices.
        race: what came of it.
        selector: who chose.
        trainer: of networks.
        picks: the recipes in question.
        ending: where things go.
        steps: those that were recorded are not worked again.
        tools: what to work with.
    """
    if race.interrupted:
        steps.stop_recording()  # a training that goes on would not stop here
    recorded = steps.recall("model")
    cells: CellsUnderWay | None = None
    with finishing_first(tools.progress):
        if recorded is None:
            steps.refuse_if_stopped()
            steps.restart_clock()
            cells = _cells(asked, ready, race, steps, tools)
            packed = _packed(asked, ready, race, selector, trainer, picks, tools)
            report, model, run = packed.report, packed.model, packed.run
            if run is not None:
                steps.record("run", MODEL.write(write_run(run)))
            steps.record("model", MODEL.write(model))
        else:
            model = MODEL.read(recorded)
            report = Report.from_json(unpack(model).report).named(ready.dataset.name)
            kept = steps.recall("run")
            run = None if kept is None else read_run(MODEL.read(kept), name="run")
        timing = replace(
            _timing(picks, race, tools.clock() - steps.begun),
            photos_per_second=trainer.photos_per_second,
            resumed_at=trainer.resumed_at,
        )
        if run is not None:  # before the model: where that lies, all lies
            write_atomically(run_path_of(ending.out), write_run(replace(run, timing=timing)))
        write_atomically(ending.out, model)
        lessons = LessonsAt(model=ending.out.name) if run is not None else None
        page = render(report, lang=ending.lang, timing=timing, lessons=lessons)
        write_atomically(ending.report_path, page.encode())
    known = steps.recall("cells")
    cells = cells or _cells(asked, ready, race, steps, tools, over=known is not None)
    if known is None:
        measured = _measured(cells, report, race)
        steps.record("cells", MEASURED.write(measured))  # the same are then kept, and known for the same
    else:
        measured = MEASURED.read(known)
    if measured.hindsight is not None:  # what only now is known
        timing = replace(timing, total_seconds=tools.clock() - steps.begun)
        page = render(report, lang=ending.lang, timing=timing, hindsight=measured.hindsight, lessons=lessons)
        write_atomically(ending.report_path, page.encode())
    return Finished(report=report, hindsight=measured.hindsight, n_cells=cells.keep(measured.cells, race))


def _packed(
    asked: Asked,
    ready: Prepared,
    race: Race,
    selector: Selector,
    trainer: NetworkTrainer,
    picks: Sequence[Pick],
    tools: Tools,
) -> Packed:
    return pack_model(
        ready.dataset,
        ready.profile,
        ready.table,
        picks,
        race,
        outlook=selector.outlook(),
        networks=trainer.histories,
        seed=asked.seed,
        budget_seconds=asked.budget_seconds,
        tools=tools,
    )


def _cells(
    asked: Asked, ready: Prepared, race: Race, steps: Steps, tools: Tools, *, over: bool = False
) -> CellsUnderWay:
    """Begin to measure cells; not where the person is in a hurry, nor where they have been measured."""
    times = asked.schedule(steps)
    return start_cells(
        ready.dataset,
        ready.profile,
        ready.materials,
        ready.table,
        race,
        seed=asked.seed,
        deadline=times.begun if race.interrupted or over else times.cells_end,
        tools=tools,
    )


def _measured(cells: CellsUnderWay, report: Report, race: Race) -> Measured:
    measured = cells.collect()
    return Measured(cells=measured, hindsight=cells.hindsight(measured, report.kept, race))


def _timing(picks: Sequence[Pick], race: Race, seconds: float) -> Timing:
    return Timing(
        total_seconds=seconds,
        predicted_seconds={pick.recipe.name: pick.predicted_seconds for pick in picks},
        seconds={trial.recipe.name: trial.seconds for trial in race.trials},
    )
