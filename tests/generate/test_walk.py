"""The way between latents: on the sphere, through every station, slow at each."""

import math

import pytest
import torch

from latelier.generate.walk import eased, slerp, stations, walk


def latents(n: int, *shape: int) -> list[torch.Tensor]:
    return list(torch.randn((n, 1, *shape), generator=torch.Generator().manual_seed(1)))


def test_the_ends_are_given_back_to_the_bit() -> None:
    a, b = latents(2, 3, 4, 4)
    assert slerp(a, b, 0.0) is a
    assert slerp(a, b, 1.0) is b
    assert slerp(a, b, 0.3).shape == a.shape
    assert slerp(a, b, 0.3).dtype == a.dtype


def test_points_between_keep_length_and_share_of_the_angle() -> None:
    a, b = latents(2, 64)
    b = b * 2
    whole = math.acos(float((a * b).sum() / (a.norm() * b.norm())))
    for t in (0.1, 0.5, 0.9):
        c = slerp(a, b, t)
        assert float(c.norm()) == pytest.approx(float((1 - t) * a.norm() + t * b.norm()), rel=1e-5)
        angle = math.acos(float((a * c).sum() / (a.norm() * c.norm())))
        assert angle == pytest.approx(t * whole, rel=1e-4)


def test_equal_opposite_and_empty_latents_are_no_trouble() -> None:
    (a,) = latents(1, 8)
    for b in (a, a * 3, -a, a * 0):
        assert torch.isfinite(slerp(a, b, 0.4)).all()
    assert torch.allclose(slerp(a, a, 0.4), a)


@pytest.mark.parametrize("loop", [True, False])
@pytest.mark.parametrize(("count", "frames"), [(2, 3), (2, 30), (3, 10), (5, 91), (7, 8)])
def test_every_image_stands_on_its_station(count: int, frames: int, loop: bool) -> None:
    keys = latents(count, 6)
    way = list(walk(keys, frames, loop))
    assert len(way) == frames
    at = stations(count, frames, loop)
    assert len(set(at)) == count
    for key, place in zip(keys, at, strict=True):
        assert torch.equal(way[place], key)
    assert torch.equal(way[-1], keys[-1]) is not loop or frames == at[-1] + 1


def test_a_loop_ends_a_step_before_its_beginning() -> None:
    way = list(walk(latents(3, 40), 60, loop=True))
    steps = [float((b - a).norm()) for a, b in zip(way, [*way[1:], way[0]], strict=True)]
    assert max(steps) < 3 * sorted(steps)[len(steps) // 2]


def test_the_way_is_slow_at_the_images() -> None:
    assert eased(0.1) < 0.05
    assert eased(0.9) > 0.95
    assert all(eased(i / 50) < eased((i + 1) / 50) for i in range(50))
