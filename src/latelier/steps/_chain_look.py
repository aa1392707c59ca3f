"""The chain's end: groups, folders by group, a map, and canvases."""

from typing import Any

from latelier.steps._chain import Chain
from latelier.steps._report_view import plural
from latelier.steps.groups import groups as group
from latelier.steps.map import map as lay_out
from latelier.steps.sheet import sheet
from latelier.steps.sort import sort

A_GROUP = 12  # pictures: an X of six by six cells holds twelve, and a wall shows them at a glance
FEWEST, MOST = 2, 9  # groups
NEIGHBOURLY = 30  # pictures; of fewer a map by neighbourhoods says nothing that components do not
FOLDERS, CANVASES, OVERVIEW = "out/groups", "out/canvases", "out/canvases/all.pdf"
SIZE, DPI, CELLS = "11x11in", 200, 6  # the canvases of Latent Fabrics


def read_and_print(chain: Chain, shown: str, count: int | None) -> dict[str, str]:
    """Group, sort, print a set.

    Args:
        chain: that the stages belong to.
        shown: the set.
        count: of groups; about a dozen pictures each if left out.

    Returns:
        what there is to look at: a few words to a place in the project.
    """
    project = chain.project
    look: dict[str, str] = {}
    images = project.sets.images(shown)
    k = count or min(MOST, max(FEWEST, round(len(images) / A_GROUP)))

    def grouping() -> tuple[dict[str, Any], str]:
        done = group(project, shown, k=k, on_progress=chain.on_progress)
        return done.to_json(), (
            f"{plural(len(images), 'picture')} in {k} groups; how clear they are: "
            f"{done.clearness.score:.2f}, {done.clearness.word}."
        )

    hashes = chain.hashes(shown)
    found = chain.stage("groups", {"images": hashes, "k": k}, grouping, chain.has_run)
    if found is not None:
        _sort(chain, shown, {"images": hashes, "labels": found["labels"]}, look)
    _map(chain, shown, {"images": hashes, "labels": (found or {}).get("labels")}, look)
    _canvases(chain, shown, {"images": hashes, "labels": (found or {}).get("labels")}, look)
    return look


def _sort(chain: Chain, shown: str, asked: dict[str, Any], look: dict[str, str]) -> None:
    def sorting() -> tuple[dict[str, Any], str]:
        done = sort(chain.project, shown, FOLDERS, on_progress=chain.on_progress)
        return done.to_json(), f"Sorted into {plural(len(done.sizes), 'folder')} in {FOLDERS}."

    if chain.stage("sort", asked, sorting, lambda r: chain.has_files(r["manifest"])):
        look["folders by group"] = FOLDERS


def _map(chain: Chain, shown: str, asked: dict[str, Any], look: dict[str, str]) -> None:
    """A map of all; by neighbourhoods where there are enough pictures to have some."""
    method = "tsne" if len(asked["images"]) >= NEIGHBOURLY else "pca"

    def mapping() -> tuple[dict[str, Any], str]:
        done = lay_out(chain.project, shown, method=method, on_progress=chain.on_progress)
        return done.to_json(), (
            f"Laid out as a map ({method}): of the ten nearest to a picture there, "
            f"{done.kept:.0%} are so in truth."
        )

    result = chain.stage("map", {**asked, "method": method}, mapping, chain.has_run)
    if result:
        look["the map to move about in"] = str(result["page"])


def _canvases(chain: Chain, shown: str, asked: dict[str, Any], look: dict[str, str]) -> None:
    """One canvas a group, and one with everything, the alike side by side."""

    def files(result: dict[str, Any]) -> list[str]:
        return [str(f["file"]) for f in result["files"]]

    def by_group() -> tuple[dict[str, Any], str]:
        done = sheet(
            chain.project, shown, to=CANVASES, by="group", size=SIZE, dpi=DPI, layout="x",
            cells=CELLS, on_progress=chain.on_progress,
        )  # fmt: skip
        result = done.to_json()
        return result, f"{plural(len(result['files']), 'canvas')} of {SIZE} in {CANVASES}."

    def everything() -> tuple[dict[str, Any], str]:
        done = sheet(
            chain.project, shown, to=OVERVIEW, size=SIZE, dpi=DPI, layout="likeness",
            cells="fit", on_progress=chain.on_progress,
        )  # fmt: skip
        return done.to_json(), f"All on one canvas, the alike side by side: {OVERVIEW}."

    if asked["labels"] and chain.stage(
        "canvases", asked, by_group, lambda r: chain.has_files(*files(r))
    ):
        look["canvases"] = CANVASES
    if chain.stage("overview", asked, everything, lambda r: chain.has_files(*files(r))):
        look["all on one canvas"] = OVERVIEW
