"""Film the way from image to image through what a model has learnt."""

import click

from latelier.cli._shell import Shell, command


@command()
@click.argument("places", nargs=-1, required=True, metavar="SEED|IMAGE...")
@click.option("-o", "--to", default="out/walk.mp4", show_default=True, metavar="FILE|DIR",
              help="A .mp4, .mov or .webp, or a folder for single pictures.")  # fmt: skip
@click.option("--loop", is_flag=True, help="From the last image back to the first.")
@click.option("--seconds", type=float, default=12.0, show_default=True, help="How long.")
@click.option("--fps", type=float, default=30.0, show_default=True, help="Pictures a second.")
@click.option("--run", metavar="RUN", help="Of the training; that of the images, or the newest.")
@click.option("--variety", type=float, help="As for make; that of the images, or 0.8.")
@click.option("--snapshot", type=click.IntRange(0), help="An earlier step instead of the best.")
@click.option(
    "--size", type=int, help="The shorter side in pixels; else a whole multiple from 512."
)
@click.option("--nearest", is_flag=True, help="Enlarge pixel by pixel, without smoothing.")
def walk(shell: Shell, places: tuple[str, ...], **words: object) -> None:
    """Film the way from image to image: seeds, made images, or set:NAME.

    On its station each image is the very one that `make` gives for that seed. A vae also passes
    pictures it learned from, as it understood them.
    """
    from latelier.steps.walk import walk as step

    project = shell.project()
    with shell.progress("Filming") as on_progress:
        done = step(project, places, on_progress=on_progress, **words)  # type: ignore[arg-type]
    lines = [
        f"Filmed {len(done.seeds)} images of {done.model_run} in {done.frames} pictures, "
        f"{done.frames / done.fps:g} s at {done.fps:g} a second, {done.size[0]} x {done.size[1]} px: "
        f"{done.file}",
    ]
    if done.jumps:
        lines.append(
            f"It jumps: in one picture it goes {done.largest_step:.0%} of the way between two images. "
            "Take more seconds, or another model."
        )
    if done.woven_over:
        lines.append(
            "Each image is woven over into the next, piece by piece: what is put together from pieces "
            "has no way through latents."
        )
    shell.done(done.to_json(), lines, then="latelier report")
