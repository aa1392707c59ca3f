"""`latelier add` as a person calls it."""

from pathlib import Path


def test_adding_says_what_was_done_and_what_to_do_next(latelier, project, photos: Path) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff broken")
    (photos / "list.csv").write_text("a,b")
    said = latelier("-C", project.root, "add", photos, "--rights", "CC0", "--credit", "Ana")
    assert said.code == 0
    assert "Added 24 pictures." in said.out
    assert "1 other file was left aside" in said.out
    assert "broken.jpg: it is damaged" in said.out
    assert said.out.rstrip().endswith("Next: latelier check")
    assert project.journal.entries()[0].said == "Added pictures from photos"


def test_json_has_the_counts_and_the_refused(latelier, project, photos: Path) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff broken")
    said = latelier("-C", project.root, "add", photos, "--json")
    assert (said.json["added"], said.json["known"]) == (24, 0)
    assert said.json["refused"][0]["file"].endswith("broken.jpg")
    assert set(said.json["refused"][0]) == {"file", "reason"}
    again = latelier("-C", project.root, "add", photos, "--json")
    assert (again.json["added"], again.json["known"]) == (0, 24)


def test_bad_places_are_one_sentence_each(latelier, project, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("words")
    (tmp_path / "texts" / "only.jpg").write_text("words")
    for place, code, words in (
        ("empty", 1, "There are no pictures in empty"),
        ("nowhere", 2, "nowhere is not there"),
        (project.root, 2, "lies in the project itself"),
    ):
        said = latelier("-C", project.root, "add", place)
        assert said.code == code
        assert words in said.err
        assert said.err.count("\n") == 1
    said = latelier("-C", project.root, "add", "texts", "--json")
    assert said.code == 1  # nothing at all could be taken, and the list says why
    assert said.json["added"] == 0
    assert "no picture that can be read here" in said.json["refused"][0]["reason"]
    assert not list((project.root / "sources").iterdir())


def test_a_refused_file_is_named_as_its_folder_was_typed(
    latelier, project, photos: Path, tmp_path: Path
) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff broken")
    (tmp_path / "desk").mkdir()
    typed = f"desk/../{photos.name}"  # as one types ../photos from within a project
    said = latelier("-C", project.root, "add", typed)
    assert f"  {typed}/broken.jpg: it is damaged" in said.out
    assert project.images.refused()[0]["file"] == str(photos / "broken.jpg")
