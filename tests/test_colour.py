"""Any Pillow picture as upright sRGB rows."""

import io
import itertools
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from skimage.color import deltaE_ciede2000, rgb2lab

import profiles
from drawn import cloth
from latelier import colour, images

PICTURE = cloth(np.random.default_rng(1), 40, 56)
RGB = Image.fromarray(PICTURE)
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,  # stored so that turning it clockwise sets it right
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def encoded(light: np.ndarray) -> np.ndarray:
    """Linear light to sRGB, 0..1 (IEC 61966-2-1)."""
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def reopened(picture: Image.Image, kind: str, **options: object) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return Image.open(file, formats=images.FORMATS)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_the_eight_orientations_come_out_equal(kind: str, turn: int) -> None:
    stored = RGB.transpose(TURNS[turn]) if turn > 1 else RGB
    exif = Image.Exif()
    exif[colour.ORIENTATION] = turn
    picture = reopened(stored, kind, exif=exif, **({"lossless": True} if kind == "WEBP" else {}))
    assert np.array_equal(colour.upright(picture), PICTURE)
    assert colour.upright_size(picture) == (56, 40)


def test_a_nonsense_orientation_is_none() -> None:
    exif = Image.Exif()
    exif[colour.ORIENTATION] = 77
    assert np.array_equal(colour.upright(reopened(RGB, "PNG", exif=exif)), PICTURE)


def test_real_orientations_come_out_upright(shared_data: Path) -> None:
    folder = shared_data / "bad-images" / "exif-orientation"
    shown = [images.read(folder / f"Portrait_{i}.jpg") for i in range(1, 9)]
    assert {s.shape for s in shown} == {shown[0].shape}
    for other in shown[1:]:
        assert np.abs(other.astype(int) - shown[0]).mean() < 4  # each was compressed anew


@pytest.mark.parametrize(
    ("primaries", "gamma"),
    [(profiles.ADOBE, 563 / 256), (profiles.PROPHOTO, 1.8), (profiles.SRGB, 1.0)],
    ids=["adobe", "prophoto", "linear"],
)
def test_a_wide_gamut_picture_is_within_one_delta_e_of_the_exact_colour(
    primaries: np.ndarray, gamma: float
) -> None:
    values = np.random.default_rng(2).integers(60, 256, (96, 96, 3)).astype(np.uint8)
    profile = profiles.rgb(primaries, gamma)
    shown = colour.upright(reopened(Image.fromarray(values), "PNG", icc_profile=profile))
    light = ((values / 255) ** (round(gamma * 256) / 256)) @ primaries.T
    light = light @ np.linalg.inv(profiles.SRGB).T
    inside = ((light >= 0) & (light <= 1)).all(-1)
    apart = deltaE_ciede2000(rgb2lab(shown / 255), rgb2lab(encoded(light)))[inside]
    assert inside.sum() > 500
    assert apart.max() < 1
    assert np.abs(shown.astype(int) - values).max() > 10  # the profile did something


@pytest.mark.parametrize("primaries", [profiles.ADOBE, profiles.PROPHOTO, profiles.SRGB])
def test_near_black_nothing_is_lost_but_by_rounding(primaries: np.ndarray) -> None:
    values = np.random.default_rng(2).integers(0, 60, (96, 96, 3)).astype(np.uint8)
    profile = profiles.rgb(primaries, 1.8)
    shown = colour.upright(reopened(Image.fromarray(values), "PNG", icc_profile=profile))
    light = ((values / 255) ** (461 / 256)) @ primaries.T @ np.linalg.inv(profiles.SRGB).T
    inside = ((light >= 0) & (light <= 1)).all(-1)
    exact = rgb2lab(encoded(light))
    rounded = np.rint(encoded(np.clip(light, 0, 1)) * 255) / 255
    assert inside.sum() > 1000
    apart, least = (
        deltaE_ciede2000(rgb2lab(v), exact)[inside].max() for v in (shown / 255, rounded)
    )
    assert apart < least + 0.3


@pytest.mark.parametrize("gamma", [1.0, 1.4, 2.2])
def test_eight_bits_of_grey_are_within_one_delta_e_down_to_black(gamma: float) -> None:
    values = np.arange(256, dtype=np.uint8)[None].repeat(4, axis=0)
    picture = Image.fromarray(values)
    picture.info["icc_profile"] = profiles.grey(gamma)
    wanted = encoded((values / 255) ** (round(gamma * 256) / 256))[..., None].repeat(3, -1)
    apart = deltaE_ciede2000(rgb2lab(colour.upright(picture) / 255), rgb2lab(wanted))
    assert apart.max() < 0.8


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK", "L", "LA"])
def test_profiles_are_applied_as_littlecms_does_whatever_the_mode(mode: str) -> None:
    picture = RGB.convert(mode)
    profile = {"CMYK": profiles.cmyk(), "L": profiles.grey(1.4), "LA": profiles.grey(1.4)}.get(
        mode, profiles.rgb(profiles.ADOBE, 2.2)
    )
    picture.info["icc_profile"] = profile
    plain = picture.convert({"LA": "L", "CMYK": "CMYK", "L": "L"}.get(mode, "RGB"))
    wanted = ImageCms.profileToProfile(
        plain,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        colour.SRGB,
        outputMode="RGB",
        flags=ImageCms.Flags.NOOPTIMIZE if mode == "CMYK" else ImageCms.Flags.NONE,
    )
    if mode in ("L", "LA"):  # looked up where littleCMS's short cut loses the shadows
        apart = deltaE_ciede2000(
            rgb2lab(colour.upright(picture) / 255), rgb2lab(np.asarray(wanted) / 255)
        )
        assert apart.max() < 1
    else:
        assert np.array_equal(colour.upright(picture), np.asarray(wanted))


