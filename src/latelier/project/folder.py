"""A project is a folder: everything is in it, nothing is anywhere else."""

from pathlib import Path
from typing import Self

from latelier.errors import NotAProject, UsageError, disk_error
from latelier.files import write_text
from latelier.project import config
from latelier.project.criteria import Criteria
from latelier.project.images import Images
from latelier.project.journal import Journal
from latelier.project.runs import Runs
from latelier.project.sets import Sets
from latelier.project.store import Store

README = """\
This folder is a Latelier project.

latelier.toml   title, artist, rights, seed: change it by hand as you like
sources/        the original pictures (or links to them); Latelier never alters them
latelier.db     images, rights, sets, marks, groups and the journal of decisions;
                an SQLite file, any SQLite tool opens it
cache/          what can be made again at any time; safe to delete
runs/           one numbered folder for each step that was done: recipe.json says how,
                result.json what came of it, images/ what it made
out/            what was put out: folders by group, canvases, films, the report

Keep the whole folder together and it can be moved or copied anywhere.
"""


class Project:
    """An open project folder.

    Args:
        root: the folder that holds ``latelier.toml``.

    Raises:
        NotAProject: it does not.
        ConfigError: ``latelier.toml`` holds something it should not.
        DiskError: the folder cannot be written.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).resolve()
        if not (self.root / config.FILE).is_file():
            raise NotAProject(f"{root} is not a project; make one with: latelier new {root}")
        self.config = config.read(self.root / config.FILE)
        self.store = Store(self.root / "latelier.db")
        self.images = Images(self.store, self.root)
        self.sets = Sets(self.store, self.images)
        self.journal = Journal(self.store)
        self.criteria = Criteria(self.journal)
        self.runs = Runs(self.store, self.images, self.root)
        self.runs.catch_up()

    @classmethod
    def create(cls, root: str | Path, title: str = "") -> Self:
        """Make a new project in an empty or missing folder.

        Raises:
            UsageError: the folder is a project already, or holds other things.
            DiskError: it cannot be made there.
        """
        folder = Path(root).resolve()
        if (folder / config.FILE).exists():
            raise UsageError(f"{root} is a project already; open it, or choose another folder")
        try:
            if folder.is_dir() and any(folder.iterdir()):
                raise UsageError(
                    f"{root} holds other things; choose a new folder for the project "
                    "(pictures are added to it afterwards: latelier add FOLDER)"
                )
            for part in (folder / "sources", folder / "runs", folder / "out"):
                part.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error, f"making {root}") from error
        write_text(folder / "README.txt", README)
        write_text(folder / config.FILE, config.template(title or folder.name))
        return cls(folder)

    @classmethod
    def nearest(cls, start: str | Path = ".") -> Self:
        """Open the project at ``start`` or in the nearest folder above it.

        Raises:
            NotAProject: there is none.
        """
        here = Path(start).resolve()
        for folder in (here, *here.parents):
            if (folder / config.FILE).is_file():
                return cls(folder)
        raise NotAProject(
            f"There is no project in {here} or above it; go into one, name it with -C FOLDER, "
            "or make one with: latelier new FOLDER"
        )

    @property
    def out(self) -> Path:
        """The folder of what a person asked to be put out."""
        return self.root / "out"

    def relative(self, path: Path) -> str:
        """A path inside the project, from its folder, with forward slashes."""
        return path.resolve().relative_to(self.root).as_posix()

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.root)!r})"
