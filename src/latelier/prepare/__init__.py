"""From images to a dataset: fit to a size, ink, copies, a held-out share."""
