"""What leaves the project tells nothing but the picture, and the picture to the bit."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from drawn import cloth
from latelier.collection import bare

SECRETS = (b"Oaxaca 17.06", b"Olympus", b"http://ns.adobe.com/xap", b"photographer")
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
KINDS = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF", "GIF")


def exif(orientation: int) -> Image.Exif:
    told = Image.Exif()
    told[0x0112] = orientation
    told[0x010F] = "Olympus"
    told[0x013B] = "the photographer"
    told.get_ifd(0x8825).update({1: "N", 29: "Oaxaca 17.06"})
    return told


def told(kind: str, orientation: int = 1) -> bytes:
    """A picture in a file that tells a lot about who took it where."""
    picture = Image.fromarray(cloth(np.random.default_rng(3), 40, 56))
    xmp = b"<x:xmpmeta xmlns:a='http://ns.adobe.com/xap/1.0/'>the photographer</x:xmpmeta>"
    more: dict = {"exif": exif(orientation).tobytes(), "icc_profile": PROFILE}
    if kind == "JPEG":
        more |= {"comment": b"photographer", "xmp": xmp, "progressive": True}
    elif kind == "PNG":
        text = PngInfo()
        text.add_text("Author", "photographer")
        text.add_itxt("XML:com.adobe.xmp", xmp.decode())
        more |= {"pnginfo": text}
    elif kind == "GIF":
        more = {"comment": b"photographer"}
        picture = picture.quantize(16)
    elif kind == "TIFF":
        more = {"exif": exif(orientation), "icc_profile": PROFILE, "compression": "tiff_lzw"}
    else:
        more |= {"xmp": xmp}
    file = io.BytesIO()
    picture.save(file, kind, **more)
    return file.getvalue()


@pytest.mark.parametrize(
    ("kind", "orientation"), [*((k, 1) for k in KINDS), *((k, 6) for k in KINDS if k != "AVIF")]
)
def test_metadata_is_gone_and_the_pixels_are_the_same(kind: str, orientation: int) -> None:
    data = told(kind, orientation)
    assert any(secret in data for secret in SECRETS)
    left = bare(data)
    assert not [secret for secret in SECRETS if secret in left]
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(left)) as after:
        assert np.array_equal(np.asarray(before), np.asarray(after))
        assert before.getexif().get(0x0112, 1) == after.getexif().get(0x0112, 1)
        assert before.info.get("icc_profile") == after.info.get("icc_profile")
        assert not after.getexif().get_ifd(0x8825)
    assert bare(left) == left


def test_what_is_hung_on_behind_a_picture_is_cut_off() -> None:
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        data = told(kind)
        assert b"a film" not in bare(data + b"a film of Oaxaca 17.06")


def test_a_file_that_tells_nothing_stays_as_it_is() -> None:
    picture = Image.fromarray(cloth(np.random.default_rng(3), 40, 56))
    for kind in ("PNG", "BMP", "WEBP"):
        file = io.BytesIO()
        picture.save(file, kind)
        assert bare(file.getvalue()) == file.getvalue()


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8\xff", b"GIF89a", b"RIFF____", b"no picture", b"II*\0"]
)
def test_what_cannot_be_told_apart_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"it is|its "):
        bare(data)
