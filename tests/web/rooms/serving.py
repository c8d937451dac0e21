"""A real server of the rooms in a process of its own: ``python -m tests.web.rooms.serving FOLDER PORT PAUSE LOOKS``."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import uvicorn
from tests.web.rooms.fast_worker import work_fast

from apprenti.api.entrance import EntranceRules
from apprenti.api.rates import Rate
from apprenti.flow.service.access import begin_service
from apprenti.flow.service.looking import look_at_photos
from apprenti.flow.service.service import Service
from apprenti.opening import Place, open_service
from apprenti.service_server import ServeOptions, build_service_app, service_door

TOKEN = "token"
"""The file in the folder where the first token is told to the test."""


def main(folder: Path, port: int, pause_seconds: float, *, looks: bool) -> None:
    """Serve until killed; trainings are done by a worker that finishes fast, and photos looked at if wanted."""
    with open_service(Place(folder=folder), {}) as service:
        made = begin_service(service)
        if made is not None:
            (folder / TOKEN).write_text(made.secret)
        door = service_door(ServeOptions(host="127.0.0.1", port=port))
        app = build_service_app(
            service, door=door, rules=EntranceRules(requests=Rate(per_second=0, burst=0)), n_threads=1
        )
        worker = threading.Thread(
            target=work_fast,
            args=(service,),
            kwargs={"stopping": lambda: False, "pause_seconds": pause_seconds},
            daemon=True,
        )
        worker.start()
        if looks:
            threading.Thread(target=_look, args=(service,), daemon=True).start()
        uvicorn.run(app, port=port, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)


def _look(service: Service) -> None:
    """Look at photos as a worker's upkeep does, at once."""
    while True:
        look_at_photos(service)
        time.sleep(0.2)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), looks=sys.argv[4] == "looks")
