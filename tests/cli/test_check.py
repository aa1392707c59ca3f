"""`latelier check` as a person calls it."""

from pathlib import Path


def test_the_verdict_comes_first_and_each_finding_says_what_to_do(
    latelier, project, photos: Path
) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff broken")
    project.add(photos)
    said = latelier("-C", project.root, "check")
    assert said.code == 0
    assert said.out.startswith("Care: 24 pictures; look at this first.")
    assert "1 file could not be read.\n    " in said.out
    assert "24 pictures have no rights stated." in said.out
    assert "--rights" in said.out
    told = latelier("-C", project.root, "check", "--json").json
    assert told["verdict"] == "care"
    assert {f["kind"]: f["count"] for f in told["findings"]} == {"unreadable": 1, "no-rights": 24}


def test_too_few_pictures_stop_and_an_unknown_set_is_wrong_usage(latelier, project) -> None:
    said = latelier("-C", project.root, "check")
    assert said.code == 0
    assert "learning needs 16" in said.out
    assert latelier("-C", project.root, "check", "--set", "orginals").code == 2
