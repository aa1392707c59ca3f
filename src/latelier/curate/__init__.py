"""Choosing: marks and how near an image is to the originals."""
