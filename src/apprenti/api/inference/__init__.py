"""Open Inference Protocol v2, so that programs written for other inference servers can ask ours."""

from apprenti.api.inference.errors import DIALECTS, PREFIX, refuse_in_one_line
from apprenti.api.inference.file_models import FileModels
from apprenti.api.inference.requests import InferenceLimits
from apprenti.api.inference.routes import inference_router
from apprenti.api.inference.served import Repository, Said, ServedModel, Shown
from apprenti.api.inference.service_models import ServiceModels

__all__ = [
    "DIALECTS",
    "PREFIX",
    "FileModels",
    "InferenceLimits",
    "Repository",
    "Said",
    "ServedModel",
    "ServiceModels",
    "Shown",
    "inference_router",
    "refuse_in_one_line",
]
