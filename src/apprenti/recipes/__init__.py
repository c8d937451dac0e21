"""The catalogue of recipes, as data."""

from apprenti.recipes.catalogue import PRIOR, PRIORS
from apprenti.recipes.policies import POLICIES
from apprenti.recipes.space import (
    BROUGHT_SPACE,
    PACKAGED_SPACE,
    SIZES_PX,
    SPACE,
    template_of,
    templates_for,
)
from apprenti.recipes.templates import Material, Stock, Template, column_of, template_name
from apprenti.recipes.times import MAX_FITTED_BYTES, SMALL_PICTURE_PX, embedding_seconds, predicted_seconds
from apprenti.recipes.trainings import (
    EPOCHS,
    SCRATCH,
    TRAININGS,
    TUNED,
    TUNED_HUB,
    ending_seconds,
    learning_seconds,
    settings_for,
    training_seconds,
)

__all__ = [
    "BROUGHT_SPACE",
    "EPOCHS",
    "MAX_FITTED_BYTES",
    "PACKAGED_SPACE",
    "POLICIES",
    "PRIOR",
    "PRIORS",
    "SCRATCH",
    "SIZES_PX",
    "SMALL_PICTURE_PX",
    "SPACE",
    "TRAININGS",
    "TUNED",
    "TUNED_HUB",
    "Material",
    "Stock",
    "Template",
    "column_of",
    "embedding_seconds",
    "ending_seconds",
    "learning_seconds",
    "predicted_seconds",
    "settings_for",
    "template_name",
    "template_of",
    "templates_for",
    "training_seconds",
]
