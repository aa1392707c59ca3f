"""The statistics of the Aesthetics Toolbox, against the values it published and pictures that are known."""

import numpy as np
import pytest
from scipy import ndimage

from latelier.features import _fractal, _oriented, _pyramid, _waves, _weight, aesthetics
from latelier.features._colour import lab


def named(pixels: np.ndarray) -> dict[str, float]:
    return dict(
        zip((m.name for m in aesthetics.MEASURES), aesthetics.describe(pixels), strict=True)
    )


def grey(plane: np.ndarray) -> np.ndarray:
    steps = np.clip(np.rint(plane), 0, 255).astype(np.uint8)
    return np.repeat(steps[..., None], 3, axis=2)


def random_phase(slope: float, seed: int) -> np.ndarray:
    """A picture of 512 px whose amplitude falls with frequency to -``slope``, its phases by lot."""
    rng = np.random.default_rng(seed)
    far = np.hypot(np.fft.fftfreq(512)[:, None], np.fft.rfftfreq(512)[None])
    far[0, 0] = np.inf
    phase = np.angle(np.fft.rfft2(rng.normal(size=(512, 512))))
    plane = np.fft.irfft2(far**-slope * np.exp(1j * phase), (512, 512))
    return grey(127.5 + 38.25 * plane / plane.std())


# means of the pictures SS_1 and SS_1.25 in the supplement of Redies and others (2025),
# Random_phase_QIPs.csv; those were JPEG files, whose grain is told below where it matters
PUBLISHED = {
    1.0: {
        "contrast": (15.19, 0.2),
        "lightness_entropy": (7.264, 0.03),
        "lightness_mean": (52.96, 0.1),
        "red_mean": (127.5, 0.1),
        "red_spread": (38.4, 0.3),
        "value_mean": (0.5, 0.001),
        "value_spread": (0.1506, 0.001),
        "complexity": (19.06, 0.8),
        "edge_density": (130.1, 4.0),
        "slope_redies": (-2.086, 0.1),
        "slope_isherwood": (-0.976, 0.05),
        "slope_mather": (-1.0, 0.02),
        "dimension_border": (1.847, 0.03),
        "dimension_relief": (2.717, 0.01),
        "self_similarity": (0.963, 0.005),
        "anisotropy": (6.09e-5, 3e-6),
        "evenness": (98.6, 1.0),
        "edge_entropy_1": (4.578, 0.005),
        "edge_entropy_2": (4.572, 0.02),
    },
    1.25: {
        "complexity": (8.73, 1.2),  # as their pictures vary
        "edge_density": (86.8, 8.0),
        "slope_mather": (-1.24, 0.02),
        "dimension_border": (1.539, 0.06),
        "dimension_relief": (2.573, 0.04),
        "self_similarity": (0.939, 0.015),
        "anisotropy": (1.0e-4, 1e-5),
        "edge_entropy_1": (4.578, 0.005),
        "edge_entropy_2": (4.565, 0.02),
    },
}


@pytest.mark.parametrize("slope", PUBLISHED)
def test_pictures_of_random_phase_have_the_published_values(slope: float) -> None:
    found = [named(random_phase(slope, seed)) for seed in range(3)]
    for name, (value, off) in PUBLISHED[slope].items():
        assert np.mean([f[name] for f in found]) == pytest.approx(value, abs=off), name


