"""One training loop for every model, its probe, measures and snapshots."""
