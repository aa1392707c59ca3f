"""Counts and sizes as a person says them."""


def plural(count: int, word: str) -> str:
    """A count and its word.

    >>> plural(1, "picture"), plural(2, "copy"), plural(3, "canvas")
    ('1 picture', '2 copies', '3 canvases')
    """
    if count == 1:
        return f"1 {word}"
    if word.endswith("y") and word[-2] not in "aeiou":
        many = word[:-1] + "ies"
    else:
        many = word + ("es" if word.endswith("s") else "s")
    return f"{count:,} {many}"


def weight(size: int) -> str:
    """The size of a file, given in bytes.

    >>> weight(700), weight(31_000), weight(4_040_000)
    ('700 bytes', '31 kB', '4.0 MB')
    """
    if size < 1000:
        return plural(size, "byte")
    return f"{size / 1e3:.0f} kB" if size < 1e6 else f"{size / 1e6:.1f} MB"
