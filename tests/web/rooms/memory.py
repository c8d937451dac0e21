"""What a version remembers beside its model: test photos that later ones are held against, and known embeddings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from apprenti.domain.service import StoredImage
from apprenti.flow.service.known_embeddings import KnownEmbeddings
from apprenti.flow.service.loaded_models import LoadedModel
from apprenti.flow.service.service import Service
from apprenti.stages.feedback.drift import FEWEST_PHOTOS
from apprenti.stages.feedback.observations import DriftReference, Observations
from apprenti.stages.predict import Predictor


def memory_of(service: Service, model_file: bytes, photos: Sequence[StoredImage]) -> dict[str, str]:
    """Return the hashes of what is remembered; nothing where too few of the photos are test photos."""
    test = [photo for photo in photos if photo.is_test]
    if len(test) < FEWEST_PHOTOS:
        return {}
    model = LoadedModel(predictor=Predictor.open(model_file), reference=None, scale=None)
    learnt = [photo for photo in photos if not photo.is_test]
    said = {
        photo.id: model.ask(service.blobs.get(photo.sha256), item=photo.name, max_megapixels=10)
        for photo in photos
    }
    asked = [said[photo.id] for photo in test]
    names = model.predictor.labels
    observed = Observations(
        answers=np.array([[dict(one.prediction.top)[name] for name in names] for one in asked], np.float32),
        distances=np.array([one.prediction.distance for one in asked], np.float32),
        facts=np.array([one.facts for one in asked], np.float32),
    )
    known = KnownEmbeddings(
        hashes=tuple(photo.sha256 for photo in learnt),
        embeddings=np.stack([said[photo.id].embedding for photo in learnt]),
    )
    return {
        "reference_sha256": service.blobs.put(DriftReference.made_from(observed, seed=0).to_npz()),
        "known_sha256": service.blobs.put(known.to_npz()),
    }
