"""Whether a design takes a part of an original: marks of pictures, where they agree, how surely."""
