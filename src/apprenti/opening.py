"""The parts of a service, made from what the machine and who runs it say: for server, workers and checks."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from apprenti.domain.errors import OptionError, StoreError

if TYPE_CHECKING:
    from apprenti.domain.seams import BlobStore, WorkerLocks
    from apprenti.egress import EgressPolicy
    from apprenti.flow.service.service import Service
    from apprenti.store.board import Board

N_SECRET_BYTES = 32
EVERY_PORT = tuple(range(1, 65_536))
_SERVER = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a service keeps everything.

    Args:
        folder: the service's own, private; the database and the images lie here unless the others say otherwise.
        database: ``postgresql+psycopg://…`` or ``sqlite:///…``; empty for SQLite in ``folder``.
        blobs: another folder, or ``s3://BUCKET[/PREFIX]``; empty for one in ``folder``.
        hosts: that the service may ask, for photos by address and for webhooks; see ``egress.EgressPolicy``.
        private_hosts: that it may ask though they lead to a private network or this machine; over http as well.
    """

    folder: Path
    database: str = ""
    blobs: str = ""
    hosts: tuple[str, ...] = ()
    private_hosts: tuple[str, ...] = ()

    @property
    def database_url(self) -> str:
        """The address of the database."""
        return self.database or f"sqlite:///{self.folder}/apprenti.db"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is one file of this machine."""
        return self.database_url.startswith("sqlite")


def place_of(
    environment: Mapping[str, str],
    data_folder: Path,
    *,
    folder: Path | None = None,
    database: str | None = None,
    blobs: str | None = None,
    hosts: tuple[str, ...] = (),
    private_hosts: tuple[str, ...] = (),
) -> Place:
    """Return where a service keeps everything: what was said, else what the environment says, else the usual.

    Args:
        environment: ``APPRENTI_DATABASE`` and ``APPRENTI_BLOBS``, so that a password need not be an argument;
            ``APPRENTI_DATABASE_FILE`` names a file with the address, as containers are given secrets.
        data_folder: the user's; the service takes ``service`` in it.
        folder: of the service.
        database: its address.
        blobs: where images and models lie.
        hosts: that it may ask.
        private_hosts: that it may ask inside.

    Raises:
        OptionError: the file with the address cannot be read.
    """
    return Place(
        folder=(folder or data_folder / "service").absolute(),
        database=database or environment.get("APPRENTI_DATABASE") or _address_in_file(environment),
        blobs=blobs or environment.get("APPRENTI_BLOBS", ""),
        hosts=hosts,
        private_hosts=private_hosts,
    )


def place_told(place: Place) -> dict[str, Any]:
    """Return a place as JSON, for a process that is begun there; see ``place_from``."""
    return {**asdict(place), "folder": str(place.folder)}


def place_from(told: Mapping[str, Any]) -> Place:
    """Return the place that ``place_told`` said.

    Example:
        >>> here = Place(folder=Path("/srv"), hosts=("example.org",))
        >>> place_from(place_told(here)) == here
        True
    """
    hosts = {name: tuple(told[name]) for name in ("hosts", "private_hosts")}
    return Place(folder=Path(told["folder"]), database=told["database"], blobs=told["blobs"], **hosts)


def _address_in_file(environment: Mapping[str, str]) -> str:
    name = environment.get("APPRENTI_DATABASE_FILE", "")
    if not name:
        return ""
    try:
        return Path(name).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        raise OptionError("database_file", path=name, cause=cause) from error


def require_service(place: Place) -> None:
    """Pass where a service has begun in this place: a typing error must not begin another.

    Raises:
        OptionError: there is none.
        StoreError: the database does not answer.
    """
    from apprenti.store.database.connection import Database
    from apprenti.store.database.migrating import revision_of

    database = Database.as_it_is(place.database_url)
    if database is not None:
        try:
            if revision_of(database)[0] is not None:
                return
        finally:
            database.close()
    raise OptionError("no_service_here", folder=str(place.folder))


@contextmanager
def open_service(
    place: Place, environment: Mapping[str, str], *, board: Board | None = None
) -> Iterator[Service]:
    """Open the service that lies in a place, its tables made or brought up to date; close it again.

    Args:
        place: where.
        environment: the keys of S3-compatible storage, under the names all its programs use.
        board: what the processes of one server share, where there are several.

    Raises:
        OptionError: an address cannot be used, or what it takes is not installed.
        StoreError: the database or the storage does not answer.
    """
    from apprenti.egress import Transport
    from apprenti.flow.service.prediction_log import GatheredLog
    from apprenti.flow.service.service import Service
    from apprenti.store.database.connection import Database

    _make_private(place.folder)
    database = Database.open(
        place.database_url, changes=board.database_changed if board is not None else None
    )
    log = GatheredLog(database, peers=board.peers if board is not None else None)
    try:
        yield Service(
            database=database,
            blobs=open_blobs(place, environment),
            locks=open_locks(place),
            folder=place.folder / "work",
            now_us=lambda: time.time_ns() // 1000,
            new_id=lambda: str(uuid.uuid4()),
            new_secret=lambda: secrets.token_urlsafe(N_SECRET_BYTES),
            egress_policy=_egress_policy(place),
            transport=Transport(clock=time.monotonic),
            prediction_log=log,
        )
    finally:
        log.close()
        database.close()


@contextmanager
def sole_server(place: Place) -> Iterator[None]:
    """Be the only server of a folder while the block runs; a killed one is not in the way.

    Raises:
        OptionError: another is running.
    """
    from apprenti.store.worker_locks import FileLocks

    _make_private(place.folder)
    with ExitStack() as held:
        try:
            held.enter_context(FileLocks(place.folder / "locks").hold(_SERVER))
        except StoreError as error:
            if error.key == "worker_taken":
                raise OptionError("folder_served", folder=str(place.folder)) from error
            raise
        yield


def is_served(place: Place) -> bool:
    """Return whether a server has the folder of this service."""
    from apprenti.store.worker_locks import FileLocks

    folder = place.folder / "locks"
    return folder.is_dir() and FileLocks(folder).is_alive(_SERVER)


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise OptionError(
            "folder_unusable", folder=str(folder), cause=error.strerror or str(error)
        ) from error


def _egress_policy(place: Place) -> EgressPolicy:
    """Return which other hosts the service may ask: none, unless who runs it has named them."""
    from apprenti.egress import EgressPolicy

    policy = EgressPolicy(hosts=place.hosts, private_hosts=place.private_hosts)
    return replace(policy, schemes=("https", "http"), ports=EVERY_PORT) if place.private_hosts else policy


def open_locks(place: Place) -> WorkerLocks:
    """Return what tells which workers of a service are alive."""
    from apprenti.store.advisory_locks import AdvisoryLocks
    from apprenti.store.worker_locks import FileLocks

    return FileLocks(place.folder / "locks") if place.is_sqlite else AdvisoryLocks(place.database_url)


def open_blobs(place: Place, environment: Mapping[str, str]) -> BlobStore:
    """Return where the images and models of a service lie.

    Raises:
        OptionError: the address cannot be used, or a key is missing.
        StoreError: it cannot be made or reached.
    """
    from apprenti.store.blobs import FolderBlobs, ObjectBlobs

    if not place.blobs.startswith("s3://"):
        return FolderBlobs(Path(place.blobs).absolute() if place.blobs else place.folder / "blobs")
    there = urlsplit(place.blobs)
    try:
        key, secret = environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
    except KeyError as error:
        raise OptionError("blob_keys_missing", name=str(error.args[0])) from error
    endpoint = environment.get("AWS_ENDPOINT_URL", "")
    return ObjectBlobs.s3(
        bucket=there.netloc,
        access_key_id=key,
        secret_access_key=secret,
        endpoint=endpoint,
        region=environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or "us-east-1",
        prefix=there.path.strip("/"),
        allow_http=endpoint.startswith("http://"),
    )
