"""The lessons as pages: one list of routes for both doors, the service's room and ``apprenti learn``."""

from apprenti.web.learning.classroom import Classroom
from apprenti.web.learning.routes import HALL, ROUTER, Hall, RunChoice

__all__ = ["HALL", "ROUTER", "Classroom", "Hall", "RunChoice"]