@pytest.mark.parametrize(
    "profile",
    [b"nonsense", profiles.cmyk(), profiles.grey(1.0), profiles.rgb(profiles.ADOBE, 2.2)[:400]],
)
def test_a_profile_that_is_broken_or_for_other_modes_is_left_aside(profile: bytes) -> None:
    picture = RGB.copy()
    picture.info["icc_profile"] = profile
    assert np.array_equal(colour.upright(picture), PICTURE)


def test_a_cmyk_jpeg_with_adobes_inverted_inks_is_no_negative() -> None:
    stored = reopened(RGB.convert("CMYK"), "JPEG", quality=98)
    assert stored.mode == "CMYK"
    shown = colour.upright(stored)
    assert np.abs(shown.astype(int) - PICTURE).mean() < 6
    stored.info["icc_profile"] = profiles.cmyk()
    brighter = colour.upright(stored).mean((0, 1)) - 128
    assert np.corrcoef(brighter, PICTURE.mean((0, 1)))[0, 1] > 0.5


def test_no_ink_is_further_from_littlecms_than_a_rounding() -> None:
    """Its own table for CMYK is up to 15 levels off where a colour leaves what sRGB holds."""
    inks = np.random.default_rng(0).integers(0, 256, (100, 100, 4), np.uint8)
    inks[:50] //= 4
    picture = Image.frombytes("CMYK", (100, 100), inks.tobytes())
    source = ImageCms.ImageCmsProfile(io.BytesIO(profiles.cmyk()))
    exact, quick = (
        np.asarray(
            ImageCms.buildTransform(source, colour.SRGB, "CMYK", "RGB", flags=f).apply(picture)
        )
        for f in (ImageCms.Flags.NOOPTIMIZE, ImageCms.Flags.HIGHRESPRECALC)
    )
    picture.info["icc_profile"] = profiles.cmyk()
    shown, wanted = rgb2lab(colour.upright(picture) / 255), rgb2lab(exact / 255)
    assert deltaE_ciede2000(shown, wanted).max() < 0.1
    assert deltaE_ciede2000(rgb2lab(quick / 255), wanted).max() > 1


@pytest.mark.parametrize("order", ["I;16", "I;16B"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_of_grey_are_rounded_to_eight(order: str, kind: str) -> None:
    deep = np.arange(0, 65536, 37, dtype=np.uint16)[:1768].reshape(34, 52)
    data = deep.astype("<u2" if order == "I;16" else ">u2").tobytes()
    if order == "I;16B" and kind == "PNG":
        pytest.skip("a PNG has one byte order")
    picture = reopened(Image.frombytes(order, (52, 34), data), kind)
    shown = colour.upright(picture)
    assert np.array_equal(shown[..., 1], np.rint(deep / 257).astype(np.uint8))
    assert np.array_equal(shown[..., 0], shown[..., 2])


def test_sixteen_bits_of_linear_grey_keep_their_shadows() -> None:
    deep = np.linspace(0, 65535, 2048).astype("<u2").reshape(32, 64)
    picture = Image.frombytes("I;16", (64, 32), deep.tobytes())
    picture.info["icc_profile"] = profiles.grey(1.0)
    shown = colour.upright(picture)
    wanted = np.repeat(encoded(deep / 65535)[..., None], 3, -1)
    assert deltaE_ciede2000(rgb2lab(shown / 255), rgb2lab(wanted)).max() < 1
    assert len(np.unique(shown)) > 240  # eight bits before the profile would leave some 180


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (np.array([[0.0, 0.5, 1.0]], np.float32), [0, 128, 255]),
        (np.array([[0.0, 128.0, 255.0]], np.float32), [0, 128, 255]),
        (np.array([[0, 32768, 65535]], np.int32), [0, 128, 255]),
        (np.array([[-10, 0, 10]], np.int32), [0, 128, 255]),
        (np.array([[np.nan, 0.0, np.inf]], np.float32), [0, 0, 255]),
        (np.array([[np.nan, np.nan, np.nan]], np.float32), [0, 0, 0]),
        (np.array([[7, 7, 7]], np.int32), [7, 7, 7]),
    ],
)
def test_measurements_are_scaled_to_what_can_be_seen(values: np.ndarray, wanted: list[int]) -> None:
    shown = colour.upright(reopened(Image.fromarray(values), "TIFF"))
    assert shown[0, :, 0].tolist() == wanted


