"""Where pictures stand on a page: its size, its lattice of cells, and layouts, one a file.

``_contract.py`` says what a layout is; ``_lengths.py`` reads sizes as people write them;
``_lattice.py`` has the cells in pixels.
"""

from latelier.layout._contract import Cell, place
from latelier.layout._lattice import Lattice, Wish, lattice, smallest
from latelier.layout._lengths import Page, length, page

__all__ = ["Cell", "Lattice", "Page", "Wish", "lattice", "length", "page", "place", "smallest"]
