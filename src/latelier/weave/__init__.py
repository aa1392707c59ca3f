"""Weaving: new pictures from pieces of others, with the seams mended and every loan on record."""
