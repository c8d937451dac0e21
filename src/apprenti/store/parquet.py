"""Reading Parquet: the one place that knows which library does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, cast

from apprenti.domain.errors import DataError


def read_parquet(path: Path, *, name: str, choose: Callable[[list[str]], Sequence[str]] | None = None) -> Any:
    """Return a Parquet file as a pandas data frame.

    Args:
        path: the file.
        name: what it is called, for messages.
        choose: given the names of the columns, returns those that are read, and may raise ``DataError``; the
            index is then left where it is. By default all are read, and the index is as it was written.

    Raises:
        DataError: it is not there or cannot be read, or ``choose`` says so.
    """
    from fastparquet import ParquetFile

    if not path.is_file():
        raise DataError("no_such_source", source=name)
    try:
        with ExitStack() as opened:  # fastparquet leaves its files open

            def open_with(path: str, mode: str = "rb") -> IO[bytes]:
                return cast("IO[bytes]", opened.enter_context(open(path, mode)))

            parquet = ParquetFile(str(path), open_with=open_with)
            if choose is None:
                return parquet.to_pandas()
            return parquet.to_pandas(columns=list(choose(list(parquet.columns))), index=False)
    except DataError:
        raise
    except Exception as error:  # fastparquet raises anything on a damaged file
        raise DataError("damaged_parquet", source=name) from error
