"""The folder on disk: its images, sets, runs and journal. No learning library is known here."""

from latelier.project.config import Config
from latelier.project.folder import Project
from latelier.project.images import Image, NewImage
from latelier.project.journal import Entry
from latelier.project.runs import Run

__all__ = ["Config", "Entry", "Image", "NewImage", "Project", "Run"]
