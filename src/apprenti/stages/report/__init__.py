"""Report: from what was measured to one page that explains itself, in English or French."""

from apprenti.stages.report.asking import LessonsAt
from apprenti.stages.report.page import render

__all__ = ["LessonsAt", "render"]
