"""The chain's end: groups, folders by group, a map, and canvases."""

from typing import Any

from latelier.steps._chain import Chain
from latelier.steps.groups import Groups
from latelier.steps.groups import groups as group
from latelier.steps.map import map as lay_out
from latelier.steps.sheet import sheet
from latelier.steps.sort import sort
from latelier.train import words
from latelier.wording import plural

FEWEST, MOST = 4, 9  # groups looked among; fewer say little, more are hard to keep apart
NEIGHBOURLY = 30  # pictures; of fewer a map by neighbourhoods says no more than one by components
FOLDERS, CANVASES, OVERVIEW = "out/groups", "out/canvases", "out/canvases/all.pdf"
OFF = "copies"  # images that are nearly an original stay off canvases
SIZE, DPI = "11x11in", 200  # as the canvases of Latent Fabrics


def read_and_print(chain: Chain, shown: str, count: int | None) -> dict[str, str]:
    """Group, sort, map and print a set.

    Args:
        chain: that the stages belong to.
        shown: the set.
        count: of groups; if left out, the number from 4 to 9 that is furthest above chance.

    Returns:
        what there is to look at: a few words to a place in the project.
    """
    project = chain.project
    look: dict[str, str] = {}
    images = project.sets.images(shown)
    # Raw pixels follow the ground that a cloth lies on and leave some alone: of 60 woven images in 6
    # groups 8, 2, 33, 15, 1 and 1 (silhouette .18), by colour 13, 15, 7, 15, 6 and 4 (.53).
    features = "pixels" if words.is_ink(chain.thumbs(images)) else "palette"

    def grouping() -> tuple[dict[str, Any], str]:
        told = chain.on_progress
        k = count or _number(
            group(project, shown, features=features, decide=False, on_progress=told)
        )
        done = group(project, shown, k=k, features=features, on_progress=told)
        by = "colour" if features == "palette" else "form"
        return done.to_json(), (
            f"{plural(len(images), 'picture')} in {plural(k, 'group')} by {by}; how clear they are: "
            f"{done.clearness.score:.2f}, {done.clearness.word}."
        )

    hashes = chain.hashes(shown)
    asked = {"images": hashes, "k": count, "features": features}
    found = chain.stage("groups", asked, grouping, chain.has_run)
    labels = {"images": hashes, "labels": (found or {}).get("labels")}
    if found is not None:
        _sort(chain, shown, labels, look)
    _map(chain, shown, {**labels, "features": features}, look)
    _canvases(chain, shown, labels, look)
    return look


def _number(found: Groups) -> int:
    """The number of groups, of some few, whose silhouette is furthest above chance."""
    above = {k: s - found.chance[k][1] for k, s in found.silhouettes.items() if k in found.chance}
    few = {k: m for k, m in above.items() if FEWEST <= k <= MOST} or above
    return max(few, key=lambda k: (few[k], -k), default=found.k)


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
        done = lay_out(
            chain.project, shown, method=method, features=asked["features"],
            on_progress=chain.on_progress,
        )  # fmt: skip
        if len(asked["images"]) < 2 * NEIGHBOURLY:  # nearly all are near
            return done.to_json(), f"Laid out as a map ({method})."
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
            chain.project, shown, to=CANVASES, by="group", size=SIZE, dpi=DPI, layout="block",
            cells="fit", leave_out=OFF, on_progress=chain.on_progress,
        )  # fmt: skip
        result = done.to_json()
        return result, f"{plural(len(result['files']), 'canvas')} of {SIZE} in {CANVASES}."

    def everything() -> tuple[dict[str, Any], str]:
        done = sheet(
            chain.project, shown, to=OVERVIEW, size=SIZE, dpi=DPI, layout="likeness",
            cells="fit", leave_out=OFF, on_progress=chain.on_progress,
        )  # fmt: skip
        return done.to_json(), f"All on one canvas, the alike side by side: {OVERVIEW}."

    if asked["labels"] and chain.stage(
        "canvases", asked, by_group, lambda r: chain.has_files(*files(r))
    ):
        look["canvases"] = CANVASES
    if chain.stage("overview", asked, everything, lambda r: chain.has_files(*files(r))):
        look["all on one canvas"] = OVERVIEW
