"""What every test may ask for, and what is skipped by name where it cannot run."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.postgres import INSTALL, PostgresServer, postgres_programs, postgres_server
from tests.s3_server import s3_server

# before numpy is loaded: two BLAS threads fight with whatever else the machine is doing, and tests crawl
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# a shell that starts the tests in the background has Ctrl-C ignored, and every program they start would inherit that
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from tests.flow.service.full_workspace import Full

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
BROWSER_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs data or programs that are not here, saying what is missing."""
    if item.get_closest_marker("shared") and not (SHARED / "data").is_dir():
        pytest.skip(f"needs the real data sets in {SHARED / 'data'}")
    if item.get_closest_marker("browser") and not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("needs a browser: sudo apt-get install chromium chromium-driver")


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Full:
    """A workspace with one of everything; tests of archives only read it."""
    from tests.fake_service import make_service
    from tests.flow.service.full_workspace import fill

    folder = tmp_path_factory.mktemp("full")
    return fill(make_service(folder / "here"), folder)


@pytest.fixture(scope="session")
def archive(full: Full) -> bytes:
    """The same as an archive."""
    return full.exported()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chrome]:
    """A headless Chromium with an empty profile, 1280 x 1600 px; tests that use it are marked ``browser``."""
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*BROWSER_FLAGS, "--window-size=1280,1600", f"--user-data-dir={tmp_path / 'browser'}"):
        options.add_argument(flag)
    driver = Chrome(options=options, service=ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server for all tests that ask for one, skipped by name where there is none."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip(f"needs PostgreSQL: sudo {INSTALL}")
    pytest.importorskip("psycopg", reason='needs psycopg: pip install "apprenti[postgres]"')
    with postgres_server(programs) as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The address of an empty database on a real PostgreSQL server, as SQLAlchemy writes it; dropped at the end."""
    url = postgres.new_url()
    yield url
    postgres.drop(url)


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of a real S3 server; tests that use it are marked ``slow``."""
    with s3_server() as endpoint:
        yield endpoint
