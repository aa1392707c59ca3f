"""Sets are stars around a best copy; splits hold everything together that hangs together."""

from latelier.copies.stars import stars, together


def test_a_copy_of_a_copy_is_not_in_the_set_of_the_first() -> None:
    pairs = {("a", "b"): 0.9, ("b", "c"): 0.9, ("c", "d"): 0.9}
    made = stars(pairs, lambda k: (-ord(k),))
    assert [(s.keeper, s.members) for s in made] == [("a", ["b"]), ("c", ["d"])]


def test_each_picture_is_in_one_set_and_the_most_alike_come_first() -> None:
    pairs = {("a", "b"): 0.7, ("a", "c"): 0.9, ("b", "c"): 1.0, ("d", "c"): 0.8}
    made = stars(pairs, lambda k: (-ord(k),))
    assert [(s.keeper, s.members) for s in made] == [("a", ["c", "b"])]


def test_for_a_split_chains_do_hold_together() -> None:
    numbers = together("abcdef", [("a", "b"), ("c", "b"), ("e", "f")])
    assert numbers["a"] == numbers["b"] == numbers["c"]
    assert numbers["e"] == numbers["f"]
    assert len(set(numbers.values())) == 3
