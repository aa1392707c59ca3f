"""Extractors: what pictures are seen by when a model is measured; one file, one way of seeing."""
