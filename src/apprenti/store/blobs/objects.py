"""Blobs in S3-compatible storage, through ``obstore`` (extra ``s3``), which is loaded here only.

An object is seen whole or not at all, and reads see what was written before them; both are promised by S3 and by
what calls itself compatible. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from apprenti.domain.errors import OptionError, StoreError
from apprenti.store.blobs.digest import blob_missing, checked_bytes, checked_name, is_sha256, sha256_of

if TYPE_CHECKING:
    from obstore.store import ObjectStore, S3Config, S3Credential

ANSWER_SECONDS = 60
N_TRIES = 4
GIVE_UP_SECONDS = 120
"""No new attempt is begun after so long; a service that is asked meanwhile says 503 and loses nothing."""
_CAUSE_LETTERS = 300
_PREFIX = re.compile(r"(?:[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*/?)?", re.ASCII)
_CLOCK = "clock"


class ObjectBlobs:
    """A ``BlobStore`` (``domain.seams``) in a bucket; ``ObjectBlobs.s3(...)`` makes one from an address.

    Args:
        store: where objects lie, any of obstore's.
        prefix: begins the name of each, so that others may use the bucket too; ``a/b`` or ``""``.
        place: what errors call it.

    Raises:
        StoreError: it does not answer, or may not be read.
    """

    def __init__(self, store: ObjectStore, *, prefix: str = "", place: str = "the bucket") -> None:
        self._store = store
        self._prefix = f"{prefix.strip('/')}/".lstrip("/")
        self._place = place
        with self._told():  # a wrong bucket or key is told at the start, not at the first photo
            next(iter(self._store.list(self._prefix, chunk_size=1)), None)

    @classmethod
    def s3(
        cls,
        *,
        bucket: str,
        access_key_id: str,
        secret_access_key: str,
        endpoint: str = "",
        region: str = "us-east-1",
        prefix: str = "",
        allow_http: bool = False,
    ) -> ObjectBlobs:
        """Return the blobs in a bucket.

        Args:
            bucket: which is there already.
            access_key_id: who we are; may list, read, write and delete below ``prefix``.
            secret_access_key: and the proof.
            endpoint: ``https://HOST[:PORT]`` of a server other than Amazon's. It comes from whoever runs the service,
                never from a request: no guard stands between it and the network inside.
            region: of the bucket; other servers mostly take any.
            prefix: begins the names of all our objects.
            allow_http: whether photos and keys may travel unencrypted, as on a network of one's own.

        Raises:
            OptionError: ``obstore`` is not installed, or the address cannot be used.
            StoreError: the bucket does not answer, or may not be read.
        """
        try:
            from obstore.exceptions import BaseError
            from obstore.store import S3Store
        except ModuleNotFoundError as error:
            raise OptionError("s3_driver", cause=str(error)) from error
        place = f"{endpoint or 's3:/'}/{bucket}/{prefix}".rstrip("/")
        if _PREFIX.fullmatch(prefix) is None or ".." in prefix:
            raise OptionError("s3_address", place=place, cause=prefix)
        # said in full: what is left out, obstore would take from the environment or ask of a metadata service
        config: S3Config = {
            "endpoint": endpoint or f"https://s3.{region}.amazonaws.com",
            "region": region,
            "virtual_hosted_style_request": False,  # the way that every compatible server knows
        }
        credential: S3Credential = {
            "access_key_id": access_key_id,
            "secret_access_key": secret_access_key,
            "expires_at": None,
        }
        try:
            store = S3Store(
                bucket,
                config=config,
                credential_provider=lambda: credential,
                client_options={"allow_http": allow_http, "timeout": timedelta(seconds=ANSWER_SECONDS)},
                retry_config={
                    "max_retries": N_TRIES - 1,
                    "retry_timeout": timedelta(seconds=GIVE_UP_SECONDS),
                },
            )
        except (BaseError, ValueError) as error:
            raise OptionError("s3_address", place=place, cause=_cause(error)) from error
        return cls(store, prefix=prefix, place=place)

    def put(self, data: bytes) -> str:
        """Keep ``data`` and return its SHA-256; see ``domain.seams.BlobStore.put``.

        It is sent even where it is there: that is one request instead of two, puts damage right, and makes it young.
        """
        sha256 = sha256_of(data)
        with self._told():
            self._store.put(self._path(sha256), data)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes with this SHA-256, held against it; see ``domain.seams.BlobStore.get``."""
        path = self._path(sha256)
        with self._told():
            try:
                data = bytes(self._store.get(path).bytes())
            except FileNotFoundError:
                raise blob_missing(sha256) from None
        return checked_bytes(sha256, data)

    def has(self, sha256: str) -> bool:
        """Return whether they are there."""
        path = self._path(sha256)
        with self._told():
            try:
                self._store.head(path)
            except FileNotFoundError:
                return False
            return True

    def delete(self, sha256: str) -> None:
        """Delete them, if they are there; with versioning on, the bucket's own rules say when they really go."""
        path = self._path(sha256)
        with self._told(), contextlib.suppress(FileNotFoundError):
            self._store.delete(path)

    def hashes(self, *, older_than_seconds: float = 0.0) -> Iterator[str]:
        """Yield what is there and was last put at least so long ago, a page at a time."""
        with self._told():
            latest = self._now() - timedelta(seconds=older_than_seconds) if older_than_seconds > 0 else None
            for page in self._store.list(self._prefix):
                for found in page:
                    name = found["path"].rpartition("/")[2]
                    ours = is_sha256(name) and found["path"] == self._path(name)
                    if ours and (latest is None or found["last_modified"] <= latest):
                        yield name

    def _path(self, sha256: str) -> str:
        return f"{self._prefix}{checked_name(sha256)[:2]}/{sha256}"

    def _now(self) -> datetime:
        """Return the time on the clock that the storage dates objects by: ours may differ by minutes."""
        self._store.put(f"{self._prefix}{_CLOCK}", b"")
        return self._store.head(f"{self._prefix}{_CLOCK}")["last_modified"]

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Say in our words what the storage says in its own."""
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, OSError) as error:
            raise StoreError("blobs_unreachable", place=self._place, cause=_cause(error)) from error


def _cause(error: Exception) -> str:
    """Return the first line of what obstore says; what follows is its own debugging."""
    line = str(error).partition("\n\nDebug source")[0]
    told = re.search(r"<Code>([A-Za-z0-9.]{1,60})</Code>", line)
    return told[1] if told else " ".join(line.split())[:_CAUSE_LETTERS]
