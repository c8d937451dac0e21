"""The hub's own client, held on a short lead: what it is asked, what it may send, what its errors mean.

It says nothing but our name and version: no list of what is installed, no token unless one was set, and no other
request than those made here. Files come over plain HTTPS, so that there is one way to check and one cache.
Source: https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
"""

from __future__ import annotations

import importlib.util
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apprenti.domain.errors import BackboneError
from apprenti.domain.hub import HubAddress, is_commit
from apprenti.hub.access import HubAccess
from apprenti.hub.choice import Listing, Offered

if TYPE_CHECKING:
    from apprenti.domain.seams import Progress

ANSWER_SECONDS = 10.0
USER_AGENT = "apprenti"
MB = 1_000_000
_SWITCHES = {
    "HF_HUB_DISABLE_TELEMETRY": True,
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": True,
    "HF_HUB_DISABLE_XET": True,  # another way to the same bytes, with a cache and a log of its own
}
_LICENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .+_-]{0,79}", re.ASCII)


def require_client(item: str) -> None:
    """Refuse where ``huggingface_hub`` is not installed, before anything is asked.

    Raises:
        BackboneError: it is not; the message has the command that installs it.
    """
    if importlib.util.find_spec("huggingface_hub") is None:
        raise BackboneError("hub_not_installed", item=item)


def look_up(address: HubAddress, access: HubAccess) -> Listing:
    """Return what a repository holds at the commit its branch, tag or usual revision stands at now.

    Raises:
        BackboneError: there is no such repository or revision, it is closed to us, or the hub does not answer.
    """
    with _on_the_lead(str(address), access):
        from huggingface_hub import HfApi

        api = HfApi(endpoint=access.endpoint, token=access.token or False, headers=_headers())
        told = api.model_info(
            address.repo, revision=address.revision or None, files_metadata=True, timeout=ANSWER_SECONDS
        )
    commit = told.sha or ""
    if not is_commit(commit) or (is_commit(address.revision) and commit != address.revision):
        raise BackboneError("hub_failed", item=str(address), detail=f"commit {commit[:40]!r}")
    files = {file.rfilename: _offered(file) for file in told.siblings or ()}
    return Listing(repo=address.repo, commit=commit, files=files, licence=_licence(told))


def download(listing: Listing, name: str, access: HubAccess, progress: Progress) -> Path:
    """Return where a file of a listing lies now, taken from the hub where it was not there yet.

    Raises:
        BackboneError: it is closed to us, or the download failed.
    """
    address = HubAddress(repo=listing.repo, revision=listing.commit, file=name)
    with _on_the_lead(str(address), access):
        from huggingface_hub import hf_hub_download

        path = hf_hub_download(
            address.repo,
            name,
            revision=listing.commit,
            cache_dir=access.cache_folder,
            endpoint=access.endpoint,
            token=access.token or False,
            headers=_headers(),
            tqdm_class=_megabytes_for(progress),
        )
    return Path(path)


def cached(repo: str, commit: str, name: str, access: HubAccess) -> Path | None:
    """Return where a file of a commit lies on this machine, without asking anybody; ``None`` where it does not."""
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(repo, name, cache_dir=access.cache_folder, revision=commit)
    return Path(found) if isinstance(found, str) else None


def _headers() -> dict[str, str]:
    return {"user-agent": USER_AGENT}


@contextmanager
def _on_the_lead(item: str, access: HubAccess) -> Iterator[None]:
    """Hold the client to what it may do, and turn its errors into ours.

    Its switches are read from the environment once, when somebody first imports it, which may have been long before:
    they are turned where it looks at them, and turned back for whatever else this process does with it.
    """
    from huggingface_hub import constants, errors

    before = {name: getattr(constants, name) for name in _SWITCHES if hasattr(constants, name)}
    for name in before:
        setattr(constants, name, _SWITCHES[name])
    log = logging.getLogger("huggingface_hub")
    level = log.level
    log.setLevel(logging.ERROR)  # what it tries again is said once, as our error
    try:
        yield
    except errors.GatedRepoError as error:
        raise BackboneError("hub_closed", item=item, page=access.endpoint) from error
    except errors.RevisionNotFoundError as error:
        raise BackboneError("hub_revision_unknown", item=item) from error
    except errors.RepositoryNotFoundError as error:
        raise BackboneError("hub_repo_unknown", item=item) from error
    except errors.HfHubHTTPError as error:
        status = getattr(error.response, "status_code", 0)
        if status in (401, 403):
            raise BackboneError("hub_closed", item=item, page=access.endpoint) from error
        raise BackboneError("hub_failed", item=item, detail=f"HTTP {status}") from error
    except Exception as error:  # the client, its HTTP library and the system have a kind for every failure
        raise BackboneError("hub_failed", item=item, detail=_first_line(error)) from error
    finally:
        log.setLevel(level)
        for name, value in before.items():
            setattr(constants, name, value)


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0][:160]}".rstrip(": ")


def _offered(file: Any) -> Offered:
    lfs = file.lfs
    if lfs is None:
        return Offered(size_bytes=file.size, git_sha1=file.blob_id or "")
    return Offered(size_bytes=lfs.size, sha256=lfs.sha256)


def _licence(told: Any) -> str:
    """Return the licence the model card names, in letters that can be shown; ``""`` where it names none."""
    card = told.card_data.to_dict() if told.card_data is not None else {}
    named = card.get("license")
    if named == "other":
        named = card.get("license_name") or named
    return named if isinstance(named, str) and _LICENCE.fullmatch(named) else ""


def _megabytes_for(progress: Progress) -> Any:
    """Return a class that counts bytes as the client's own bar would, and tells of whole megabytes."""
    from huggingface_hub.utils import tqdm

    class Megabytes(tqdm):
        def __init__(self, *args: Any, **options: Any) -> None:
            self._bytes = 0
            super().__init__(*args, **(options | {"disable": True}))

        def update(self, n: float | None = 1) -> bool | None:
            before, self._bytes = self._bytes // MB, self._bytes + int(n or 0)
            if self._bytes // MB > before:
                progress.advance(self._bytes // MB - before)
            return None

    return Megabytes
