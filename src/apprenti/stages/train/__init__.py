"""Train: one recipe on one data set, judged on examples it did not see, then refitted on all of them."""

from apprenti.stages.train.candidate import CandidateJob, CandidateResult, train_candidate
from apprenti.stages.train.cells import MAX_HELD_OUT_ROWS, CellsJob, measure_cells, shared_part
from apprenti.stages.train.finish import FinishedModel, FinishJob, finish
from apprenti.stages.train.folds import (
    ALWAYS_FITTED,
    N_FOLDS,
    Folds,
    assign_folds,
    first_turn,
    stratified_folds,
)
from apprenti.stages.train.history import History
from apprenti.stages.train.network_job import (
    NetworkJob,
    TrainedNetwork,
    history_of,
    train_network,
)
from apprenti.stages.train.symmetries import told
from apprenti.stages.train.symmetry_job import SymmetryJob, find_symmetries_of

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
    "History",
    "NetworkJob",
    "SymmetryJob",
    "TrainedNetwork",
    "assign_folds",
    "find_symmetries_of",
    "finish",
    "first_turn",
    "history_of",
    "measure_cells",
    "shared_part",
    "stratified_folds",
    "told",
    "train_candidate",
    "train_network",
]
