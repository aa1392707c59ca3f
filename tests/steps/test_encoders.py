"""Encoders instead of named numbers: taught, read from a file, kept by content, refused."""

from pathlib import Path

import numpy as np
import pytest
import torch

from drawn import cloth, ink_form
from entered import enter
from latelier import registry
from latelier.errors import Damaged, TooFew, UnknownName, UsageError
from latelier.explain import heat
from latelier.progress import silent
from latelier.project import Image
from latelier.steps import _encoders
from latelier.steps._explaining import heads_for, newest_reading
from latelier.steps._measured import measured
from latelier.steps.open_project import Atelier
from latelier.steps.replay import replay

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")


@pytest.fixture
def kinds(project: Atelier) -> Atelier:
    """Cloths and ink forms, most of them labelled."""
    rng = np.random.default_rng(3)
    enter(project, {f"cloth {i}.png": cloth(rng, 40, 40) for i in range(9)})
    enter(project, {f"ink {i}.png": ink_form(rng, 40) for i in range(9)})
    for kind in ("cloth", "ink"):
        chosen = [i.path for i in project.images.where() if i.name.startswith(kind)]
        project.label("kind", chosen[:8], name=kind)
    return project


class Means(torch.nn.Module):
    """The mean and spread of each colour."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([x.mean((2, 3)), x.std((2, 3))], 1)


@pytest.fixture
def network(tmp_path: Path) -> str:
    place = tmp_path / "means.pt"
    torch.jit.save(torch.jit.trace(Means(), torch.zeros(1, 3, 64, 64)), str(place))
    return f"torchscript:{place}"


def images(project: Atelier) -> list[Image]:
    return project.images.where()


def test_a_network_of_a_file_tells_labels_and_stands_beside_each_number(
    kinds: Atelier, network: str
) -> None:
    done = kinds.classify("kind", features=[network], head="lda")
    assert done.learnt["accuracy"] > 0.9
    assert {p.split("/")[1].split()[0]: g.said for p, g in done.others.items()} == {
        "cloth": "cloth",
        "ink": "ink",
    }
    numbers = measured(kinds, images(kinds), [network])
    assert numbers.table.shape == (18, 6)
    assert all(column.startswith("torchscript-") for column in numbers.columns)
    assert numbers.measures[0].says.endswith(f"that {numbers.columns[0].partition('.')[0]} sees.")
    assert replay(kinds, done.run).differs == []
    told = kinds.explain("ink 8.png", heat="none")
    assert told.said == "ink"
    name = numbers.columns[0].partition(".")[0]
    assert list(told.families) == [name]
    assert f"What {name} sees has no words" in " ".join(told.sentences)
    assert not [s for s in told.sentences if s.startswith(("For it", "Against it"))]


def test_the_encoder_that_is_taught_here_is_the_same_whatever_the_order(
    kinds: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry.load("extractors", "self"), "ROUNDS", 8)
    some = images(kinds)[:12]
    first = measured(kinds, some, ["self"])
    second = measured(kinds, some[::-1], ["self"], taught_on=some[::-1])
    np.testing.assert_array_equal(first.table, second.table[::-1])
    other = measured(kinds, some, ["self"], taught_on=images(kinds))
    assert not np.allclose(first.table, other.table), "taught on others, it sees otherwise"


def test_what_was_seen_once_is_kept_by_content(
    kinds: Atelier, network: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = measured(kinds, images(kinds), [network, "colour"])

    def never(self: object, pixels: np.ndarray) -> np.ndarray:
        raise AssertionError("it was seen before")

    monkeypatch.setattr(_encoders.Encoder, "describe", never)
    again = measured(kinds, images(kinds), [network, "colour"])
    np.testing.assert_array_equal(again.table, first.table)
    assert again.columns == first.columns


def test_what_is_no_encoder_is_said_in_a_sentence(kinds: Atelier, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs the weights of MobileNetV2"):
        kinds.classify("kind", features=["mobilenet"])
    with pytest.raises(UsageError, match="is not there"):
        kinds.classify("kind", features=[f"mobilenet:{tmp_path / 'none.npz'}"])
    false = tmp_path / "weights.npz"
    false.write_bytes(b"these are no weights")
    for kind in ("mobilenet", "onnx", "torchscript"):
        with pytest.raises(Damaged, match=r"weights\.npz is not"):
            kinds.classify("kind", features=[f"{kind}:{false}"])
    with pytest.raises(UnknownName, match="mobilenet"):
        kinds.classify("kind", features=["mobilnet"])
    with pytest.raises(TooFew, match="too few to teach the encoder"):
        measured(kinds, images(kinds)[:3], ["self"])
    assert not [r for r in kinds.runs.all() if r.step == "classify"]


def test_gradcam_shows_where_an_encoder_looks_and_how_far_to_believe_it(
    kinds: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry.load("extractors", "self"), "ROUNDS", 8)
    kinds.classify("kind", features=["colour", "self"], head="lda")
    asked: list[np.ndarray] = []
    gradcam = heat.gradcam

    def watched(maps: np.ndarray, slopes: np.ndarray) -> np.ndarray:
        asked.append(slopes)
        return gradcam(maps, slopes)

    monkeypatch.setattr(heat, "gradcam", watched)
    done = kinds.explain("ink 8.png", heat="gradcam")
    assert done.faith is not None
    assert done.faith.words in done.sentences
    run = newest_reading(kinds, "kind", None)
    found = heads_for(kinds, kinds.images.find("ink 8.png"), run, silent)
    each = np.mean([head.weights()[0] for head in found.heads], axis=0)
    w = each[found.classes.index("ink")] - each.mean(axis=0)
    spread = found.heads[0].spread_
    first = len(w) - 2 * 96  # the means of the third layer stand before its spreads
    straight = (w / spread)[first : first + 96]
    inside = np.abs(found.heads[0].scaled(found.x[None])[0, first : first + 96]) < 3.5
    assert np.corrcoef(asked[0][inside], straight[inside])[0, 1] > 0.95


def test_an_encoder_that_hides_its_maps_is_named_before_a_run_begins(
    kinds: Atelier, network: str
) -> None:
    kinds.classify("kind", features=[network], head="lda")
    with pytest.raises(UsageError, match="ONNX and TorchScript"):
        kinds.explain("ink 8.png", heat="gradcam")
    assert not [r for r in kinds.runs.all() if r.step == "explain"]
