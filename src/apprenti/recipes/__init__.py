"""The catalogue of recipes, as data."""

from apprenti.recipes.catalogue import CELLS, PRIOR, Material, Template
from apprenti.recipes.times import MAX_FITTED_BYTES, predicted_seconds

__all__ = ["CELLS", "MAX_FITTED_BYTES", "PRIOR", "Material", "Template", "predicted_seconds"]
