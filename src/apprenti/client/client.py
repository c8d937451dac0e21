"""The client: one object that knows the way to a service, and what may be asked of it."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from apprenti.client.answers import Me
from apprenti.client.corrections import Corrections, Review
from apprenti.client.images import Images
from apprenti.client.monitoring import Audit, Monitoring
from apprenti.client.shelves import Shelf, at
from apprenti.client.tasks import Labels, Tasks, Workspaces
from apprenti.client.trainings import Predictions, Trainings, Versions
from apprenti.client.transport import Transport
from apprenti.client.webhooks import Webhooks
from apprenti.domain.errors import ServiceError
from apprenti.texts import Lang

DEFAULT_ADDRESS = "http://127.0.0.1:8000"


class Client:
    """Asks a service; several threads may share one.

    What goes wrong is a ``ServiceRefusalError`` with ``status``, ``code`` and ``message``, or a
    ``ServiceUnreachableError``; both are ``ApprentiError``. Requests are sent again for a minute where the service is
    busy, restarting or cut off, and whatever they make is made once all the same.

    Args:
        address: where the service answers.
        token: its secret.
        workspace: the id of the one meant; by default the token's own.
        lang: what errors are said in.
        timeout_seconds: of each wait for the other end.
        patience_seconds: how long to send a request again before giving up.
        insecure_http: the token may travel unencrypted to another machine.
        ca_file: certificates to trust instead of the system's.

    Example:
        >>> import apprenti
        >>> with apprenti.Client("http://127.0.0.1:8000", token="…") as client:  # doctest: +SKIP
        ...     task = client.tasks.create("Bread or cake")
        ...     label = client.labels.create("bread")
        ...     client.tasks.add_label(task.id, label.id)
        ...     client.images.add("loaf.jpg", labels=[label.id])
        ...     client.trainings.wait(client.trainings.start(task.id).id)
        ...     prediction = client.predictions.ask(task.id, "new.jpg")
        ...     client.corrections.say(prediction.id, [label.id])
    """

    def __init__(
        self,
        address: str = DEFAULT_ADDRESS,
        *,
        token: str,
        workspace: str | None = None,
        lang: Lang = "en",
        timeout_seconds: float = 60.0,
        patience_seconds: float = 60.0,
        insecure_http: bool = False,
        ca_file: Path | None = None,
    ) -> None:
        self._transport = Transport(
            address,
            token,
            workspace=workspace,
            lang=lang,
            timeout_seconds=timeout_seconds,
            patience_seconds=patience_seconds,
            insecure_http=insecure_http,
            ca_file=ca_file,
        )
        self.workspaces = Workspaces(self._transport)
        self.tasks = Tasks(self._transport)
        self.labels = Labels(self._transport)
        self.images = Images(self._transport)
        self.trainings = Trainings(self._transport)
        self.versions = Versions(self._transport)
        self.predictions = Predictions(self._transport)
        self.corrections = Corrections(self._transport)
        self.review = Review(self._transport)
        self.monitoring = Monitoring(self._transport)
        self.webhooks = Webhooks(self._transport)
        self.audit = Audit(self._transport)

    def me(self) -> Me:
        """Return who the token says one is."""
        return Shelf(self._transport)._get(Me, at("me"))

    def is_ready(self) -> bool:
        """Return whether the service answers and its database does; without waiting for either."""
        try:
            self._transport.ask("GET", at("health", "ready"), patience_seconds=0.0)
        except ServiceError:
            return False
        return True

    def close(self) -> None:
        """Let go of every connection."""
        self._transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._transport.address!r})"  # never the token
