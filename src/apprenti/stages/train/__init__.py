"""Train: one recipe on one data set, judged on examples it did not see, then refitted on all of them."""

from apprenti.stages.train.candidate import CandidateJob, CandidateResult, train_candidate
from apprenti.stages.train.cells import MAX_HELD_OUT_ROWS, CellsJob, measure_cells, shared_part
from apprenti.stages.train.finish import FinishedModel, FinishJob, finish
from apprenti.stages.train.folds import ALWAYS_FITTED, N_FOLDS, Folds, assign_folds, stratified_folds

__all__ = [
    "ALWAYS_FITTED",
    "MAX_HELD_OUT_ROWS",
    "N_FOLDS",
    "CandidateJob",
    "CandidateResult",
    "CellsJob",
    "FinishJob",
    "FinishedModel",
    "Folds",
    "assign_folds",
    "finish",
    "measure_cells",
    "shared_part",
    "stratified_folds",
    "train_candidate",
]
