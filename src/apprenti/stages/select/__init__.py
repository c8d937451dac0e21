"""Select: which recipe to train next, and why; or stop.

A selector is asked for picks and told what came of them. The one here keeps a fixed order; a learned one takes its
place behind ``open_selector`` without a caller noticing.
"""

from apprenti.stages.select.comparison import Standing, standing
from apprenti.stages.select.prior import PriorSelector
from apprenti.stages.select.protocol import Matrix, Outcome, Rules, judge
from apprenti.stages.select.selector import Ground, Selector, open_selector

__all__ = [
    "Ground",
    "Matrix",
    "Outcome",
    "PriorSelector",
    "Rules",
    "Selector",
    "Standing",
    "judge",
    "open_selector",
    "standing",
]