def test_every_pair_of_edges_is_counted_where_it_belongs() -> None:
    rng = np.random.default_rng(3)
    y, x = rng.integers(0, 346, (2, _oriented.LOT))
    way = ((y + x) // 30 % 6 * 2 + rng.integers(0, 3, _oriented.LOT)) % 24  # neighbours are alike
    down, across = y[None] - y[:, None], x[None] - x[:, None]  # of the other from each
    far = np.rint(np.hypot(down, across)).astype(int)
    turn = np.rint(np.arctan2(down, across) / (2 * np.pi) * _oriented.TURNS).astype(int)
    cells = np.zeros((_oriented.RINGS, _oriented.TURNS, _oriented.WAYS), int)
    inside = (far >= _oriented.NEAR) & (far < _oriented.FAR)
    ring = (far - _oriented.NEAR) // _oriented.RING
    seen = (turn + 2 * way[:, None]) % _oriented.TURNS
    differ = (way[None] - way[:, None]) % _oriented.WAYS
    np.add.at(cells, (ring[inside], seen[inside], differ[inside]), 1)
    found = _oriented.second(y * 346 + x, (346, 346), way, np.ones(_oriented.LOT))
    # a turn of just half a step may be rounded to either side
    assert found == pytest.approx(_oriented._mean_bits(cells), abs=0.01)
    assert found < 4.3, "or any answer would do"


def test_the_strongest_edges_come_in_order_and_of_those_alike_the_first() -> None:
    strength = np.random.default_rng(8).random(120_000).astype(np.float32)
    strength[::3] = 0.95  # more than there is room for
    found = _oriented.strongest(strength)
    assert len(found) == _oriented.STRONGEST
    assert (np.diff(found) > 0).all()
    stronger = np.flatnonzero(strength > np.float32(0.95))
    alike = np.flatnonzero(strength == np.float32(0.95))[: _oriented.STRONGEST - len(stronger)]
    np.testing.assert_array_equal(found, np.sort(np.concatenate([stronger, alike])))
    few = np.zeros(120_000, np.float32)
    few[[7, 70_000]] = 1
    np.testing.assert_array_equal(_oriented.strongest(few), [7, 70_000])


def test_edges_of_one_way_have_no_entropy_and_rings_have_all() -> None:
    y, x = np.mgrid[:300, :400]
    stripes = np.clip(128 + 100 * np.sin(2 * np.pi * x / 8), 0, 255).astype(np.uint8)
    rings = np.clip(128 + 100 * np.sin(np.hypot(y - 150, x - 200) * 0.8), 0, 255).astype(np.uint8)
    assert _oriented.edges(stripes)[1] < 1.1, "stripes have two sides"
    assert _oriented.edges(rings)[1] > 4.5
    nothing = _oriented.edges(np.full((60, 60), 90, np.uint8))
    assert nothing == pytest.approx((0, 0, 0), abs=1e-4)


def test_the_filters_are_those_of_the_definition() -> None:
    plane = ndimage.gaussian_filter(np.random.default_rng(0).random((60, 70)), 1) * 255
    parts, strength = _oriented.answers(plane.astype(np.float32))
    way = _oriented.directions(parts, np.arange(plane.size)).reshape(plane.shape)
    x, y = np.meshgrid(np.arange(-7, 8), np.arange(-7, 8))
    sigma = 8 / np.pi * np.sqrt(np.log(2) / 2) * (2**4 + 1) / (2**4 - 1)
    bell = np.exp(-(x**2 + y**2) / (2 * sigma**2))
    found = []
    for k in range(24):
        run = x * np.sin(2 * np.pi * k / 24) + y * np.cos(2 * np.pi * k / 24)
        found.append(ndimage.correlate(plane, bell * np.sin(2 * np.pi / 8 * run), mode="reflect"))
    np.testing.assert_allclose(strength, np.max(found, axis=0), atol=1e-3)
    assert (way == np.argmax(found, axis=0)).mean() > 0.999


def test_weight_has_its_middle_where_it_lies() -> None:
    page = np.full((200, 200), 255, np.uint8)
    page[90:110, 40:60] = 0  # a dark square left of the middle
    weight = _weight.heavy(page)
    off, left, up = _weight.middle(weight)
    assert (left, up) == pytest.approx((0.25, 0), abs=0.01)
    assert off == pytest.approx(50, abs=1)
    assert _weight.middle(_weight.heavy(page[:, ::-1]))[1] == pytest.approx(-0.25, abs=0.01)
    assert _weight.middle(_weight.heavy(255 - page)) == (off, left, up), "light on dark weighs too"


def test_balance_and_mirrors_are_perfect_where_all_is_even() -> None:
    even = np.zeros((128, 128), np.uint8)
    assert _weight.balance(255 - even) < 2
    assert _weight.evenness(even) == 100
    assert _weight.mirrored(even) == pytest.approx(100, abs=1)
    half = even.copy()
    half[:, 64:] = 255
    assert _weight.balance(255 - half) > 25
    assert _weight.mirrored(half) < 70


def test_dimensions_are_those_of_lines_planes_and_noise() -> None:
    x = np.mgrid[:256, :256][1]
    straight = np.where(x < 101, 0, 255).astype(np.uint8)
    assert _fractal.border(straight) == pytest.approx(1, abs=0.05)
    noise = np.random.default_rng(0).integers(0, 256, (256, 256)).astype(np.uint8)
    assert _fractal.border(noise) == pytest.approx(2, abs=0.05)
    assert _fractal.relief(np.full((256, 256), 7, np.uint8)) == pytest.approx(2, abs=0.25)
    assert _fractal.relief(noise) > 2.8


def test_slopes_are_those_that_noise_was_made_with() -> None:
    plane = random_phase(1.2, 5)[..., 0]
    assert _waves.spehar(plane) == pytest.approx((-1.27, -1.2), abs=0.05)
    assert _waves.redies(plane)[0] == pytest.approx(-2.5, abs=0.12)
    even = np.full((80, 90), 5, np.uint8)
    assert (_waves.redies(even), _waves.spehar(even), _waves.mather(even)) == ((0, 0), (0, 0), 0)


def test_stripes_are_like_themselves_and_a_mark_is_not() -> None:
    x = np.arange(256)[None] * np.ones((256, 1))
    stripes = grey(128 + 100 * np.sin(2 * np.pi * x / 16))
    mark = np.full((256, 256, 3), 255, np.uint8)
    mark[20:60, 30:34] = 0
    alike, _, uneven = _pyramid.pyramid(np.moveaxis(lab(stripes), -1, 0))
    assert alike > 0.9
    assert _pyramid.pyramid(np.moveaxis(lab(mark), -1, 0))[0] < 0.1
    noise = grey(np.random.default_rng(0).normal(128, 40, (256, 256)))
    assert uneven > 5 * _pyramid.pyramid(np.moveaxis(lab(noise), -1, 0))[2]


def test_colours_are_counted_on_the_circle() -> None:
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:, :32, 0] = 255  # red
    pixels[:, 32:] = (255, 0, 4)  # red from the other side of the circle
    found = named(pixels)
    assert min(found["hue_mean"], 1 - found["hue_mean"]) < 0.01
    assert found["hue_spread"] < 0.01
    assert (found["saturation_mean"], found["value_mean"]) == pytest.approx((1, 1))
    assert (found["red_mean"], found["blue_mean"]) == pytest.approx((255, 2))
    assert found["colour_entropy"] == pytest.approx(1), "two hues, one bit"
    assert (found["size"], found["aspect"]) == (128, 1)
