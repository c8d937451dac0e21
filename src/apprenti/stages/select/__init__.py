"""Select: which recipe to train next, and why; or stop.

A selector is asked for picks and told what came of them. ``open_selector`` gives one that learnt from past data sets,
or a fixed order where too little is known.
"""

from apprenti.stages.select.comparison import Standing, standing
from apprenti.stages.select.prior import PriorSelector
from apprenti.stages.select.profile_vector import PROFILE_COLUMNS, profile_vector
from apprenti.stages.select.protocol import Matrix, Outcome, Rules, judge
from apprenti.stages.select.selector import Ground, Selector, open_selector
from apprenti.stages.select.with_networks import N_PICKS_BEFORE, WithNetworks

__all__ = [
    "N_PICKS_BEFORE",
    "PROFILE_COLUMNS",
    "Ground",
    "Matrix",
    "Outcome",
    "PriorSelector",
    "Rules",
    "Selector",
    "Standing",
    "WithNetworks",
    "judge",
    "open_selector",
    "profile_vector",
    "standing",
]
