"""The catalogue of recipes, as data."""

from apprenti.recipes.catalogue import CELLS, PRIOR, Material, Template
from apprenti.recipes.times import predicted_seconds

__all__ = ["CELLS", "PRIOR", "Material", "Template", "predicted_seconds"]
