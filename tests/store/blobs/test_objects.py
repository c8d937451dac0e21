"""Blobs in a bucket: what obstore says is said in our words, and nothing is read from the environment."""

from __future__ import annotations

import hashlib
import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from apprenti.domain.errors import OptionError, StoreError
from apprenti.store.blobs import ObjectBlobs, objects

obstore = pytest.importorskip("obstore.store", reason="needs the extra s3")

PHOTO = b"\xff\xd8\xff a photo"
SHA256 = hashlib.sha256(PHOTO).hexdigest()
KEYS = {"access_key_id": "ours", "secret_access_key": "secret-of-ours"}


@contextmanager
def server_that_says(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    """Run a server that answers everything alike; give its address and who asked it."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(
                f"{self.path} {self.headers.get('authorization')} {self.headers.get('x-amz-security-token')}"
            )
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("prefix", ["", "ours", "ours/photos/"])
def test_names_begin_with_the_prefix_and_the_objects_of_others_are_not_ours(prefix: str) -> None:
    store = obstore.MemoryStore()
    for name in ("theirs", f"{'ab' * 32}", f"ours/{'ab' * 32}", f"elsewhere/ab/{'ab' * 32}"):
        store.put(name, b"theirs")
    blobs = ObjectBlobs(store, prefix=prefix)
    blobs.put(PHOTO)
    assert list(blobs.hashes()) == [SHA256]
    start = f"{prefix.strip('/')}/" if prefix else ""
    assert bytes(store.get(f"{start}{SHA256[:2]}/{SHA256}").bytes()) == PHOTO


def test_damaged_bytes_are_told_and_never_given_out_and_a_new_put_heals_them() -> None:
    store = obstore.MemoryStore()
    blobs = ObjectBlobs(store)
    blobs.put(PHOTO)
    store.put(f"{SHA256[:2]}/{SHA256}", PHOTO[:-1])
    with pytest.raises(StoreError, match="no longer what they were"):
        blobs.get(SHA256)
    blobs.put(PHOTO)
    assert blobs.get(SHA256) == PHOTO


def test_old_objects_are_told_by_the_clock_of_the_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    blobs = ObjectBlobs(obstore.MemoryStore())
    blobs.put(PHOTO)
    now = blobs._now
    monkeypatch.setattr(blobs, "_now", lambda: now() + timedelta(days=1))
    assert list(blobs.hashes(older_than_seconds=3600.0)) == [SHA256]
    assert list(blobs.hashes(older_than_seconds=2 * 86_400.0)) == []


def test_more_objects_than_fit_on_a_page_are_all_told() -> None:
    blobs = ObjectBlobs(obstore.MemoryStore())
    put = {blobs.put(b"%d" % number) for number in range(1200)}
    assert set(blobs.hashes()) == put


def test_a_refusal_is_told_at_the_start_with_its_code_and_without_our_secret() -> None:
    body = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>no</Message></Error>"
    with server_that_says(403, body) as (endpoint, _), pytest.raises(StoreError) as caught:
        ObjectBlobs.s3(bucket="b", endpoint=endpoint, allow_http=True, **KEYS)
    for lang in ("en", "fr"):
        said = caught.value.said(lang)
        assert "AccessDenied" in said
        assert f"{endpoint}/b" in said
        assert "secret-of-ours" not in said


def test_nothing_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "theirs")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "theirs")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "theirs")
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_REGION", "eu-theirs-1")
    with server_that_says(403, b"") as (endpoint, asked), pytest.raises(StoreError):
        ObjectBlobs.s3(bucket="b", endpoint=endpoint, allow_http=True, **KEYS)
    assert asked
    assert "Credential=ours/" in asked[0]
    assert "/us-east-1/" in asked[0]
    assert "theirs" not in asked[0]


def test_a_server_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "N_TRIES", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and never listens
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(StoreError, match="cannot be read or written"):
            ObjectBlobs.s3(bucket="b", endpoint=endpoint, allow_http=True, **KEYS)


def test_keys_do_not_travel_unencrypted_unless_that_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "N_TRIES", 1)
    with server_that_says(403, b"") as (endpoint, asked), pytest.raises(StoreError):
        ObjectBlobs.s3(bucket="b", endpoint=endpoint, **KEYS)
    assert asked == []


@pytest.mark.parametrize("prefix", ["../up", "a//b", "/a", "a b", "é"])
def test_a_prefix_that_leads_elsewhere_is_refused(prefix: str) -> None:
    with pytest.raises(OptionError) as caught:
        ObjectBlobs.s3(bucket="b", prefix=prefix, **KEYS)
    assert caught.value.key == "s3_address"


@pytest.mark.slow
def test_a_bucket_that_is_not_there_is_told_at_the_start(s3_endpoint: str) -> None:
    with pytest.raises(StoreError, match="NoSuchBucket"):
        ObjectBlobs.s3(bucket="nobody-made-this", endpoint=s3_endpoint, allow_http=True, **KEYS)
