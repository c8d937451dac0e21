"""A program that merges or trains again and again: ``python -m tests.store.mergers FOLDER merge|learn``."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.made_knowledge import a_record, learn

from apprenti.store import own_records
from apprenti.store.imports import add_import
from apprenti.store.knowledge_lines import digest_of, line_of

LEARNT = range(15)
MERGED = range(100, 115)
PER_IMPORT = 5


def main() -> None:
    folder, what = Path(sys.argv[1]), sys.argv[2]
    folder.mkdir(exist_ok=True)
    print("ready", flush=True)
    if what == "learn":
        for number in LEARNT:
            learn(folder, number)
        return
    # each import overlaps the next, and later ones contain earlier ones: files come and go
    ends = range(1, len(MERGED) + 1)
    for end in reversed(ends) if what == "merge-backwards" else ends:
        wanted = MERGED[max(0, end - PER_IMPORT) : end]
        lines = [line_of(a_record(number)) for number in wanted]
        add_import(folder, {digest_of(line): line for line in lines}, own=own_records(folder).keys())


if __name__ == "__main__":
    main()