def test_transparent_parts_are_laid_on_the_ground() -> None:
    alpha = np.zeros(PICTURE.shape[:2], np.uint8)
    alpha[:, 28:] = 255
    alpha[:, 27] = 128
    ground = (10, 200, 30)
    clear = Image.fromarray(np.dstack([PICTURE, alpha]))
    for picture in (
        clear,
        reopened(clear, "WEBP", lossless=True, exact=True),
        reopened(clear, "TIFF"),
    ):
        shown = colour.upright(picture, ground)
        assert (shown[:, :27] == ground).all()
        assert np.array_equal(shown[:, 28:], PICTURE[:, 28:])
        half = (PICTURE[:, 27].astype(float) * 128 + np.array(ground) * 127) / 255
        assert np.abs(shown[:, 27] - half).max() <= 0.5


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "I;16"])
def test_one_colour_that_stands_for_nothing_becomes_ground(mode: str) -> None:
    pixels = np.zeros((4, 6), np.uint8)
    pixels[:, 3:] = 1
    picture = Image.fromarray(pixels * 255 if mode != "P" else pixels)
    if mode == "P":
        picture.putpalette([0, 0, 0, 255, 255, 255] + [0] * 762)
    elif mode == "I;16":
        picture = Image.frombytes("I;16", (6, 4), (pixels.astype("<u2") * 65535).tobytes())
    else:
        picture = picture.convert(mode)
    key: object = (0, 0, 0) if mode == "RGB" else 0
    stored = reopened(picture, "PNG", transparency=key)
    shown = colour.upright(stored, (1, 2, 3))
    assert (shown[:, :3] == (1, 2, 3)).all()
    assert (shown[:, 3:] == 255).all()


def test_lab_is_turned_by_littlecms() -> None:
    to_lab = ImageCms.buildTransform(colour.SRGB, ImageCms.createProfile("LAB"), "RGB", "LAB")
    shown = colour.upright(reopened(to_lab.apply(RGB), "TIFF"))
    assert deltaE_ciede2000(rgb2lab(shown / 255), rgb2lab(PICTURE / 255)).mean() < 1


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "PA", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV", "La", "RGBa"]
)
def test_every_mode_comes_out_as_pillow_shows_it(mode: str) -> None:
    base = {"PA": RGB.convert("P"), "La": RGB.convert("LA"), "RGBa": RGB.convert("RGBA")}.get(
        mode, RGB
    )
    picture = base.convert(mode)
    back = picture.convert("LA" if mode == "La" else "RGBA" if mode == "RGBa" else "RGB")
    assert np.array_equal(colour.upright(picture), np.asarray(back.convert("RGB")))


def test_bands_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = [RGB, RGB.convert("P"), RGB.convert("LA"), RGB.convert("F"), RGB.convert("CMYK")]
    whole = [colour.upright(p) for p in pictures]
    monkeypatch.setattr(colour, "BAND_PIXELS", 56 * 7)
    for picture, wanted in zip(pictures, whole, strict=True):
        assert np.array_equal(colour.upright(picture), wanted)
    tops = [top for top, _ in colour.bands(RGB)]
    assert tops == list(range(0, 40, 7))


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_a_moving_picture_the_first_is_taken(kind: str) -> None:
    frames = [
        Image.fromarray(cloth(np.random.default_rng(i), 16, 16)).convert("RGB") for i in (5, 6)
    ]
    options = {"lossless": True} if kind == "WEBP" else {}
    picture = reopened(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert getattr(picture, "n_frames", 1) == 2
    first = colour.upright(picture).astype(int)
    near, far = (np.abs(first - np.asarray(f)).mean() for f in frames)
    assert near < 12 < far  # a GIF has 256 colours


def test_turning_and_hashing_agree_with_the_upright_picture() -> None:
    for turn, (width, height) in itertools.product(range(1, 9), [(3, 500), (500, 3)]):
        values = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
        exif = Image.Exif()
        exif[colour.ORIENTATION] = turn
        view = colour.upright(reopened(Image.fromarray(values), "PNG", exif=exif))
        assert images.pixels_sha256(view) == images.pixels_sha256(view.copy())


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_picture_is_hashed_by_bands_as_it_is_whole(
    turned: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(colour, "BAND_PIXELS", 300)
    pixels = np.random.default_rng(0).integers(0, 256, (37, 53, 3)).astype(np.uint8)
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = turned
    Image.fromarray(pixels).save(file, "PNG", exif=exif)
    with Image.open(file) as picture:
        whole = colour.upright(picture)
        bands = list(colour.upright_bands(picture))
        assert len(bands) > 5
        assert np.array_equal(np.concatenate(bands), whole)
        assert images.picture_sha256(picture) == images.pixels_sha256(whole)
