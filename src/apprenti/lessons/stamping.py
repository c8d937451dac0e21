"""Marks French blocks with the English they were written from: ``python -m apprenti.lessons.stamping n03_neuron``.

Run it when the French says again what the English says, never before: the marks are what finds stale French.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from apprenti.lessons.text import read_text


def stamped(english: str, french: str) -> str:
    """Return the French text with the hash of each English block in its heading."""
    hashes = {block.id: block.hash for block in read_text(english, where="en").blocks}

    def marked(match: re.Match[str]) -> str:
        marks = re.sub(r" en=\w+", "", match["marks"])
        return f"{match['before']}#{match['id']}{marks} en={hashes[match['id']]}}}"

    heading = re.compile(r"^(?P<before>## .*\{)#(?P<id>[a-z0-9-]+)(?P<marks>[^}\n]*)\}$", re.MULTILINE)
    return heading.sub(marked, french)


def main(folders: list[str]) -> None:
    """Mark the French texts in these folders."""
    for folder in folders:
        place = Path(__file__).parent / folder
        english = (place / "text.en.md").read_text(encoding="utf-8")
        french = (place / "text.fr.md").read_text(encoding="utf-8")
        (place / "text.fr.md").write_text(stamped(english, french), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
