"""A way from image to image through the latents of a model: spherical steps, slow at each image.

Ken Shoemake, "Animating Rotation with Quaternion Curves" (SIGGRAPH 1985), the formula
slerp(a, b; t) = (sin((1-t) w) a + sin(t w) b) / sin(w). Points drawn from a normal distribution in many
dimensions lie near a sphere; a straight line between two of them leaves it, and its middle looks washed
out (Tom White, "Sampling Generative Networks", 2016).
"""

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

PARALLEL = 1e-4  # radians; below, the formula divides nothing by nothing and the line is as good


def slerp(a: Tensor, b: Tensor, t: float) -> Tensor:
    """A point between two latents, at the share ``t`` of the angle and of the length.

    Args:
        a: one latent, any shape; given back as it is for t = 0.
        b: another of the same shape; given back as it is for t = 1.
        t: 0 to 1.
    """
    if t in (0.0, 1.0):
        return b if t else a
    x, y = a.flatten().double(), b.flatten().double()
    long_x, long_y = x.norm(), y.norm()
    if min(long_x, long_y) == 0:
        return ((1 - t) * x + t * y).reshape(a.shape).to(a.dtype)
    x, y = x / long_x, y / long_y
    angle = torch.acos(torch.clamp(x @ y, -1.0, 1.0))
    if angle < PARALLEL or math.pi - angle < PARALLEL:
        way = (1 - t) * x + t * y
    else:
        way = (torch.sin((1 - t) * angle) * x + torch.sin(t * angle) * y) / torch.sin(angle)
    length = (1 - t) * long_x + t * long_y
    return (length * way).reshape(a.shape).to(a.dtype)


def eased(t: float) -> float:
    """The share of the way after the share ``t`` of the time: slow at both ends.

    >>> eased(0.0), eased(0.5), eased(1.0)
    (0.0, 0.5, 1.0)
    """
    return t * t * (3 - 2 * t)


def stations(count: int, frames: int, loop: bool) -> list[int]:
    """The number of the frame on which each image stands.

    Args:
        count: of images.
        frames: in all.
        loop: from the last image back to the first, whose frame does not come twice.

    >>> stations(3, 11, False), stations(3, 12, True)
    ([0, 5, 10], [0, 4, 8])
    """
    if loop:
        return [i * frames // count for i in range(count)]
    return [i * (frames - 1) // max(count - 1, 1) for i in range(count)]


def steps(count: int, frames: int, loop: bool) -> Iterator[tuple[int, int, float]]:
    """Of each frame the images that it lies between, and the share of the way from one to the other.

    >>> list(steps(2, 3, False))
    [(0, 1, 0.0), (0, 1, 0.5), (1, 1, 0.0)]
    """
    at = stations(count, frames, loop)
    ways = [(i, i + 1) for i in range(count - 1)]
    ends = [*at[1:]]
    if loop:
        ways.append((count - 1, 0))
        ends.append(frames)
    for (first, second), end in zip(ways, ends, strict=True):
        length = end - at[first]
        for step in range(length):
            yield first, second, eased(step / length)
    if not loop:
        yield count - 1, count - 1, 0.0


def walk(latents: Sequence[Tensor], frames: int, loop: bool) -> Iterator[Tensor]:
    """The latent of each frame.

    Args:
        latents: where to pass, each of one shape; on its station each is given as it is.
        frames: how many; at least as many as latents.
        loop: whether the last goes over into the first.
    """
    for first, second, t in steps(len(latents), frames, loop):
        yield slerp(latents[first], latents[second], t)
